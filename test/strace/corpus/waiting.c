/* Signals that wait and are waited for, alternative stacks, calls cut short. */
#include "corpus.h"
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <poll.h>

static void handler(int signo) { }

static void after(long usec)
{
    struct itimerval it = { { 0, 0 }, { 0, usec } };
    setitimer(ITIMER_REAL, &it, 0);
}

PROGRAM(waiting)
{
    static sigset_t set;
    static siginfo_t info;
    static stack_t alt, was;
    static char stack[65536], buf[256];
    begin();
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 2);
    S(rt_sigprocmask, (long)SIG_BLOCK, &set, Z, 8L);
    S(rt_sigpending, &set, 8L);
    long pid = S(getpid);
    S(kill, pid, (long)SIGUSR1);
    sigemptyset(&set);
    S(rt_sigpending, &set, 8L);
    struct timespec t = { 0, 1000 };
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    S(rt_sigtimedwait, &set, &info, &t, 8L);
    S(rt_sigtimedwait, &set, &info, &t, 8L);
    S(rt_sigtimedwait, &set, Z, &t, 8L);
    memset(&info, 0, sizeof info);
    info.si_signo = SIGUSR1; info.si_code = SI_QUEUE; info.si_pid = pid; info.si_value.sival_int = 42;
    S(rt_sigqueueinfo, pid, (long)SIGUSR1, &info);
    S(rt_sigtimedwait, &set, &info, Z, 8L);
    S(rt_tgsigqueueinfo, pid, pid, (long)SIGUSR1, &info);
    S(rt_sigqueueinfo, 999999L, (long)SIGUSR1, &info);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    long f = S(signalfd4, -1L, &set, 8L, (long)(SFD_CLOEXEC | SFD_NONBLOCK));
    S(signalfd4, f, &set, 8L, Z);
    S(signalfd4, 99L, &set, 8L, Z);
    struct sigaction act = { .sa_handler = handler };
    sigaction(SIGUSR1, &act, 0);
    sigaction(SIGALRM, &act, 0);
    sigemptyset(&set);
    S(rt_sigsuspend, &set, 8L);
    alt.ss_sp = stack; alt.ss_size = sizeof stack;
    S(sigaltstack, &alt, &was);
    S(sigaltstack, Z, &was);
    alt.ss_flags = SS_DISABLE;
    S(sigaltstack, &alt, Z);
    S(sigaltstack, BAD, Z);
    int p[2];
    S(pipe2, p, Z);
    after(20000);
    S(read, (long)p[0], buf, 1L);
    act.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &act, 0);
    long c = child();
    if (c == 0) {
        struct timespec n = { 0, 60000000 };
        nanosleep(&n, 0);
        S(write, (long)p[1], "x", 1L);
        nanosleep(&n, 0);
        S(exit_group, Z);
    }
    after(20000);
    S(read, (long)p[0], buf, 1L);
    reap(c);
    struct pollfd pf = { p[0], POLLIN, 0 };
    after(20000);
    S(ppoll, &pf, 1L, Z, Z, 8L);
    after(20000);
    struct timespec big = { 5, 0 }, left;
    S(clock_nanosleep, (long)CLOCK_MONOTONIC, Z, &big, &left);
    after(20000);
    S(ppoll, &pf, 1L, &big, Z, 8L);
    c = child();
    if (c == 0) {
        S(read, (long)p[0], buf, 1L);
        S(exit_group, Z);
    }
    struct timespec n = { 0, 20000000 };
    S(clock_nanosleep, (long)CLOCK_REALTIME, Z, &n, Z);
    S(kill, c, (long)SIGKILL);
    reap(c);
    return 0;
}
