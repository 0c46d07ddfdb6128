/* Timers: POSIX timers of all kinds and clocks, overruns, inheritance, timerfds, clocks and the rights to set them. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

#define MS 1000000L
static struct timespec of(long ns) { return (struct timespec){ns / 1000000000, ns % 1000000000}; }
static struct itimerspec every(long first, long interval)
{
    return (struct itimerspec){.it_interval = of(interval), .it_value = of(first)};
}
static int create(clockid_t clock, int notify, int signo, int value, int tid, int *id)
{
    struct sigevent e = {.sigev_notify = notify, .sigev_signo = signo, .sigev_value.sival_int = value};
    e._sigev_un._tid = tid;
    return syscall(SYS_timer_create, clock, &e, id);
}
static int settime(int id, int flags, long first, long interval)
{
    struct itimerspec t = every(first, interval);
    return syscall(SYS_timer_settime, id, flags, &t, NULL);
}
static long left(int id)
{
    struct itimerspec t;
    if (syscall(SYS_timer_gettime, id, &t) < 0)
        return -errno;
    return t.it_value.tv_sec * 1000000000 + t.it_value.tv_nsec;
}
static void pause_ms(long ms)
{
    struct timespec t = of(ms * MS);
    while (nanosleep(&t, &t) < 0) {
    }
}
static void burn(long ms)
{
    struct timespec from, now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    do {
        for (volatile int work = 0; work < 10000; work++)
            ;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    } while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / MS < ms);
}

static int take(int signo, siginfo_t *info, long ms)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signo);
    struct timespec t = of(ms * MS);
    return sigtimedwait(&set, info, &t);
}
static void show(const char *what, int got, siginfo_t *i)
{
    if (got < 0)
        SAY("%s: %s", what, strerrorname_np(errno));
    else
        SAY("%s: signal %d code %d value %d%s", what, got - SIGRTMIN, i->si_code, i->si_value.sival_int,
            i->si_overrun > 0 ? ", overrun" : "");
}

static void arguments(void)
{
    int id = -1;
    SAY("-- arguments");
    struct sigevent bad = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 65};
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &bad, &id));
    bad.sigev_signo = 0;
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &bad, &id));
    bad.sigev_signo = SIGUSR1, bad.sigev_notify = 7;
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &bad, &id));
    bad.sigev_notify = SIGEV_THREAD_ID, bad._sigev_un._tid = 1;
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &bad, &id));
    R(syscall(SYS_timer_create, 77, NULL, &id));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &id));
    R(syscall(SYS_timer_create, CLOCK_REALTIME_COARSE, NULL, &id));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, (void *)8, &id));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, (void *)8));
    R(syscall(SYS_timer_settime, 1000, 0, NULL, NULL));
    R(settime(1000, 0, 1, 0));
    R(left(1000));
    R(syscall(SYS_timer_getoverrun, 1000));
    R(syscall(SYS_timer_delete, 1000));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id));
    struct itimerspec t = every(5, 0);
    t.it_value.tv_nsec = 1000000000;
    R(syscall(SYS_timer_settime, id, 0, &t, NULL));
    t.it_value.tv_nsec = 0, t.it_interval.tv_sec = -1;
    R(syscall(SYS_timer_settime, id, 0, &t, NULL));
    R(syscall(SYS_timer_settime, id, 0, (void *)8, NULL));
    R(left(id));
    R(syscall(SYS_timer_delete, id));
}

static void signals(void)
{
    int a, b, none;
    siginfo_t info;
    SAY("-- signals");
    create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 11, 0, &a);
    create(CLOCK_REALTIME, SIGEV_THREAD_ID, SIGRTMIN + 1, 22, gettid(), &b);
    create(CLOCK_BOOTTIME, SIGEV_NONE, 0, 0, 0, &none);
    settime(a, 0, 2 * MS, 0);
    settime(b, 0, 1 * MS, 0);
    show("a", take(SIGRTMIN, &info, 1000), &info);
    SAY("is its id: %d", info.si_timerid == a);
    show("b", take(SIGRTMIN + 1, &info, 1000), &info);
    R(left(a));
    settime(a, 0, 2 * MS, 2 * MS);
    pause_ms(21);
    show("a again", take(SIGRTMIN, &info, 1000), &info);
    SAY("overrun told: %d", syscall(SYS_timer_getoverrun, a) >= 8 && info.si_overrun == syscall(SYS_timer_getoverrun, a));
    settime(a, 0, 0, 0);
    R(left(a));
    show("a stopped", take(SIGRTMIN, &info, 5), &info);
    settime(none, 0, 3 * MS, 0);
    SAY("runs: %d", left(none) > 0 && left(none) <= 3 * MS);
    pause_ms(4);
    R(left(none));
    settime(none, 0, 3 * MS, 3 * MS);
    pause_ms(10);
    SAY("goes on: %d", left(none) > 0 && left(none) <= 3 * MS);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct itimerspec t = {.it_value = now};
    t.it_value.tv_sec -= 10;
    syscall(SYS_timer_settime, b, TIMER_ABSTIME, &t, NULL);
    show("long ago", take(SIGRTMIN + 1, &info, 100), &info);
    settime(a, 0, 1000 * MS, 7 * MS);
    struct itimerspec old;
    t = every(0, 0);
    syscall(SYS_timer_settime, a, 0, &t, &old);
    SAY("old: interval %ld, value %d", old.it_interval.tv_nsec, old.it_value.tv_nsec > 900 * MS);
    signal(SIGRTMIN + 2, SIG_IGN);
    int ignored;
    create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN + 2, 0, 0, &ignored);
    settime(ignored, 0, MS, 5 * MS);
    pause_ms(3);
    SAY("ignored goes on: %d", left(ignored) > 0);
    if (fork() == 0) {
        SAY("in a child: %ld", left(a));
        _exit(0);
    }
    wait(NULL);
    syscall(SYS_timer_delete, a), syscall(SYS_timer_delete, b), syscall(SYS_timer_delete, none);
    syscall(SYS_timer_delete, ignored);
    R(left(a));
}

static void *idle(void *arg)
{
    pause_ms(30);
    return NULL;
}

static void processor_time(void)
{
    int p, t;
    siginfo_t info;
    SAY("-- processor time");
    create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGRTMIN, 1, 0, &p);
    create(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGRTMIN + 1, 2, 0, &t);
    settime(p, 0, 10 * MS, 0);
    settime(t, 0, 12 * MS, 0);
    pause_ms(25);
    show("asleep", take(SIGRTMIN, &info, 0), &info);
    burn(30);
    show("process", take(SIGRTMIN, &info, 0), &info);
    show("thread", take(SIGRTMIN + 1, &info, 0), &info);
    settime(p, 0, 5 * MS, 5 * MS);
    burn(40);
    show("periodic", take(SIGRTMIN, &info, 0), &info);
    settime(p, 0, 0, 0);
    struct timespec one = of(1);
    settime(p, TIMER_ABSTIME, 1, 0);
    show("long used", take(SIGRTMIN, &info, 100), &info);
    clockid_t clock;
    R(clock_getcpuclockid(0, &clock));
    R(clock_getcpuclockid(getpid(), &clock));
    R(clock_gettime(clock, &one));
    SAY("time used: %d", one.tv_sec * 1000 + one.tv_nsec / MS >= 50);
    R(clock_gettime(~(clockid_t)getpid() << 3 | 3, &one));
    R(clock_gettime(~(clockid_t)getpid() << 3 | 6, &one));
    R(clock_gettime(~(clockid_t)1 << 3 | 6, &one));
    R(syscall(SYS_clock_settime, clock, &one));
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
    pthread_getcpuclockid(thread, &clock);
    R(clock_gettime(clock, &one));
    SAY("of an idle thread: %d", one.tv_sec == 0 && one.tv_nsec < 20 * MS);
    pthread_join(thread, NULL);
    R(clock_gettime(clock, &one));
    syscall(SYS_timer_delete, p), syscall(SYS_timer_delete, t);
}

static void *burner(void *arg)
{
    burn(40);
    return NULL;
}

static void sleeps(void)
{
    struct timespec t = of(20 * MS), rest = {7, 7};
    SAY("-- sleeps");
    R(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL));
    R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &t, NULL));
    R(syscall(SYS_clock_nanosleep, CLOCK_REALTIME_COARSE, 0, &t, NULL));
    R(syscall(SYS_clock_nanosleep, 99, 0, &t, NULL));
    R(syscall(SYS_clock_nanosleep, CLOCK_TAI, 0, &t, NULL));
    R(syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &t, NULL));
    pthread_t thread;
    pthread_create(&thread, NULL, burner, NULL);
    R(syscall(SYS_clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, 0, &t, &rest));
    pthread_join(thread, NULL);
    t = of(1);
    R(syscall(SYS_clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &t, NULL));
    t.tv_nsec = -1;
    R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &t, NULL));
    t.tv_nsec = 0, t.tv_sec = -1;
    R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
    R(syscall(SYS_restart_syscall));
}

static void descriptors(void)
{
    SAY("-- timerfd");
    R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
    R(timerfd_create(CLOCK_MONOTONIC, 1));
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec t = every(2 * MS, 2 * MS);
    unsigned long ticks = 0;
    R(timerfd_settime(fd, 4, &t, NULL));
    R(timerfd_settime(fd, TFD_TIMER_CANCEL_ON_SET, &t, NULL));
    R(read(fd, &ticks, 8));
    R(read(fd, &ticks, 7));
    pause_ms(11);
    R(read(fd, &ticks, 8));
    SAY("ticks: %d", ticks >= 5);
    R(timerfd_gettime(fd, &t));
    SAY("next: %d", t.it_value.tv_nsec <= 2 * MS && t.it_value.tv_nsec > 0);
    t.it_value.tv_nsec = 1000000000;
    R(timerfd_settime(fd, 0, &t, NULL));
    R(timerfd_settime(0, 0, &t, NULL));
    R(lseek(fd, 0, SEEK_CUR));
    close(fd);
}

static void rights(void)
{
    struct timespec t = {1, 0};
    struct timex x = {0};
    struct timeval tv = {-1, 0};
    SAY("-- rights");
    if (getuid() == 0)
        setuid(65534);
    R(clock_settime(CLOCK_REALTIME, &t));
    R(syscall(SYS_clock_settime, CLOCK_MONOTONIC, &t));
    R(syscall(SYS_clock_settime, CLOCK_PROCESS_CPUTIME_ID, &t));
    R(syscall(SYS_clock_settime, CLOCK_TAI, &t));
    t.tv_nsec = -1;
    R(clock_settime(CLOCK_REALTIME, &t));
    R(settimeofday(&tv, NULL));
    tv.tv_sec = 0, tv.tv_usec = 1000001;
    R(settimeofday(&tv, NULL));
    R(adjtimex(&x) >= 0);
    SAY("tick %ld, frequency %ld", x.tick, x.freq);
    x.modes = ADJ_SETOFFSET;
    R(adjtimex(&x));
    x.modes = 0x8000;
    R(adjtimex(&x));
    R(clock_adjtime(CLOCK_MONOTONIC, &x));
    R(clock_adjtime(99, &x));
    R(clock_getres(CLOCK_MONOTONIC, &t));
    SAY("resolution %ld", t.tv_nsec);
    R(clock_getres(CLOCK_MONOTONIC_COARSE, &t));
    R(clock_getres(10, &t));
    R(clock_gettime(10, &t));
}

static void limit(void)
{
    SAY("-- limit");
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_SIGPENDING, &none);
    int id;
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id));
}

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < 4; i++)
        sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_BLOCK, &set, NULL);
    arguments();
    signals();
    processor_time();
    sleeps();
    descriptors();
    rights();
    limit();
    return 0;
}
