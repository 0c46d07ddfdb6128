/* Signals by glibc: siglongjmp out of a fault, ucontext, sigqueue, signalfd-less waiting, timers, abort. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t alarms, got_value;

static void leave(int signo, siginfo_t *info, void *context)
{
    siglongjmp(back, info->si_addr == (void *)0x40 ? 2 : 1);
}

static void count(int signo) { alarms++; }
static void take(int signo, siginfo_t *info, void *context) { got_value = info->si_value.sival_int; }

static void set(int signo, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(signo, &a, NULL);
}

static char *guarded;

/* A lazily filled array: the handler gives the page its rights, and the access is tried again. */
static void unlock_page(int signo, siginfo_t *info, void *context)
{
    mprotect((void *)((long)info->si_addr & -4096l), 4096, PROT_READ | PROT_WRITE);
}

int main(void)
{
    set(SIGSEGV, leave);
    for (int i = 0; i < 2; i++) {
        int how = sigsetjmp(back, 1);
        if (how == 0)
            *(volatile int *)0x40 = 1;
        printf("back from a fault, %d\n", how);
    }
    set(SIGSEGV, unlock_page);
    guarded = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    guarded[0] = 1;
    guarded[4096] = 2;
    printf("pages made on demand: %d\n", guarded[0] + guarded[4096]);

    set(SIGRTMIN, take);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 77});
    printf("value %d\n", got_value);

    signal(SIGALRM, count);
    struct itimerval timer = {{0, 3000}, {0, 3000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    double sum = 0;
    long turns = 0;
    while (alarms < 3) {
        sum += 0.5;
        turns++;
    }
    timer = (struct itimerval){0};
    setitimer(ITIMER_REAL, &timer, NULL);
    printf("three alarms while computing, registers intact: %d\n", sum == turns * 0.5);

    int status;
    if (fork() == 0)
        abort();
    wait(&status);
    printf("abort: signal %d\n", WTERMSIG(status));
    if (fork() == 0) {
        signal(SIGABRT, SIG_IGN);
        abort();
    }
    wait(&status);
    printf("abort with SIGABRT ignored: signal %d\n", WTERMSIG(status));
    printf("%s, %s\n", strsignal(SIGSEGV), strsignal(SIGTERM));
    return 0;
}
