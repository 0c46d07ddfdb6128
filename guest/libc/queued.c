/* Signals that queue: order and values, who may send what, limits, waiting, descriptors, and what a siginfo says. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

static sigset_t set_of(int n, ...)
{
    sigset_t set;
    sigemptyset(&set);
    va_list list;
    va_start(list, n);
    while (n-- > 0)
        sigaddset(&set, va_arg(list, int));
    va_end(list);
    return set;
}
#define SET(...) set_of(sizeof((int[]){__VA_ARGS__}) / sizeof(int), __VA_ARGS__)

static int take(sigset_t set, siginfo_t *info)
{
    struct timespec none = {0, 0};
    return sigtimedwait(&set, info, &none);
}
static void drain(sigset_t set)
{
    siginfo_t info;
    int signo;
    while ((signo = take(set, &info)) > 0)
        SAY("  signal %d code %d from me %d value %d", signo > 31 ? signo - SIGRTMIN + 100 : signo, info.si_code,
            info.si_pid == getpid(), info.si_code == SI_QUEUE ? info.si_value.sival_int : -1);
}
static int queue_raw(int tid, int signo, int code, int value)
{
    siginfo_t info = {.si_signo = 1, .si_code = code};
    info.si_pid = 1234, info.si_uid = 77, info.si_value.sival_int = value;
    return tid > 0 ? syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, signo, &info)
                   : syscall(SYS_rt_sigqueueinfo, -tid, signo, &info);
}

static void order(void)
{
    sigset_t set = SET(SIGUSR1, SIGUSR2, SIGRTMIN, SIGRTMIN + 1, SIGRTMIN + 5);
    SAY("-- order");
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), SIGRTMIN + 5, (union sigval){.sival_int = 50 + i});
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
        sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 20 + i});
        kill(getpid(), SIGUSR1);
        queue_raw(gettid(), SIGRTMIN + 1, SI_QUEUE, 30 + i);
    }
    sigset_t pending;
    sigpending(&pending);
    SAY("pending: %d %d %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN + 1), sigismember(&pending, SIGRTMIN + 2));
    drain(set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static volatile int handled[32], count;
static void note(int signo, siginfo_t *info, void *context)
{
    if (count < 32)
        handled[count++] = signo * 1000 + info->si_value.sival_int;
}
static void handler_order(void)
{
    sigset_t set = SET(SIGRTMIN, SIGRTMIN + 1, SIGRTMIN + 2);
    SAY("-- handlers");
    struct sigaction a = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &a, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 6; i++)
        sigqueue(getpid(), SIGRTMIN + 2 - i % 3, (union sigval){.sival_int = i});
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    for (int i = 0; i < count; i++)
        SAY("  %d: %d", handled[i] / 1000 - SIGRTMIN, handled[i] % 1000);
}

static void rules(void)
{
    sigset_t set = SET(SIGUSR1);
    int child;
    SAY("-- who may send what");
    sigprocmask(SIG_BLOCK, &set, NULL);
    R(queue_raw(-getpid(), SIGUSR1, SI_USER, 1));
    R(queue_raw(gettid(), SIGUSR1, SI_TKILL, 1));
    R(queue_raw(-getpid(), SIGUSR1, SI_KERNEL, 1));
    R(queue_raw(-getppid(), 0, SI_USER, 1));
    R(queue_raw(-getppid(), 0, SI_TKILL, 1));
    R(queue_raw(-getppid(), 0, SI_QUEUE, 1));
    R(queue_raw(-getpid(), 65, SI_QUEUE, 1));
    R(queue_raw(-getpid(), -1, SI_QUEUE, 1));
    R(queue_raw(-99999, 0, SI_QUEUE, 1));
    R(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, (void *)8));
    R(syscall(SYS_rt_tgsigqueueinfo, 0, gettid(), SIGUSR1, (void *)8));
    R(syscall(SYS_rt_tgsigqueueinfo, getppid(), gettid(), 0, &set));
    R(syscall(SYS_tgkill, getpid(), 0, 0));
    R(syscall(SYS_tgkill, -1, gettid(), 0));
    R(syscall(SYS_tgkill, getppid(), gettid(), 0));
    R(syscall(SYS_tkill, 0, 0));
    R(syscall(SYS_tkill, gettid(), 65));
    R(kill(99999, 0));
    R(kill(-99999, 0));
    R(kill(getpid(), 65));
    drain(set);
    if ((child = fork()) == 0) {
        if (getuid() == 0)
            setuid(65534);
        R(kill(1, 0));
        R(kill(getppid(), 0));
        R(kill(getppid(), SIGCONT));
        R(queue_raw(-getppid(), SIGUSR1, SI_QUEUE, 1));
        _exit(0);
    }
    waitpid(child, NULL, 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void limits(void)
{
    sigset_t set = SET(SIGUSR1, SIGUSR2, SIGRTMIN);
    SAY("-- limits");
    if (fork() == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        struct rlimit five = {5, 5};
        if (getuid() == 0)
            setuid(65500);
        R(setrlimit(RLIMIT_SIGPENDING, &five));
        for (int i = 0; i < 7; i++)
            tell("sigqueue", sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}));
        R(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 9}));
        R(kill(getpid(), SIGUSR2));
        R(kill(getpid(), SIGRTMIN));
        drain(set);
        R(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 8}));
        drain(set);
        _exit(0);
    }
    wait(NULL);
}

static void waiting(void)
{
    sigset_t set = SET(SIGUSR1, SIGCHLD, SIGRTMIN);
    siginfo_t info;
    SAY("-- waiting");
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct timespec bad = {0, 1000000000}, soon = {0, 1000000};
    R(sigtimedwait(&set, &info, &bad));
    R(sigtimedwait(&set, &info, &soon));
    R(syscall(SYS_rt_sigtimedwait, (void *)8, &info, NULL, 8));
    R(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 4));
    int child = fork();
    if (child == 0)
        _exit(42);
    SAY("got %d", sigwaitinfo(&set, &info));
    SAY("child: code %d status %d mine %d", info.si_code, info.si_status, info.si_pid == child);
    waitpid(child, NULL, 0);
    if ((child = fork()) == 0)
        raise(SIGKILL);
    sigwaitinfo(&set, &info);
    SAY("killed: code %d status %d", info.si_code, info.si_status);
    waitpid(child, NULL, 0);
    if ((child = fork()) == 0) {
        raise(SIGSTOP);
        _exit(0);
    }
    sigwaitinfo(&set, &info);
    SAY("stopped: code %d status %d", info.si_code, info.si_status);
    kill(child, SIGCONT);
    sigwaitinfo(&set, &info);
    SAY("continued or gone: code %d", info.si_code == CLD_CONTINUED || info.si_code == CLD_EXITED);
    waitpid(child, NULL, 0);
    take(set, &info);
    if (fork() == 0) {
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    SAY("%d", sigwaitinfo(&set, &info) == SIGUSR1 || info.si_signo == SIGCHLD);
    wait(NULL);
    while (take(set, &info) > 0) {
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void show(int fd)
{
    struct signalfd_siginfo s[4];
    memset(s, 0, sizeof s);
    int got = read(fd, s, sizeof s);
    if (got < 0)
        SAY("  %s", strerrorname_np(errno));
    for (int i = 0; i < got / (int)sizeof *s; i++)
        SAY("  signo %d errno %d code %d me %d uid %d fd %d band %d overrun %d status %d int %d ptr %lx times %d addr %lx",
            s[i].ssi_signo > 31 ? 100 + s[i].ssi_signo - SIGRTMIN : s[i].ssi_signo, s[i].ssi_errno, s[i].ssi_code,
            s[i].ssi_pid == getpid(), s[i].ssi_uid == getuid(), s[i].ssi_fd, s[i].ssi_band, s[i].ssi_overrun,
            s[i].ssi_status, s[i].ssi_int, (long)s[i].ssi_ptr, s[i].ssi_utime < 100, (long)s[i].ssi_addr);
}

static void descriptors(void)
{
    sigset_t set = SET(SIGUSR1, SIGRTMIN, SIGCHLD, SIGALRM, SIGIO);
    SAY("-- signalfd");
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    struct pollfd p = {fd, POLLIN | POLLOUT};
    show(fd);
    R(poll(&p, 1, 0));
    kill(getpid(), SIGUSR1);
    R(poll(&p, 1, 0));
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_ptr = (void *)0x123456789abcL});
    show(fd);
    raise(SIGUSR1);
    show(fd);
    if (fork() == 0)
        _exit(7);
    while (poll(&p, 1, -1) < 1) {
    }
    show(fd);
    wait(NULL);
    alarm(1);
    struct itimerval t = {{0, 0}, {0, 1000}};
    setitimer(ITIMER_REAL, &t, NULL);
    poll(&p, 1, -1);
    show(fd);
    int timer;
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 5};
    syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &timer);
    struct itimerspec soon = {{0, 0}, {0, 1000000}};
    syscall(SYS_timer_settime, timer, 0, &soon, NULL);
    poll(&p, 1, -1);
    struct signalfd_siginfo s;
    read(fd, &s, sizeof s);
    SAY("timer: code %d tid %d int %d pid %d", s.ssi_code, s.ssi_tid == timer, s.ssi_int, s.ssi_pid);
    R(read(fd, &s, 100));
    R(write(fd, &s, sizeof s));
    R(signalfd(0, &set, 0));
    R(signalfd(999, &set, 0));
    R(signalfd(-1, &set, 1));
    R(syscall(SYS_signalfd4, -1, &set, 4, 0));
    set = SET(SIGUSR1);
    R(signalfd(fd, &set, 0) == fd);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1});
    R(poll(&p, 1, 0));
    set = SET(SIGRTMIN);
    signalfd(fd, &set, 0);
    R(poll(&p, 1, 0));
    show(fd);
    close(fd);
}

static volatile siginfo_t last;
static volatile long fault_at;
static void jump(int signo, siginfo_t *info, void *context)
{
    SAY("  signal %d errno %d code %d, right address %d", signo, info->si_errno, info->si_code,
        (long)info->si_addr == fault_at);
    _exit(0);
}
static void in_child(int signo, void (*cause)(void))
{
    fflush(stdout);
    int child = fork();
    if (child == 0) {
        struct sigaction a = {.sa_sigaction = jump, .sa_flags = SA_SIGINFO};
        sigaction(signo, &a, NULL);
        cause();
        _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    if (status != 0)
        SAY("  status %x", status);
}
static void no_page(void) { fault_at = 0x1000; *(volatile int *)0x1000 = 1; }
static void read_only(void)
{
    volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fault_at = (long)p + 5;
    p[5] = 1;
}
static void past_end(void)
{
    int fd = memfd_create("m", 0);
    ftruncate(fd, 100);
    volatile char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    fault_at = (long)p + 4096;
    p[4096] = 1;
}
static void no_code(void)
{
    fault_at = 0x2000;
    ((void (*)(void))0x2000)();
}
static void not_executable(void)
{
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fault_at = (long)p;
    ((void (*)(void))p)();
}

static void faults(void)
{
    SAY("-- faults");
    in_child(SIGSEGV, no_page);
    in_child(SIGSEGV, read_only);
    in_child(SIGBUS, past_end);
    in_child(SIGSEGV, no_code);
    in_child(SIGSEGV, not_executable);
}

static void statuses(void)
{
    static const int signals[] = {SIGABRT, SIGSEGV, SIGQUIT, SIGTERM, SIGKILL, SIGXCPU, SIGSYS, SIGUSR1, SIGPIPE, 64};
    struct rlimit none = {0, 0};
    SAY("-- how it ended");
    setrlimit(RLIMIT_CORE, &none);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        int status, child = fork();
        if (child == 0) {
            signal(signals[i], SIG_DFL);
            sigset_t set = SET(signals[i]);
            sigprocmask(SIG_UNBLOCK, &set, NULL);
            raise(signals[i]);
            _exit(1);
        }
        siginfo_t info = {0};
        waitid(P_PID, child, &info, WEXITED | WNOWAIT);
        waitpid(child, &status, 0);
        SAY("  %d: status %x, code %d, status %d", signals[i], status, info.si_code, info.si_status);
    }
}

int main(void)
{
    order();
    handler_order();
    rules();
    limits();
    waiting();
    descriptors();
    faults();
    statuses();
    return 0;
}
