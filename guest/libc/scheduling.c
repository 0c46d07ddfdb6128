/* The scheduling interface: nice values, policies, attributes, affinity, rights and limits, and that they matter. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

struct attr {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t util_min, util_max;
};
static int set_attr(uint32_t policy, uint64_t flags, int nice, uint32_t priority)
{
    struct attr a = {.size = sizeof a, .policy = policy, .flags = flags, .nice = nice, .priority = priority};
    return syscall(SYS_sched_setattr, 0, &a, 0);
}
static void show_attr(void)
{
    struct attr a = {0};
    long got = syscall(SYS_sched_getattr, 0, &a, sizeof a, 0);
    SAY("  attr %ld: size %d policy %d flags %lx nice %d priority %d", got, a.size, a.policy, (long)a.flags, a.nice, a.priority);
}
static int set_policy(int policy, int priority)
{
    return sched_setscheduler(0, policy, &(struct sched_param){priority});
}
static const struct sched_param none, twenty = {20};
static int raw(int which, int who) { return syscall(SYS_getpriority, which, who); }

static void nices(void)
{
    SAY("-- nice values");
    R(raw(PRIO_PROCESS, 0));
    R(setpriority(PRIO_PROCESS, 0, 5));
    R(raw(PRIO_PROCESS, 0));
    R(setpriority(PRIO_PROCESS, 0, 100));
    R(raw(PRIO_PROCESS, getpid()));
    R(raw(PRIO_PROCESS, 99999));
    R(raw(3, 0));
    R(raw(-1, 0));
    R(setpriority(PRIO_PROCESS, 99999, 0));
    R(setpriority(3, 0, 0));
    R(raw(PRIO_PGRP, 99999));
    R(raw(PRIO_USER, 64321));
    R(setpriority(PRIO_PROCESS, 0, -100));
    R(raw(PRIO_PROCESS, 0));
    R(setpriority(PRIO_PROCESS, 0, 3));
    if (fork() == 0) {
        R(raw(PRIO_PROCESS, 0));
        _exit(0);
    }
    wait(NULL);
    setpgid(0, 0);
    R(setpriority(PRIO_PGRP, 0, 0));
    R(raw(PRIO_PGRP, getpgrp()));
}

static void policies(void)
{
    struct sched_param p;
    struct timespec t;
    SAY("-- policies");
    R(sched_getscheduler(0));
    R(sched_getscheduler(-1));
    R(sched_getscheduler(99999));
    for (int i = 0; i < 7; i++)
        SAY("  %d: from %d to %d", i, sched_get_priority_min(i), sched_get_priority_max(i));
    R(set_policy(SCHED_OTHER, 1));
    R(set_policy(SCHED_FIFO, 0));
    R(set_policy(SCHED_FIFO, 100));
    R(set_policy(4, 0));
    R(set_policy(7, 0));
    R(set_policy(-1, 0));
    R(sched_setscheduler(0, SCHED_OTHER, NULL));
    R(sched_setscheduler(0, SCHED_OTHER, (void *)8));
    R(sched_setscheduler(99999, SCHED_OTHER, &none));
    R(set_policy(SCHED_RR, 10));
    R(sched_getscheduler(0));
    R(sched_getparam(0, &p));
    SAY("  priority %d", p.sched_priority);
    R(sched_rr_get_interval(0, &t));
    SAY("  interval %ld.%09ld", (long)t.tv_sec, t.tv_nsec);
    R(sched_setparam(0, &twenty));
    R(sched_setparam(0, &none));
    show_attr();
    R(set_policy(SCHED_FIFO | SCHED_RESET_ON_FORK, 5));
    R(sched_getscheduler(0) == (SCHED_FIFO | SCHED_RESET_ON_FORK));
    show_attr();
    R(sched_rr_get_interval(0, &t));
    SAY("  interval %ld.%09ld", (long)t.tv_sec, t.tv_nsec);
    if (fork() == 0) {
        show_attr();
        _exit(0);
    }
    wait(NULL);
    R(set_policy(SCHED_BATCH, 0));
    R(set_policy(SCHED_IDLE, 0));
    show_attr();
    R(set_policy(SCHED_OTHER, 0));
    R(sched_rr_get_interval(99999, &t));
    R(sched_rr_get_interval(-1, &t));
    R(sched_yield());
}

static void attributes(void)
{
    struct attr a = {.size = 10};
    SAY("-- attributes");
    R(syscall(SYS_sched_setattr, 0, &a, 0));
    SAY("  size %d", a.size);
    a.size = 5000;
    R(syscall(SYS_sched_setattr, 0, &a, 0));
    char big[100] = {0};
    *(uint32_t *)big = 100;
    R(syscall(SYS_sched_setattr, 0, big, 0));
    big[99] = 1;
    R(syscall(SYS_sched_setattr, 0, big, 0));
    R(syscall(SYS_sched_setattr, 0, NULL, 0));
    R(syscall(SYS_sched_setattr, 0, &a, 1));
    R(syscall(SYS_sched_setattr, -1, &a, 0));
    R(set_attr(SCHED_OTHER, 0, 7, 0));
    show_attr();
    R(set_attr(SCHED_OTHER, 0, -50, 0));
    show_attr();
    R(set_attr(SCHED_OTHER, 0, 0, 1));
    R(set_attr(SCHED_RR, 0, 0, 0));
    R(set_attr(SCHED_OTHER, 1 << 20, 0, 0));
    R(set_attr(SCHED_BATCH, 1, 4, 0));
    show_attr();
    R(set_attr(0xffffffff, 0, 0, 0));
    R(set_attr(SCHED_OTHER, 8, 2, 0));
    show_attr();
    R(set_attr(SCHED_OTHER, 0, 0, 0));
    R(syscall(SYS_sched_getattr, 0, &a, 47, 0));
    R(syscall(SYS_sched_getattr, 0, &a, 48, 1));
    R(syscall(SYS_sched_getattr, 0, &a, 48, 0));
    SAY("  size %d", a.size);
    R(syscall(SYS_sched_getattr, 99999, &a, 48, 0));
}

static void affinity(void)
{
    unsigned long mask[2] = {0};
    cpu_set_t set;
    SAY("-- affinity");
    CPU_ZERO(&set);
    R(sched_setaffinity(0, sizeof set, &set));
    R(syscall(SYS_sched_getaffinity, 0, 7, mask));
    R(syscall(SYS_sched_getaffinity, 0, 9, mask));
    R(syscall(SYS_sched_getaffinity, 0, 8, (void *)8));
    R(syscall(SYS_sched_getaffinity, 99999, 8, mask));
    CPU_SET(0, &set);
    R(sched_setaffinity(99999, sizeof set, &set));
    R(sched_setaffinity(0, sizeof set, &set));
    R(syscall(SYS_sched_setaffinity, 0, 1, &set));
    R(syscall(SYS_sched_setaffinity, 0, 8, (void *)8));
    R(syscall(SYS_sched_getaffinity, 0, 8, mask));
    SAY("  mask %lx, on %d", mask[0], sched_getcpu());
}

static void io(void)
{
    SAY("-- input and output");
    R(syscall(SYS_ioprio_get, 1, 0));
    R(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 3));
    R(syscall(SYS_ioprio_get, 1, 0));
    R(syscall(SYS_ioprio_set, 1, 0, 3 << 13));
    R(syscall(SYS_ioprio_get, 1, getpid()));
    if (fork() == 0) {
        R(syscall(SYS_ioprio_get, 1, 0));
        _exit(0);
    }
    wait(NULL);
    R(syscall(SYS_ioprio_set, 1, 0, 0));
    R(syscall(SYS_ioprio_set, 1, 0, 1));
    R(syscall(SYS_ioprio_set, 1, 0, 4 << 13));
    R(syscall(SYS_ioprio_set, 4, 0, 0));
    R(syscall(SYS_ioprio_get, 0, 0));
    R(syscall(SYS_ioprio_get, 1, 99999));
}

static void rights(void)
{
    SAY("-- rights");
    setpriority(PRIO_PROCESS, 0, 10);
    if (getuid() == 0)
        setuid(65501);
    R(setpriority(PRIO_PROCESS, 0, 4));
    R(setpriority(PRIO_PROCESS, 0, 5));
    R(setpriority(PRIO_PROCESS, 0, 6));
    R(setpriority(PRIO_PROCESS, getppid(), 19));
    R(set_policy(SCHED_FIFO, 1));
    R(set_policy(SCHED_IDLE, 0));
    R(set_policy(SCHED_OTHER, 0));
    R(set_attr(SCHED_OTHER, 0, 0, 0));
    R(set_attr(SCHED_OTHER, 1, 8, 0));
    R(set_attr(SCHED_OTHER, 0, 8, 0));
    R(sched_setscheduler(getppid(), SCHED_OTHER, &none));
    R(syscall(SYS_ioprio_set, 1, 0, 1 << 13 | 3));
    R(syscall(SYS_ioprio_set, 1, getppid(), 2 << 13 | 3));
    unsigned long mask = 1;
    R(syscall(SYS_sched_setaffinity, getppid(), 8, &mask));
}

/* Two children share one processor for a while: how much more the first one gets. */
static double share(void (*first)(void), void (*second)(void))
{
    long *counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child[2];
    for (int i = 0; i < 2; i++)
        if ((child[i] = fork()) == 0) {
            (i ? second : first)();
            raise(SIGSTOP);
            struct timespec now;
            for (;;) {
                for (volatile int work = 0; work < 10000; work++)
                    ;
                clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
                counts[i] = now.tv_sec * 1000000 + now.tv_nsec / 1000;
            }
        }
    for (int i = 0; i < 2; i++)
        waitpid(child[i], NULL, WUNTRACED);
    kill(child[0], SIGCONT), kill(child[1], SIGCONT);
    usleep(150000);
    kill(child[0], SIGKILL), kill(child[1], SIGKILL);
    wait(NULL), wait(NULL);
    return (double)(counts[0] + 1) / (counts[1] + 1);
}
static void plain(void) {}
static void nice5(void) { setpriority(PRIO_PROCESS, 0, 5); }
static void idle(void) { set_policy(SCHED_IDLE, 0); }
static void between(const char *what, double ratio, double least, double most)
{
    SAY("  %s: %s", what, ratio < least ? "too little" : ratio > most ? "too much" : "as it should be");
}
static void shares(void)
{
    SAY("-- shares");
    set_policy(SCHED_RR, 50);
    set_attr(SCHED_FIFO, 1, 0, 50);
    between("equal", share(plain, plain), 0.7, 1.4);
    between("nice 5", share(plain, nice5), 2, 5);
    between("SCHED_IDLE", share(plain, idle), 8, 10000);
    set_policy(SCHED_OTHER, 0);
}

int main(void)
{
    nices();
    policies();
    attributes();
    affinity();
    io();
    shares();
    rights();
    return 0;
}
