/* Clocks and timers. */
#include "corpus.h"
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>

PROGRAM(times)
{
    static struct timespec t, rest;
    static struct itimerspec is, was;
    static struct itimerval iv, wasv;
    static struct timex tx;
    static char buf[64];
    int id = -1;
    begin();
    S(clock_getres, (long)CLOCK_REALTIME, &t);
    S(clock_getres, (long)CLOCK_MONOTONIC_RAW, Z);
    S(clock_getres, 99L, &t);
    S(clock_gettime, 99L, &t);
    S(clock_gettime, (long)CLOCK_BOOTTIME, BAD);
    S(clock_gettime, -6L, BAD);
    S(clock_settime, (long)CLOCK_MONOTONIC, &t);
    t.tv_sec = 0; t.tv_nsec = 1000;
    S(nanosleep, &t, Z);
    S(nanosleep, &t, &rest);
    t.tv_nsec = -1;
    S(nanosleep, &t, &rest);
    t.tv_nsec = 5;
    S(clock_nanosleep, (long)CLOCK_MONOTONIC, (long)TIMER_ABSTIME, &t, Z);
    S(clock_nanosleep, (long)CLOCK_REALTIME, Z, &t, &rest);
    S(nanosleep, BAD, Z);
    S(getitimer, (long)ITIMER_REAL, &iv);
    iv.it_value.tv_sec = 100; iv.it_interval.tv_usec = 5;
    S(setitimer, (long)ITIMER_REAL, &iv, Z);
    iv.it_value.tv_sec = 0; iv.it_interval.tv_usec = 0;
    S(setitimer, (long)ITIMER_VIRTUAL, &iv, &wasv);
    S(setitimer, 9L, &iv, &wasv);
    S(setitimer, (long)ITIMER_REAL, &iv, Z);
    struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    ev.sigev_value.sival_int = 7;
    S(timer_create, (long)CLOCK_MONOTONIC, &ev, &id);
    S(timer_create, (long)CLOCK_MONOTONIC, Z, &id);
    ev.sigev_notify = SIGEV_NONE;
    S(timer_create, (long)CLOCK_REALTIME, &ev, &id);
    S(timer_create, 99L, &ev, &id);
    S(timer_gettime, (long)id, &was);
    is.it_value.tv_sec = 100;
    S(timer_settime, (long)id, (long)TIMER_ABSTIME, &is, &was);
    S(timer_settime, 99L, Z, &is, Z);
    S(timer_getoverrun, (long)id);
    S(timer_delete, (long)id);
    S(timer_delete, 99L);
    long f = S(timerfd_create, (long)CLOCK_MONOTONIC, (long)(TFD_CLOEXEC | TFD_NONBLOCK));
    S(timerfd_create, 99L, Z);
    S(timerfd_settime, f, (long)TFD_TIMER_ABSTIME, &is, Z);
    memset(&is, 0, sizeof is);
    S(timerfd_settime, f, Z, &is, Z);
    S(timerfd_gettime, f, &was);
    S(read, f, buf, 8L);
    S(settimeofday, BAD, Z);
    S(adjtimex, BAD);
    S(clock_adjtime, 99L, BAD);
    return 0;
}
