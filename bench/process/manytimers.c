/* N times one of LIVE armed timers is moved to now, fires, is taken, and is armed for later again. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "many.h"

int main(int argc, char **argv) {
  long n = atol(argv[1]), live = atol(argv[2]), sum = 0;
  int *timers = malloc(live * sizeof *timers);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (long i = 0; i < live; i++) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = i};
    struct itimerspec later = {.it_value = {1000 + i, 0}};
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timers[i]) != 0) return 1;
    if (syscall(SYS_timer_settime, timers[i], 0, &later, NULL) != 0) return 2;
  }
  for (long i = 0; i < n; i++) {
    long which = stride(i, live);
    struct itimerspec now = {.it_value = {0, 1}}, later = {.it_value = {1000 + which, 0}};
    siginfo_t info;
    if (syscall(SYS_timer_settime, timers[which], 0, &now, NULL) != 0) return 3;
    if (sigwaitinfo(&set, &info) != SIGRTMIN || info.si_value.sival_int != which) return 4;
    if (syscall(SYS_timer_settime, timers[which], 0, &later, NULL) != 0) return 5;
    sum += info.si_value.sival_int & 63;
  }
  printf("%ld\n", n > 0 && sum > 0);
  return 0;
}
