/* priority-inversion: who is urgent waits for who is not, while somebody in between computes. Then the cure. */
#include "../lib/example.h"

enum { SYS_sched_setscheduler = 119, SCHED_FIFO = 1, FUTEX_LOCK_PI = 6, FUTEX_UNLOCK_PI = 7 };
enum { LOW = 1, MIDDLE = 2, HIGH = 3 };

static int mutex; /* for both kinds of lock: 0 is free */
static bool inherits;
static long begun;

static void take(void)
{
    int free = 0;
    if (!inherits)
        lock(&mutex);
    else if (!__atomic_compare_exchange_n(&mutex, &free, gettid(), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        futex(&mutex, FUTEX_LOCK_PI, 0, NULL, NULL, 0); /* the holder gets my priority meanwhile */
}

static void give_back(void)
{
    int mine = gettid();
    if (!inherits)
        unlock(&mutex);
    else if (!__atomic_compare_exchange_n(&mutex, &mine, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        futex(&mutex, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
}

static void begin_as(int priority, long after_ms)
{
    struct timespec at = {0, begun + after_ms * 1000000};
    at.sec = at.nsec / 1000000000;
    at.nsec %= 1000000000;
    syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority);
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static int low(void *arg)
{
    set_name("low");
    begin_as(LOW, 1);
    take();
    compute_ms(5);
    give_back();
    return 0;
}

static int middle(void *arg)
{
    set_name("middle");
    begin_as(MIDDLE, 3);
    compute_ms(30);
    return 0;
}

static int high(void *arg)
{
    set_name("high");
    begin_as(HIGH, 2);
    long before = now_ns(CLOCK_MONOTONIC);
    take();
    printf("%s: the most urgent one waited %ld ms for the lock\n",
           inherits ? "with priority inheritance" : "with a plain lock", (now_ns(CLOCK_MONOTONIC) - before) / 1000000);
    give_back();
    return 0;
}

static void run(bool with_inheritance)
{
    struct thread threads[3];
    inherits = with_inheritance;
    begun = now_ns(CLOCK_MONOTONIC);
    thread_start(&threads[0], low, NULL);
    thread_start(&threads[1], high, NULL);
    thread_start(&threads[2], middle, NULL);
    for (int i = 0; i < 3; i++)
        thread_join(&threads[i]);
}

int main(int argc, char **argv)
{
    run(false);
    run(true);
    return 0;
}
