/* Two processes and a thread that speak in turn: what the one says cuts the line of the other. Clocks keep the order. */
#include "corpus.h"
#include <poll.h>
#include <sys/time.h>
#include <time.h>

static void rest(long centis)
{
    struct timespec t = { 0, centis * 10000000 };
    S(clock_nanosleep, (long)CLOCK_MONOTONIC, Z, &t, Z);
}

/* On a computer with several processors, whoever made this task is to say so first: looks at a clock that is no call. */
static void think(void)
{
#if !defined(__riscv)
    unsigned long begin = __builtin_ia32_rdtsc();
    while (__builtin_ia32_rdtsc() - begin < 125000000) continue;
#endif
}

static void thread(void)
{
    think();
    think();
    rest(20);
    S(gettid);
    rest(40);
}

static void child_reads(int fd)
{
    struct pollfd f = { fd, POLLIN, 0 };
    struct timespec t = { 0, 600000000 };
    static char buf[64];
    think();
    rest(20);
    S(ppoll, &f, 1L, &t, Z, 8L);
    rest(80);
    S(read, (long)fd, buf, 10L);
    S(exit_group, 5L);
}

static void child_is_interrupted(int fd)
{
    struct itimerval it = { { 0, 0 }, { 0, 600000 } };
    static char buf[64];
    think();
    setitimer(ITIMER_REAL, &it, 0);
    S(read, (long)fd, buf, 10L);
}

PROGRAM(together)
{
    static char buf[64], stack[16384] __attribute__((aligned(16)));
    static int tid;
    int p[2], q[2];
    begin();
    S(pipe2, p, Z);
    S(pipe2, q, Z);
    long c = child();
    if (c == 0) child_reads(p[0]);
    rest(40);
    S(getuid);
    S(write, (long)q[1], "early", 5L);
    S(read, (long)q[0], buf, 64L);
    rest(60);
    S(write, (long)p[1], "late", 4L);
    reap(c);
    thread_clone(thread, stack + sizeof stack, &tid);
    rest(40);
    S(getuid);
    rest(40);
    c = child();
    if (c == 0) child_is_interrupted(p[0]);
    rest(20);
    reap(c);
    return 0;
}
