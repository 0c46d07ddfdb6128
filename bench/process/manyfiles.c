/* N times one of LIVE descriptors in an epoll becomes ready, is reported and read. */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include "many.h"

int main(int argc, char **argv) {
  long n = atol(argv[1]), live = atol(argv[2]), sum = 0;
  struct rlimit limit = {60000, 60000};
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  int *fds = malloc(live * sizeof *fds), epoll = epoll_create1(0);
  for (long i = 0; i < live; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    if ((fds[i] = eventfd(0, EFD_NONBLOCK)) < 0) return 2;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) != 0) return 3;
  }
  for (long i = 0; i < n; i++) {
    unsigned long value = i + 1;
    struct epoll_event event;
    if (write(fds[stride(i, live)], &value, 8) != 8) return 4;
    if (epoll_wait(epoll, &event, 1, -1) != 1) return 5;
    if (event.data.u32 != stride(i, live) || read(fds[event.data.u32], &value, 8) != 8) return 6;
    sum += value;
  }
  printf("%ld\n", sum);
  return 0;
}
