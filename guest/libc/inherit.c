/* Locks that lend their owner the priority of who waits, waiting for one of several words, and owners that die. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
static long ret(long r) { return r < 0 ? -errno : r; }
#define T(e) SAY("  %s: %ld", #e, ret(e))
static void nap(int ms) { usleep(ms * 1000); }
static int word, other;
static long op(int *w, int o, unsigned v, void *t, int *w2, unsigned v3) { return syscall(SYS_futex, w, o, v, t, w2, v3); }
static int me(void) { return syscall(SYS_gettid); }
static struct timespec in(int ms, int clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += ms * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000, t.tv_nsec %= 1000000000;
    return t;
}

static volatile int owned;
static void *holds(void *ms)
{
    ret(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    owned = 1;
    nap((long)ms);
    op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
    return NULL;
}
static void *dies(void *w)
{
    op(w, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    owned = 1;
    nap(30);
    return NULL;
}
static void *both(void *unused)
{
    op(&other, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    owned = 1;
    nap(10);
    long r = op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
    op(&other, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
    return (void *)r;
}
static volatile int handled;
static void none(int s) { handled = s; }
static pthread_t begin(void *(*f)(void *), void *arg)
{
    pthread_t t;
    owned = 0;
    pthread_create(&t, NULL, f, arg);
    while (!owned)
        nap(1);
    return t;
}

static void words(void)
{
    SAY("-- words");
    struct timespec soon;
    T(op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    T(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    SAY("  mine %d", word == me());
    T(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    T(op(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
    T(op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    SAY("  free %d", word == 0);
    T(op((int *)((char *)&word + 1), FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    T(op((int *)8, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    pthread_t t = begin(holds, (void *)60);
    T(op(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
    T(op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    soon = in(10, CLOCK_REALTIME);
    T(op(&word, FUTEX_LOCK_PI, 0, &soon, NULL, 0));
    soon = in(10, CLOCK_MONOTONIC);
    T(op(&word, 13, 0, &soon, NULL, 0));
    struct sigaction sa = {.sa_handler = none};
    sigaction(SIGALRM, &sa, NULL);
    ualarm(10000, 0);
    T(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    SAY("  handled %d, mine %d", handled == SIGALRM, (word & FUTEX_TID_MASK) == me());
    T(op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    SAY("  word %x", word);
    pthread_join(t, NULL);
    op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
    t = begin(both, NULL);
    nap(30);
    T(op(&other, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
    pthread_join(t, NULL);
    t = begin(dies, &word);
    T(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    SAY("  owner died %d, mine %d", (word & FUTEX_OWNER_DIED) != 0, (word & FUTEX_TID_MASK) == me());
    pthread_join(t, NULL);
    T(op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    word = 0x3fffffff;
    T(op(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    word = 0;
}

static int from;
static void *requeued(void *n)
{
    long r = op(&from, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &word, 0);
    int mine = (word & FUTEX_TID_MASK) == me();
    nap(5);
    op(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
    return (void *)(r * 10 + mine);
}
static void requeue(void)
{
    SAY("-- requeue");
    T(op(&from, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &from, 0));
    T(op(&from, FUTEX_WAIT_REQUEUE_PI, 1, NULL, &word, 0));
    struct timespec soon = in(10, CLOCK_MONOTONIC);
    T(op(&from, FUTEX_WAIT_REQUEUE_PI, 0, &soon, &word, 0));
    pthread_t t[3];
    for (long i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, requeued, (void *)i);
    nap(20);
    T(op(&from, FUTEX_CMP_REQUEUE_PI, 2, (void *)5, &word, 0));
    T(op(&from, FUTEX_CMP_REQUEUE_PI, 1, (void *)5, &word, 7));
    T(op(&from, FUTEX_CMP_REQUEUE_PI, 1, (void *)5, &word, 0));
    for (int i = 0; i < 3; i++) {
        void *r;
        pthread_join(t[i], &r);
        SAY("  %ld", (long)r);
    }
    word = 0;
}

static pthread_mutex_t mutex;
static volatile int order[4], at, started;
static void spin(int ms)
{
    struct timespec a, b;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    do {
        for (volatile int work = 0; work < 10000; work++)
            ;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    } while ((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < ms);
}
static void *low(void *unused)
{
    pthread_mutex_lock(&mutex);
    started = 1;
    spin(8);
    order[at++] = 1;
    pthread_mutex_unlock(&mutex);
    return NULL;
}
static void *middle(void *unused)
{
    spin(12);
    order[at++] = 2;
    return NULL;
}
static void *high(void *unused)
{
    pthread_mutex_lock(&mutex);
    order[at++] = 3;
    pthread_mutex_unlock(&mutex);
    return NULL;
}
static pthread_t at_priority(int priority, void *(*f)(void *))
{
    pthread_attr_t attr;
    struct sched_param p = {.sched_priority = priority};
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
    pthread_attr_setschedparam(&attr, &p);
    if (pthread_create(&t, &attr, f, NULL) != 0)
        SAY("  cannot make a real-time thread");
    return t;
}
static void lends(int protocol, const char *name)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setprotocol(&a, protocol);
    pthread_mutex_init(&mutex, &a);
    at = started = 0;
    pthread_t t[3];
    t[0] = at_priority(10, low);
    while (!started)
        nap(2);
    t[1] = at_priority(30, high);
    nap(2);
    t[2] = at_priority(20, middle);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    SAY("  %s: %d %d %d", name, order[0], order[1], order[2]);
}

static void *locks_and_goes(void *m)
{
    pthread_mutex_lock(m);
    owned = 1;
    nap(20);
    return NULL;
}
static void mutexes(void)
{
    SAY("-- mutexes");
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one);
    struct sched_param p = {.sched_priority = 90};
    sched_setscheduler(0, SCHED_FIFO, &p);
    lends(PTHREAD_PRIO_INHERIT, "inherited");
    lends(PTHREAD_PRIO_NONE, "not inherited");
    p.sched_priority = 0;
    sched_setscheduler(0, SCHED_OTHER, &p);
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
    pthread_mutex_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(shared, &a);
    pthread_t t = begin(locks_and_goes, shared);
    SAY("  busy %d", pthread_mutex_trylock(shared) == EBUSY);
    int r = pthread_mutex_lock(shared);
    SAY("  owner died %d, consistent %d, again %d", r == EOWNERDEAD, pthread_mutex_consistent(shared),
        pthread_mutex_lock(shared) == EDEADLK);
    pthread_join(t, NULL);
    SAY("  unlocked %d", pthread_mutex_unlock(shared));
    if (fork() == 0) {
        pthread_mutex_lock(shared);
        nap(20);
        _exit(0);
    }
    nap(10);
    r = pthread_mutex_lock(shared);
    SAY("  process died %d", r == EOWNERDEAD);
    pthread_mutex_unlock(shared);
    SAY("  lost for good %d", pthread_mutex_lock(shared) == ENOTRECOVERABLE);
    wait(NULL);
    pthread_mutex_t own;
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_STALLED);
    pthread_mutex_init(&own, &a);
    pthread_mutex_lock(&own);
    struct timespec soon = in(10, CLOCK_REALTIME);
    SAY("  deadlock %d", pthread_mutex_timedlock(&own, &soon) == EDEADLK);
    pthread_mutex_unlock(&own);
}

struct waitv {
    unsigned long val, addr;
    unsigned flags, reserved;
};
static int cells[4];
static long waitv(int n, int flags, struct timespec *t, int clock, unsigned long val)
{
    struct waitv v[4] = {};
    for (int i = 0; i < 4; i++)
        v[i] = (struct waitv){i == 2 ? val : 0, (unsigned long)&cells[i], 2 | 128, 0};
    return syscall(SYS_futex_waitv, v, n, flags, t, clock);
}
static void *wakes(void *i)
{
    nap(20);
    return (void *)op(&cells[(long)i], FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}
static void several(void)
{
    SAY("-- several words");
    struct timespec soon = in(10, CLOCK_MONOTONIC);
    T(waitv(4, 0, &soon, CLOCK_MONOTONIC, 0));
    T(waitv(4, 0, &soon, 7, 0));
    T(waitv(0, 0, NULL, 0, 0));
    T(waitv(4, 1, NULL, 0, 0));
    T(waitv(129, 0, NULL, 0, 0));
    T(waitv(4, 0, NULL, 0, 5));
    for (long i = 0; i < 4; i += 3) {
        pthread_t t;
        pthread_create(&t, NULL, wakes, (void *)i);
        T(waitv(4, 0, NULL, 0, 0));
        void *r;
        pthread_join(t, &r);
        SAY("  woken %ld", (long)r);
    }
}

int main(void)
{
    words();
    requeue();
    mutexes();
    several();
    return 0;
}
