/* ptrace: stops at signals, calls and events, in the order in which Linux tells them. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#ifdef __riscv
typedef struct { long pc, x[31]; } registers;
#define NUMBER(r) (r).x[16]
#define THIRD(r) (r).x[11]
#define RESULT(r) (r).x[9]
#else
typedef struct user_regs_struct registers;
#define NUMBER(r) (r).orig_rax
#define THIRD(r) (r).rdx
#define RESULT(r) (r).rax
#endif

static long trace(int request, pid_t pid, void *addr, void *data)
{
    return syscall(SYS_ptrace, request, pid, addr, data);
}

static registers get(pid_t pid)
{
    registers r;
    struct iovec all = {&r, sizeof r};
    trace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &all);
    return r;
}

static void set(pid_t pid, registers *r)
{
    struct iovec all = {r, sizeof *r};
    trace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &all);
}

static const char *signame(int signo)
{
    static char text[8][32];
    static int turn;
    char *to = text[turn++ % 8];
    const char *name = sigabbrev_np(signo & 0x7f);
    sprintf(to, "%s%s", name ? name : "?", signo & 0x80 ? "|80" : "");
    return to;
}

/* Waits for one and prints what came. */
static int next(pid_t pid)
{
    int status = 0;
    pid_t got = waitpid(pid, &status, __WALL);
    const char *who = got == pid ? "" : got < 0 ? strerrorname_np(errno) : " another";
    if (got < 0)
        SAY("  wait: %s", who);
    else if (WIFEXITED(status))
        SAY("  exited %d%s", WEXITSTATUS(status), who);
    else if (WIFSIGNALED(status))
        SAY("  killed by %s%s", signame(WTERMSIG(status)), who);
    else if (WIFSTOPPED(status))
        SAY("  stopped by %s, event %d%s", signame(WSTOPSIG(status)), status >> 16, who);
    else
        SAY("  status %x%s", status, who);
    return status;
}

static void info(pid_t pid)
{
    siginfo_t i;
    memset(&i, 0, sizeof i);
    long r = trace(PTRACE_GETSIGINFO, pid, 0, &i);
    if (r < 0)
        SAY("  no siginfo: %s", strerrorname_np(errno));
    else
        SAY("  siginfo %s code %d", signame(i.si_signo), i.si_code);
}

static pid_t traced(void (*body)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid)
        return pid;
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    body();
    _exit(0);
}

static void handle(int signo, siginfo_t *i, void *context)
{
    SAY("handler %s code %d value %d", signame(signo), i->si_code, i->si_value.sival_int);
}

static void catch(int signo)
{
    struct sigaction a = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    sigaction(signo, &a, NULL);
}

static void raises(void)
{
    catch(SIGUSR1);
    catch(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5});
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    raise(SIGTERM);
}

static void signals(void)
{
    SAY("signals");
    pid_t pid = traced(raises);
    next(pid);
    info(pid);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    info(pid);
    SAY(" suppressed");
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    SAY(" another");
    trace(PTRACE_CONT, pid, 0, (void *)SIGUSR2);
    next(pid);
    siginfo_t i;
    trace(PTRACE_GETSIGINFO, pid, 0, &i);
    SAY(" value %d, changed", i.si_value.sival_int);
    i.si_value.sival_int++;
    trace(PTRACE_SETSIGINFO, pid, 0, &i);
    trace(PTRACE_CONT, pid, 0, (void *)SIGUSR1);
    next(pid);
    SAY(" ignored ones are told, too");
    R(trace(PTRACE_CONT, pid, 0, (void *)99));
    trace(PTRACE_CONT, pid, 0, (void *)SIGUSR1);
    next(pid);
    trace(PTRACE_CONT, pid, 0, (void *)SIGTERM);
    next(pid);
}

static void calls_body(void)
{
    syscall(SYS_getppid);
    syscall(SYS_getppid);
    long changed = syscall(SYS_write, 1, "the whole line, or a part of it\n", 32);
    SAY("write gave %ld", changed);
    errno = 0;
    long skipped = syscall(SYS_chdir, "/nowhere");
    SAY("chdir gave %ld %s", skipped, errno ? strerrorname_np(errno) : "");
    skipped = syscall(SYS_chdir, "/nowhere");
    SAY("chdir gave %ld %s", skipped, errno ? strerrorname_np(errno) : "");
    syscall(SYS_exit_group, 3);
}

static void calls(void)
{
    SAY("calls");
    pid_t pid = traced(calls_body);
    next(pid);
    trace(PTRACE_SYSCALL, pid, 0, 0);
    int status;
    waitpid(pid, &status, 0);
    struct ptrace_syscall_info plain;
    SAY("  without the option: %s, kind %d", signame(WSTOPSIG(status)),
        (trace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof plain, &plain), plain.op));
    trace(PTRACE_SETOPTIONS, pid, 0, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    int chdirs = 0;
    for (;;) {
        trace(PTRACE_SYSCALL, pid, 0, 0);
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status))
            break;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            SAY("  %s", signame(WSTOPSIG(status)));
            continue;
        }
        struct ptrace_syscall_info i;
        long size = trace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof i, &i);
        registers r = get(pid);
        static long last;
        if (i.op == PTRACE_SYSCALL_INFO_ENTRY) {
            last = i.entry.nr;
            if (last == SYS_getppid)
                SAY("  getppid begins, size %ld, result so far %s", size,
                    (long)RESULT(r) == -ENOSYS ? "ENOSYS" : "?");
            if (last == SYS_write && i.entry.args[2] == 32) {
                SAY("  write to %d of %d", (int)i.entry.args[0], (int)i.entry.args[2]);
                THIRD(r) = 15;
                set(pid, &r);
            }
            if (last == SYS_chdir) {
                NUMBER(r) = -1;
                if (chdirs++)
                    RESULT(r) = 77;
                set(pid, &r);
            }
        } else if (last == SYS_getppid) {
            SAY("  getppid ends, size %ld, error %d, right %d", size, i.exit.is_error,
                i.exit.rval == getpid());
        } else if (last == SYS_chdir) {
            SAY("  chdir ends with %ld, error %d", (long)i.exit.rval, i.exit.is_error);
        }
    }
    SAY("  exited %d", WEXITSTATUS(status));
}

static void makes(void)
{
    pid_t pid = fork();
    if (!pid)
        _exit(1);
    waitpid(pid, NULL, 0);
    pid = vfork();
    if (!pid)
        _exit(2);
    waitpid(pid, NULL, 0);
    static char stack[16384];
    pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
    if (!pid)
        _exit(3);
    waitpid(pid, NULL, __WALL);
    execl("/proc/self/exe", "tracing", "child", NULL);
    _exit(9);
}

/* One at a time, so that the order is the same everywhere. */
static void events(void)
{
    SAY("events");
    pid_t pid = traced(makes);
    next(pid);
    R(trace(PTRACE_SETOPTIONS, pid, 0, (void *)0x7f000000));
    trace(PTRACE_SETOPTIONS, pid, 0,
          (void *)(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                   PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT));
    int status, left = 1;
    trace(PTRACE_CONT, pid, 0, 0);
    for (;;) {
        unsigned long message = 0;
        status = next(pid);
        if (!WIFSTOPPED(status))
            break;
        int event = status >> 16;
        trace(PTRACE_GETEVENTMSG, pid, 0, &message);
        if (event == PTRACE_EVENT_EXIT)
            SAY("  will end with %d", WEXITSTATUS((int)message));
        if (event == PTRACE_EVENT_EXEC)
            SAY("  was itself: %d", (pid_t)message == pid);
        if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
            pid_t child = message;
            SAY(" child");
            next(child);
            info(child);
            trace(PTRACE_CONT, child, 0, 0);
            next(child);
            trace(PTRACE_CONT, child, 0, 0);
            next(child);
            SAY(" parent");
        }
        /* The child's SIGCHLD may come now or later. */
        do {
            trace(PTRACE_CONT, pid, 0, 0);
            siginfo_t peek;
            memset(&peek, 0, sizeof peek);
            waitid(P_PID, pid, &peek, WEXITED | WSTOPPED | WNOWAIT | __WALL);
            left = peek.si_code == CLD_TRAPPED && peek.si_status == SIGCHLD;
            if (left)
                waitpid(pid, &status, __WALL);
        } while (left);
    }
}

static void exec_body(void)
{
    execl("/proc/self/exe", "tracing", "child", NULL);
}

static void exec_trap(void)
{
    SAY("exec without the option");
    pid_t pid = traced(exec_body);
    next(pid);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    info(pid);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
}

static int ready[2];

static pid_t sleeper(void)
{
    pipe(ready);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        catch(SIGUSR1);
        write(ready[1], "", 1);
        for (;;)
            pause();
    }
    char c;
    read(ready[0], &c, 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void attached(void)
{
    SAY("attach");
    pid_t pid = sleeper();
    R(trace(PTRACE_PEEKDATA, pid, 0, &pid));
    R(trace(PTRACE_ATTACH, pid, 0, 0));
    R(trace(PTRACE_ATTACH, pid, 0, 0));
    next(pid);
    info(pid);
    char path[64], line[256];
    sprintf(path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    while (fgets(line, sizeof line, f)) {
        if (!strncmp(line, "State", 5))
            SAY("  %.*s", (int)strcspn(line, "\n"), line);
        if (!strncmp(line, "TracerPid", 9))
            SAY("  traced by me: %d", atoi(line + 10) == getpid());
    }
    fclose(f);
    R(trace(PTRACE_INTERRUPT, pid, 0, 0));
    R(trace(PTRACE_LISTEN, pid, 0, 0));
    R(trace(PTRACE_PEEKUSR, pid, (void *)-8, &ready));
    R(trace(PTRACE_GETREGSET, pid, (void *)12345, &(struct iovec){line, 8}));
    R(trace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &(struct iovec){line, 7}));
    R(trace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, 0));
    R(trace(0x4299, pid, 0, 0));
    long set = 0;
    R(trace(PTRACE_GETSIGMASK, pid, (void *)4, &set));
    set = 1 << (SIGUSR1 - 1) | 1 << (SIGKILL - 1);
    R(trace(PTRACE_SETSIGMASK, pid, (void *)8, &set));
    R(trace(PTRACE_GETSIGMASK, pid, (void *)8, &set));
    SAY("  mask %lx", set);
    for (int i = 1; i < 4; i++)
        sigqueue(pid, SIGRTMIN + i, (union sigval){.sival_int = i});
    siginfo_t several[4];
    R(trace(PTRACE_PEEKSIGINFO, pid, &(struct ptrace_peeksiginfo_args){1, 1, 4}, several));
    SAY("  values %d %d", several[0].si_value.sival_int, several[1].si_value.sival_int);
    R(trace(PTRACE_PEEKSIGINFO, pid, &(struct ptrace_peeksiginfo_args){0, 0, 4}, several));
    R(trace(PTRACE_PEEKSIGINFO, pid, &(struct ptrace_peeksiginfo_args){0, 4, 4}, several));
    kill(pid, SIGKILL);
    next(pid);
    R(trace(PTRACE_CONT, pid, 0, 0));
}

static void seized(void)
{
    SAY("seize");
    pid_t pid = sleeper();
    R(trace(PTRACE_SEIZE, pid, (void *)1, 0));
    R(trace(PTRACE_SEIZE, pid, 0, (void *)0x7f000000));
    R(trace(PTRACE_SEIZE, pid, 0, (void *)PTRACE_O_TRACESYSGOOD));
    R(trace(PTRACE_CONT, pid, 0, 0));
    R(trace(PTRACE_INTERRUPT, pid, 0, 0));
    next(pid);
    info(pid);
    trace(PTRACE_SYSCALL, pid, 0, 0);
    next(pid);
    struct ptrace_syscall_info i;
    trace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof i, &i);
    SAY("  call begins again: %d", i.op == PTRACE_SYSCALL_INFO_ENTRY);
    trace(PTRACE_SYSCALL, pid, 0, 0);
    kill(pid, SIGUSR1);
    next(pid);
    trace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof i, &i);
    SAY("  to be made anew: %d, error %d", (int)-i.exit.rval, i.exit.is_error);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    trace(PTRACE_CONT, pid, 0, (void *)SIGUSR1);
    usleep(10000);
    SAY(" group stop");
    kill(pid, SIGSTOP);
    next(pid);
    info(pid);
    trace(PTRACE_CONT, pid, 0, (void *)SIGSTOP);
    next(pid);
    info(pid);
    R(trace(PTRACE_LISTEN, pid, 0, 0));
    R(trace(PTRACE_CONT, pid, 0, 0));
    kill(pid, SIGCONT);
    next(pid);
    info(pid);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    SAY(" detach");
    R(trace(PTRACE_DETACH, pid, 0, (void *)SIGUSR1));
    usleep(10000);
    kill(pid, SIGTERM);
    next(pid);
}

static void group_stop_attached(void)
{
    SAY("group stop of one that was attached");
    pid_t pid = sleeper();
    trace(PTRACE_ATTACH, pid, 0, 0);
    next(pid);
    trace(PTRACE_CONT, pid, 0, (void *)SIGSTOP);
    next(pid);
    info(pid);
    trace(PTRACE_DETACH, pid, 0, 0);
    siginfo_t i;
    memset(&i, 0, sizeof i);
    kill(pid, SIGCONT);
    waitid(P_PID, pid, &i, WCONTINUED | WSTOPPED);
    SAY("  code %d status %s", i.si_code, signame(i.si_status));
    kill(pid, SIGKILL);
    next(pid);
}

static void waiting(void)
{
    SAY("waitid and SIGCHLD");
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    pid_t pid = traced(raises);
    siginfo_t i;
    sigwaitinfo(&chld, &i);
    SAY("  code %d status %s mine %d", i.si_code, signame(i.si_status), i.si_pid == pid);
    memset(&i, 0, sizeof i);
    R(waitid(P_PID, pid, &i, WEXITED | WNOWAIT));
    SAY("  code %d status %s", i.si_code, signame(i.si_status));
    R(waitid(P_PID, pid, &i, WEXITED));
    i.si_pid = 0;
    R(waitid(P_PID, pid, &i, WEXITED | WNOHANG));
    SAY("  nothing more: %d", i.si_pid);
    R(trace(PTRACE_KILL, pid, 0, 0));
    next(pid);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
}

static void *other(void *arg)
{
    return NULL;
}

static void threads_body(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
}

static void threads(void)
{
    SAY("threads");
    pid_t pid = traced(threads_body);
    next(pid);
    trace(PTRACE_SETOPTIONS, pid, 0, (void *)PTRACE_O_TRACECLONE);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    unsigned long tid;
    trace(PTRACE_GETEVENTMSG, pid, 0, &tid);
    next(tid);
    trace(PTRACE_CONT, tid, 0, 0);
    next(tid);
    trace(PTRACE_CONT, pid, 0, 0);
    next(pid);
    next(pid);
}

static void tracer_ends(void)
{
    SAY("a tracer ends");
    for (int kills = 0; kills < 2; kills++) {
        pid_t pid = sleeper();
        pid_t tracer = fork();
        if (!tracer) {
            trace(PTRACE_SEIZE, pid, 0, (void *)(long)(kills ? PTRACE_O_EXITKILL : 0));
            trace(PTRACE_INTERRUPT, pid, 0, 0);
            waitpid(pid, NULL, __WALL);
            _exit(0);
        }
        waitpid(tracer, NULL, 0);
        if (!kills)
            kill(pid, SIGTERM);
        next(pid);
    }
}

static pid_t made;
static volatile int step;

static void *maker(void *isAlone)
{
    made = fork();
    if (made == 0)
        _exit(3);
    step = 1;
    while (isAlone && step != 2)
        usleep(100);
    if (isAlone)
        SAY("  its maker: %d", waitpid(made, NULL, __WNOTHREAD) == made);
    return NULL;
}

static void alone(void)
{
    SAY("children of one thread");
    pthread_t t;
    int status;
    pthread_create(&t, NULL, maker, "");
    while (step != 1)
        usleep(100);
    SAY("  another: %s", waitpid(made, NULL, __WNOTHREAD) < 0 ? strerrorname_np(errno) : "?");
    step = 2;
    pthread_join(t, NULL);
    pthread_create(&t, NULL, maker, NULL);
    pthread_join(t, NULL);
    SAY("  its heir: %d", waitpid(made, &status, __WNOTHREAD) == made);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        SAY("the new program");
        return 4;
    }
    signals();
    calls();
    events();
    exec_trap();
    attached();
    seized();
    group_stop_attached();
    waiting();
    threads();
    tracer_ends();
    alone();
    return 0;
}
