/* Handlers: flags, masks, nesting, alternate stacks, what becomes of interrupted calls, stops and their reports. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "calls.h"

static volatile int hits, depth, deepest;
static void hit(int signo) { hits++; }
static void set(int signo, void (*f)(int), int flags)
{
    struct sigaction a = {.sa_handler = f, .sa_flags = flags};
    sigaction(signo, &a, NULL);
}
static void nested(int signo)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (hits++ < 3)
        raise(signo);
    depth--;
}

static void flags(void)
{
    struct sigaction a = {0};
    SAY("-- flags");
    set(SIGUSR1, nested, 0);
    deepest = hits = 0;
    raise(SIGUSR1);
    SAY("deferred: %d", deepest);
    set(SIGUSR1, nested, SA_NODEFER);
    deepest = hits = 0;
    raise(SIGUSR1);
    SAY("not deferred: %d", deepest);
    set(SIGUSR1, hit, SA_RESETHAND | SA_RESTART);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &a);
    SAY("reset: %d, flags %x", a.sa_handler == SIG_DFL, a.sa_flags & ~0x04000000);
    R(sigaction(SIGKILL, NULL, &a));
    a.sa_handler = SIG_IGN;
    R(sigaction(SIGKILL, &a, NULL));
    R(sigaction(SIGSTOP, &a, NULL));
    R(sigaction(65, &a, NULL));
    R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
    set(SIGUSR2, SIG_IGN, 0);
    sigset_t block, pending;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR2);
    sigaddset(&block, SIGKILL);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR2);
    sigpending(&pending);
    SAY("ignored and blocked is pending: %d", sigismember(&pending, SIGUSR2));
    set(SIGUSR2, SIG_IGN, 0);
    sigpending(&pending);
    SAY("after ignoring again: %d", sigismember(&pending, SIGUSR2));
    raise(SIGUSR2);
    set(SIGUSR2, SIG_DFL, 0);
    sigpending(&pending);
    SAY("default again: %d", sigismember(&pending, SIGUSR2));
    set(SIGUSR2, SIG_IGN, 0);
    sigprocmask(SIG_SETMASK, NULL, &pending);
    SAY("SIGKILL blocked: %d", sigismember(&pending, SIGKILL));
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    set(SIGUSR2, SIG_DFL, 0);
}

static char stack[65536];
static void where(int signo, siginfo_t *info, void *context)
{
    char here;
    stack_t now;
    ucontext_t *u = context;
    sigaltstack(NULL, &now);
    SAY("  on it %d, flags %x, saved flags %x size %ld, change %d", &here > stack && &here < stack + sizeof stack,
        now.ss_flags, u->uc_stack.ss_flags, (long)u->uc_stack.ss_size,
        sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL) < 0 ? errno : 0);
}
static void overflow(int n)
{
    volatile char big[4096];
    big[0] = n;
    if (n < 1000000)
        overflow(n + 1);
    big[1] = big[0];
}
static void overflowed(int signo)
{
    SAY("  overflow caught");
    _exit(0);
}
static void stacks(void)
{
    SAY("-- stacks");
    stack_t s = {.ss_sp = stack, .ss_size = 2047}, old;
    R(sigaltstack(&s, NULL));
    s.ss_size = sizeof stack, s.ss_flags = 4;
    R(sigaltstack(&s, NULL));
    s.ss_flags = SS_ONSTACK;
    R(sigaltstack(&s, &old));
    SAY("was %x", old.ss_flags);
    s.ss_flags = 0;
    R(sigaltstack(&s, &old));
    SAY("was %x size %ld", old.ss_flags, (long)old.ss_size);
    struct sigaction a = {.sa_sigaction = where, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &a, NULL);
    raise(SIGUSR1);
    a.sa_flags |= SA_ONSTACK;
    sigaction(SIGUSR1, &a, NULL);
    raise(SIGUSR1);
    s.ss_flags = 1u << 31;
    R(sigaltstack(&s, NULL));
    raise(SIGUSR1);
    sigaltstack(NULL, &old);
    SAY("afterwards %x", old.ss_flags);
    int status;
    for (int on = 0; on < 2; on++) {
        fflush(stdout);
        if (fork() == 0) {
            struct rlimit small = {1 << 20, 1 << 20};
            setrlimit(RLIMIT_STACK, &small);
            s.ss_flags = 0;
            sigaltstack(&s, NULL);
            set(SIGSEGV, overflowed, on ? SA_ONSTACK : 0);
            overflow(0);
            _exit(1);
        }
        wait(&status);
        SAY("status %x", status & 0x7f);
    }
}

static void arm(long usec)
{
    struct itimerval t = {{0, 0}, {0, usec}};
    setitimer(ITIMER_REAL, &t, NULL);
}
#define TRY(call)                                                 \
    do {                                                          \
        hits = 0;                                                 \
        arm(3000);                                                \
        errno = 0;                                                \
        long result = (call);                                     \
        SAY("  " #call " = %ld %s after %d", result < 0 ? -1 : result, result < 0 ? strerrorname_np(errno) : "", hits); \
        arm(0);                                                   \
    } while (0)

/* Writes a byte a while after the signal, so that what is restarted has an end. */
static void later(int fd)
{
    if (fork() == 0) {
        usleep(30000);
        write(fd, "x", 1);
        _exit(0);
    }
}

static void calls(int flag)
{
    int p[2], s[2], status;
    char byte[8];
    SAY("-- calls, SA_RESTART %d", flag != 0);
    set(SIGALRM, hit, flag);
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    later(p[1]);
    TRY(read(p[0], byte, 1));
    wait(NULL);
    if (!flag)
        read(p[0], byte, 1);
    later(s[1]);
    TRY(recv(s[0], byte, 1, 0));
    wait(NULL);
    if (!flag)
        recv(s[0], byte, 1, 0);
    if (fork() == 0) {
        usleep(20000);
        _exit(3);
    }
    TRY(waitpid(-1, &status, 0) > 0 ? 1 : -1);
    if (!flag)
        wait(NULL);
    struct timeval brief = {1, 0};
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
    TRY(recv(s[0], byte, 1, 0));
    struct pollfd poll_in = {p[0], POLLIN};
    TRY(poll(&poll_in, 1, 1000));
    TRY(poll(&poll_in, 1, -1));
    fd_set set;
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    TRY(select(p[0] + 1, &set, NULL, NULL, NULL));
    int e = epoll_create1(0);
    epoll_ctl(e, EPOLL_CTL_ADD, p[0], &(struct epoll_event){EPOLLIN});
    struct epoll_event event;
    TRY(epoll_wait(e, &event, 1, -1));
    struct timespec second = {1, 0};
    TRY(nanosleep(&second, &second));
    SAY("  left %d", second.tv_sec == 0 && second.tv_nsec > 900000000);
    second = (struct timespec){1, 0};
    TRY(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &second, NULL));
    TRY(pause());
    sigset_t none;
    sigemptyset(&none);
    TRY(sigsuspend(&none));
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR2);
    TRY(sigtimedwait(&wanted, NULL, &second));
    int word = 0;
    TRY(syscall(SYS_futex, &word, 0, 0, &second, NULL, 0));
    close(p[0]), close(p[1]), close(s[0]), close(s[1]), close(e);
}

static void masks(void)
{
    sigset_t block, none, now;
    SAY("-- masks for a wait");
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    set(SIGUSR1, hit, 0);
    hits = 0;
    raise(SIGUSR1);
    struct timespec zero = {0, 0}, long_time = {5, 0};
    int p[2];
    pipe(p);
    struct pollfd in = {p[0], POLLIN}, out = {p[1], POLLOUT};
    R(ppoll(&out, 1, &zero, &none));
    SAY("hits %d", hits);
    R(ppoll(&in, 1, &long_time, &none));
    SAY("hits %d", hits);
    raise(SIGUSR1);
    R(pselect(0, NULL, NULL, NULL, &long_time, &none));
    raise(SIGUSR1);
    R(sigsuspend(&none));
    int e = epoll_create1(0);
    struct epoll_event event;
    raise(SIGUSR1);
    R(epoll_pwait(e, &event, 1, -1, &none));
    SAY("hits %d", hits);
    sigprocmask(SIG_SETMASK, NULL, &now);
    SAY("still blocked: %d", sigismember(&now, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    close(p[0]), close(p[1]), close(e);
}

static void report(const char *what, pid_t child, int options)
{
    int status = -1;
    pid_t got = waitpid(child, &status, options);
    SAY("  %s: %s %x", what, got == child ? "told" : got == 0 ? "nothing" : strerrorname_np(errno), got == child ? status : 0);
}
static volatile int children, codes[16];
static void child_told(int signo, siginfo_t *info, void *context)
{
    if (children < 16)
        codes[children++] = info->si_code * 100 + info->si_status;
}
static void settle(void) { usleep(20000); }
static void stops(int flags)
{
    SAY("-- stops, SA_NOCLDSTOP %d", flags != 0);
    struct sigaction a = {.sa_sigaction = child_told, .sa_flags = SA_SIGINFO | SA_RESTART | flags};
    sigaction(SIGCHLD, &a, NULL);
    children = 0;
    pid_t child = fork();
    if (child == 0) {
        set(SIGUSR1, hit, 0);
        for (;;)
            pause();
    }
    settle();
    kill(child, SIGSTOP);
    settle();
    report("without asking", child, WNOHANG);
    siginfo_t info = {0};
    waitid(P_PID, child, &info, WSTOPPED | WNOWAIT);
    SAY("  waitid: code %d status %d", info.si_code, info.si_status);
    report("stopped", child, WUNTRACED | WNOHANG);
    report("again", child, WUNTRACED | WNOHANG);
    kill(child, SIGTSTP), kill(child, SIGUSR1);
    settle();
    report("stopped twice", child, WUNTRACED | WNOHANG);
    kill(child, SIGCONT);
    settle();
    report("continued", child, WCONTINUED | WNOHANG);
    report("again", child, WCONTINUED | WUNTRACED | WNOHANG);
    kill(child, SIGSTOP), kill(child, SIGCONT);
    settle();
    kill(child, SIGSTOP);
    settle();
    kill(child, SIGTERM);
    settle();
    report("SIGTERM while stopped", child, WNOHANG);
    kill(child, SIGKILL);
    settle();
    report("killed", child, WUNTRACED);
    int last = children > 0 ? codes[children - 1] : 0;
    SAY("  SIGCHLD: %s, last %d", flags ? (children == 1 ? "at the end" : "too often") : (children >= 4 ? "often" : "too seldom"), last);
    signal(SIGCHLD, SIG_DFL);
}

static void ends(void)
{
    int status;
    SAY("-- children nobody waits for");
    signal(SIGCHLD, SIG_IGN);
    pid_t child = fork();
    if (child == 0)
        _exit(1);
    R(waitpid(child, &status, 0));
    struct sigaction a = {.sa_handler = hit, .sa_flags = SA_NOCLDWAIT | SA_RESTART};
    sigaction(SIGCHLD, &a, NULL);
    hits = 0;
    if ((child = fork()) == 0)
        _exit(1);
    R(waitpid(child, &status, 0));
    SAY("told %d", hits);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, hit);
    hits = 0;
    int p[2];
    pipe(p), close(p[0]);
    R(write(p[1], "x", 1));
    SAY("SIGPIPE %d", hits);
    close(p[1]);
    struct rlimit small = {10, 10};
    if ((child = fork()) == 0) {
        signal(SIGXFSZ, hit);
        hits = 0;
        setrlimit(RLIMIT_FSIZE, &small);
        FILE *f = tmpfile();
        char text[20] = {0};
        R(write(fileno(f), text, 20));
        R(write(fileno(f), text, 20));
        SAY("SIGXFSZ %d", hits);
        _exit(0);
    }
    wait(NULL);
    if ((child = fork()) == 0) {
        struct rlimit second = {1, 2};
        setrlimit(RLIMIT_CPU, &second);
        for (;;)
            ;
    }
    waitpid(child, &status, 0);
    SAY("too much time: %d", WTERMSIG(status) == SIGXCPU);
}

static pthread_t waiter;
static volatile pid_t taken_by;
static void who(int signo) { taken_by = gettid(); }
static void *in_thread(void *arg)
{
    sigset_t none;
    sigemptyset(&none);
    *(pid_t *)arg = gettid();
    sigsuspend(&none);
    return NULL;
}
static void *sig_waiter(void *arg)
{
    sigset_t wanted;
    int signo;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    sigwait(&wanted, &signo);
    return (void *)(long)signo;
}
static void threads(void)
{
    SAY("-- threads");
    volatile pid_t other = 0;
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    set(SIGUSR1, who, 0);
    pthread_sigmask(SIG_BLOCK, &block, NULL);
    pthread_create(&waiter, NULL, in_thread, (void *)&other);
    while (other == 0)
        usleep(1000);
    settle();
    kill(getpid(), SIGUSR1);
    pthread_join(waiter, NULL);
    SAY("to the one that does not block it: %d", taken_by == other);
    other = 0;
    pthread_create(&waiter, NULL, in_thread, (void *)&other);
    while (other == 0)
        usleep(1000);
    settle();
    pthread_kill(waiter, SIGUSR1);
    pthread_join(waiter, NULL);
    SAY("to the one named: %d", taken_by == other);
    void *result;
    pthread_create(&waiter, NULL, sig_waiter, NULL);
    settle();
    kill(getpid(), SIGUSR1);
    pthread_join(waiter, &result);
    SAY("by sigwait: %d", (int)(long)result);
    pthread_sigmask(SIG_UNBLOCK, &block, NULL);
    R(pthread_kill(pthread_self(), 0));
    R(pthread_kill(pthread_self(), 65));
}

int main(void)
{
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    flags();
    stacks();
    calls(0);
    calls(SA_RESTART);
    masks();
    stops(0);
    stops(SA_NOCLDSTOP);
    ends();
    threads();
    return 0;
}
