/* Tracers that ask anything of anybody, in any state: what they do makes no sense, but must leave nothing behind. */
#define _GNU_SOURCE
#include <elf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 12 };

static unsigned long seed;
static unsigned any(unsigned below)
{
    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    return (seed >> 33) % below;
}

static void handler(int signo) {}
static void *idle(void *arg)
{
    for (int i = 0; i < 3; i++)
        usleep(300);
    return NULL;
}

/* A program that is traced: it does a little of everything, for ever. */
static void victim(unsigned long with)
{
    seed = with;
    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    int ends[2];
    pipe(ends);
    for (;;) {
        struct timespec little = {0, any(200000)};
        char c = 0;
        pid_t child;
        pthread_t t;
        switch (any(13)) {
        case 0: nanosleep(&little, NULL); break;
        case 1: write(ends[1], &c, 1); read(ends[0], &c, 1); break;
        case 2: raise(SIGUSR1); break;
        case 3: raise(SIGUSR2); break;
        case 4:
            child = any(2) ? fork() : vfork();
            if (child == 0)
                _exit(any(256));
            waitpid(child, NULL, any(2) ? __WALL : 0);
            break;
        case 5: sched_yield(); break;
        case 6: for (volatile int i = 0; i < 2000; i++); break;
        case 7: if (pthread_create(&t, NULL, idle, NULL) == 0) pthread_detach(t); break;
        case 8: if (any(20) == 0) raise(SIGSTOP); break;
        case 9: if (any(30) == 0) execl("/proc/self/exe", "storm", "victim", NULL); break;
        case 10: if (any(30) == 0) _exit(any(256)); break;
        case 11: if (any(10) == 0) ptrace(PTRACE_TRACEME, 0, 0, 0); break;
        case 12: kill(getppid(), SIGUSR1); break;
        }
    }
}

static const int requests[] = {
    PTRACE_CONT, PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SYSCALL, PTRACE_ATTACH, PTRACE_SEIZE, PTRACE_SEIZE,
    PTRACE_INTERRUPT, PTRACE_INTERRUPT, PTRACE_LISTEN, PTRACE_DETACH, PTRACE_KILL, PTRACE_SETOPTIONS,
    PTRACE_GETEVENTMSG, PTRACE_GETSIGINFO, PTRACE_SETSIGINFO, PTRACE_GETREGSET, PTRACE_SETREGSET,
    PTRACE_PEEKSIGINFO, PTRACE_GETSIGMASK, PTRACE_SETSIGMASK, PTRACE_GET_SYSCALL_INFO, PTRACE_PEEKDATA,
    PTRACE_POKEDATA, PTRACE_SINGLESTEP,
};

static void tracer(unsigned long with, pid_t parent)
{
    seed = with;
    static pid_t known[256];
    int count = 0;
    static char bytes[1024];
    for (int i = 0; i < MOST; i++) {
        pid_t pid = fork();
        if (pid == 0)
            victim(seed + i);
        known[count++] = pid;
    }
    for (int i = 0; i < 6000; i++) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL | (any(2) ? WUNTRACED | WCONTINUED : 0));
        if (pid > 0) {
            known[any(2) && count < 256 ? count++ : (int)any(count)] = pid;
            if (WIFSTOPPED(status) && any(3))
                syscall(SYS_ptrace, any(2) ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0,
                        any(2) && WSTOPSIG(status) < 32 ? WSTOPSIG(status) : 0);
            continue;
        }
        pid = known[any(count)];
        if (any(10) == 0)
            pid += any(4);
        if (pid == parent || pid == getpid() || pid <= 2)
            continue;
        struct iovec part = {bytes, any(40) * 8};
        int request = requests[any(sizeof requests / sizeof *requests)];
        if (request == PTRACE_KILL && any(4))
            continue;
        unsigned long addr = any(3) ? 0 : any(4) * 4, data = any(3) ? 0 : any(65);
        if (request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) {
            addr = 1 + any(2);
            data = (unsigned long)&part;
            if (request == PTRACE_SETREGSET && any(4))
                syscall(SYS_ptrace, PTRACE_GETREGSET, pid, addr, data);
        }
        if (request == PTRACE_SETOPTIONS || request == PTRACE_SEIZE)
            data = any(256) & 0x7f, addr = 0;
        if (request == PTRACE_GETSIGINFO || request == PTRACE_GETEVENTMSG)
            data = (unsigned long)bytes;
        if (request == PTRACE_SETSIGINFO || request == PTRACE_GETSIGMASK || request == PTRACE_SETSIGMASK)
            data = (unsigned long)bytes + 512, addr = 8;
        syscall(SYS_ptrace, request, pid, addr, data);
        static const int some[] = {SIGUSR1, SIGUSR2, SIGSTOP, SIGCONT, SIGCONT, SIGTERM, SIGTSTP};
        if (any(6) == 0)
            kill(pid, some[any(any(8) ? 5 : 7)]);
        if (any(4) == 0)
            usleep(any(300));
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    signal(SIGUSR1, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "victim") == 0)
        victim(getpid());
    unsigned long with = argc > 1 ? atol(argv[1]) : 1;
    for (int i = 0; i < 2; i++)
        if (fork() == 0)
            tracer(with * 10 + i, getppid());
    int status, left = 2;
    while (wait(&status) > 0)
        left--;
    printf("%d left\n", left);
    return 0;
}
