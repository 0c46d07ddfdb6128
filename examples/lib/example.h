/* What the examples share: who is asking, and moments counted from the program's start. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "../../guest/lib/tiny.h"

static inline int getpid(void) { return syscall(SYS_getpid); }
static inline int getppid(void) { return syscall(SYS_getppid); }
static inline int gettid(void) { return syscall(SYS_gettid); }

/* Sleeps until so many milliseconds after the program began (more exactly: after the first call). */
static inline void until_ms(long milliseconds)
{
    static long begun;
    if (begun == 0)
        begun = now_ns(CLOCK_MONOTONIC);
    long end = begun + milliseconds * 1000000;
    struct timespec at = {end / 1000000000, end % 1000000000};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* Keeps the processor busy for about so many milliseconds of its time. */
static inline void compute_ms(long milliseconds)
{
    for (volatile long i = 0; i < milliseconds * 200000; i = i + 1)
        ;
}

#endif
