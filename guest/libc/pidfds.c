/* Processes and threads by descriptor: who can be opened, when it can be read, and whom a signal reaches. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#define THREAD O_EXCL

static int open_pid(int pid, unsigned flags) { return syscall(SYS_pidfd_open, pid, flags); }
static int opens(int pid, unsigned flags)
{
    int fd = open_pid(pid, flags);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}
static int send(int fd, int signo, siginfo_t *info, unsigned flags)
{
    return syscall(SYS_pidfd_send_signal, fd, signo, info, flags);
}
static int ready(int fd, int wait)
{
    struct pollfd p = {fd, POLLIN};
    return poll(&p, 1, wait) < 0 ? -1 : p.revents;
}

static volatile int caught_by, code;
static void on_signal(int signo, siginfo_t *info, void *unused)
{
    caught_by = gettid();
    code = info->si_code;
}
static int tid, pipes[2];
static void *sleeper(void *unused)
{
    char c;
    tid = gettid();
    while (read(pipes[0], &c, 1) < 0)
        ;
    return unused;
}

static void threads(void)
{
    pthread_t t;
    SAY("-- threads");
    pipe(pipes);
    tid = 0;
    pthread_create(&t, NULL, sleeper, NULL);
    while (!tid)
        usleep(100);
    R(opens(getpid(), 0));
    R(opens(getpid(), THREAD));
    R(opens(getpid(), THREAD | O_NONBLOCK));
    R(opens(tid, THREAD));
    R(opens(tid, 1 << 20));
    R(opens(4194303, THREAD));
    R(opens(0, THREAD));
    int thread = open_pid(tid, THREAD), process = open_pid(getpid(), 0), leader = open_pid(getpid(), THREAD);
    R((fcntl(thread, F_GETFL) & THREAD) != 0);
    R((fcntl(process, F_GETFL) & THREAD) != 0);
    R(ready(thread, 0));
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &act, NULL);
    R(send(thread, SIGUSR1, NULL, 0));
    while (!caught_by)
        usleep(100);
    SAY("  by the thread %d, code %d", caught_by == tid, code);
    caught_by = 0;
    R(send(leader, SIGUSR1, NULL, 0));
    SAY("  by the leader %d, code %d", caught_by == getpid(), code);
    R(send(process, SIGUSR1, NULL, 0));
    SAY("  by the leader %d, code %d", caught_by == getpid(), code);
    caught_by = 0;
    R(send(process, SIGUSR1, NULL, 1));
    SAY("  by the leader %d, code %d", caught_by == getpid(), code);
    caught_by = 0;
    R(send(thread, SIGUSR1, NULL, 2));
    while (!caught_by)
        usleep(100);
    SAY("  code %d", code);
    R(send(process, 0, NULL, 1));
    R(send(process, 0, NULL, 2));
    R(send(process, 0, NULL, 3));
    R(send(process, 0, NULL, 8));
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
    R(send(thread, SIGUSR1, &info, 0));
    R(send(thread, SIGUSR2, &info, 0));
    R(send(0, SIGUSR1, NULL, 0));
    write(pipes[1], "x", 1);
    pthread_join(t, NULL);
    R(ready(thread, 1000));
    R(send(thread, 0, NULL, 0));
    R(ready(leader, 0));
}

static void groups(void)
{
    int status;
    SAY("-- process groups");
    pid_t first = fork();
    if (first == 0) {
        setpgid(0, 0);
        pause();
        _exit(0);
    }
    setpgid(first, first);
    pid_t second = fork();
    if (second == 0) {
        setpgid(0, first);
        pause();
        _exit(0);
    }
    setpgid(second, first);
    int fd = open_pid(first, 0), other = open_pid(second, 0);
    R(send(other, 0, NULL, 4));
    R(ready(fd, 0));
    R(send(fd, SIGTERM, NULL, 4));
    R(ready(fd, 1000));
    R(waitpid(first, &status, 0) == first && WTERMSIG(status) == SIGTERM);
    R(waitpid(second, &status, 0) == second && WTERMSIG(status) == SIGTERM);
    R(ready(fd, 0) & POLLIN);
    R(send(fd, 0, NULL, 0));
}

static int child(void *unused) { return 3; }
static int quick(void *unused)
{
    syscall(SYS_exit, 0);
    return 0;
}
static char stack[2][65536] __attribute__((aligned(16)));
static void cloned(void)
{
    int fd = -1, status;
    siginfo_t info;
    SAY("-- clone");
    int pid = clone(child, stack[0] + 65536, CLONE_PIDFD | SIGCHLD, NULL, &fd);
    R(ready(fd, 1000));
    R(waitid(P_PIDFD, fd, &info, WEXITED));
    SAY("  status %d of it %d", info.si_status, info.si_pid == pid);
    R(waitid(P_PIDFD, fd, &info, WEXITED));
    fd = -1;
    R(clone(quick, stack[1] + 65536, CLONE_PIDFD | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, NULL, &fd) > 0);
    R((fcntl(fd, F_GETFL) & THREAD) != 0);
    R((ready(fd, 1000) & POLLIN) != 0);
    R(clone(child, stack[0] + 65536, CLONE_PIDFD | CLONE_DETACHED | SIGCHLD, NULL, &fd));
}

int main(void)
{
    threads();
    groups();
    cloned();
    return 0;
}
