/* Futexes: wait, wake, requeue, bitsets, deadlines; between threads and between processes. */
#include "tests.h"

static int word, other, woken;

static int sleeper(void *arg)
{
    long r = futex((int *)arg, FUTEX_WAIT | FUTEX_PRIVATE, 0, NULL, NULL, 0);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return r;
}

static struct thread threads[5];

static void start_sleepers(int count)
{
    woken = 0;
    for (int i = 0; i < count; i++)
        thread_start(&threads[i], sleeper, &word);
    sleep_ns(80 * MS);
}

static void join_all(int count)
{
    for (int i = 0; i < count; i++)
        thread_join(&threads[i]);
}

void test_futex_wait_wake(void)
{
    word = 1;
    result("wait for another value", futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0));
    result("wake nobody", futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
    word = 0;
    start_sleepers(3);
    result("wake one of three", futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 1, NULL, NULL, 0));
    sleep_ns(10 * MS);
    result("awake", woken);
    result("wake up to ten", futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    join_all(3);
    result("awake", woken);
    result("wait returned", threads[0].result | threads[1].result | threads[2].result);
    result("not aligned", futex((int *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0));
    result("not mapped", futex((int *)16, FUTEX_WAIT, 0, NULL, NULL, 0));
    result("unknown operation", futex(&word, 77, 0, NULL, NULL, 0));
}

/* Waits of a microsecond end late by the timer slack, of 50 us, unless another interrupt comes between. */
static void late_by_the_slack(void)
{
    struct timespec micro = {0, 1000};
    long longest = 0;
    for (int i = 0; i < 10; i++) {
        long before = now_ns(CLOCK_MONOTONIC);
        futex(&word, FUTEX_WAIT, 0, &micro, NULL, 0);
        long took = now_ns(CLOCK_MONOTONIC) - before;
        if (took > longest)
            longest = took;
    }
    yes("late by the slack", longest >= 50000);
}

void test_futex_timeouts(void)
{
    struct timespec soon = {0, 10 * MS}, past = {0, 1}, bad = {0, 2000000000};
    long before = now_ns(CLOCK_MONOTONIC);
    result("relative", futex(&word, FUTEX_WAIT, 0, &soon, NULL, 0));
    yes("not early", now_ns(CLOCK_MONOTONIC) - before >= 10 * MS);
    late_by_the_slack();
    result("bad", futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0));
    result("absolute, past", futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, -1));
    long at = now_ns(CLOCK_MONOTONIC) + 10 * MS;
    struct timespec deadline = {at / 1000000000, at % 1000000000};
    result("absolute", futex(&word, FUTEX_WAIT_BITSET, 0, &deadline, NULL, -1));
    yes("not early", now_ns(CLOCK_MONOTONIC) >= at);
    at = now_ns(CLOCK_REALTIME) + 10 * MS;
    deadline = (struct timespec){at / 1000000000, at % 1000000000};
    result("by the wall clock", futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &deadline, NULL, -1));
    yes("not early", now_ns(CLOCK_REALTIME) >= at);
}

void test_futex_requeue(void)
{
    start_sleepers(4);
    /* FUTEX_CMP_REQUEUE: wake 1, move at most 2 to the other word, if the value is still 0. */
    result("wrong value", syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE, 1, 2, &other, 9));
    result("wake one, move two", syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE, 1, 2, &other, 0));
    result("left on the first", futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    result("moved to the second", futex(&other, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    join_all(4);
    start_sleepers(2);
    result("requeue all", syscall(SYS_futex, &word, FUTEX_REQUEUE | FUTEX_PRIVATE, 0, 5, &other, 0));
    result("first", futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    result("second", futex(&other, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    join_all(2);
}

static int bit_sleeper(void *arg)
{
    return futex(&word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE, 0, NULL, NULL, (long)arg);
}

void test_futex_bitset(void)
{
    for (long i = 0; i < 3; i++)
        thread_start(&threads[i], bit_sleeper, (void *)(1l << i));
    sleep_ns(80 * MS);
    result("no bits", futex(&word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    result("another bit", futex(&word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE, 10, NULL, NULL, 8));
    result("one bit", futex(&word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE, 10, NULL, NULL, 2));
    thread_join(&threads[1]);
    result("a plain wake means all bits", futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 10, NULL, NULL, 0));
    thread_join(&threads[0]);
    thread_join(&threads[2]);
}

void test_futex_processes(void)
{
    int *page = shared_page();
    int pid = fork();
    if (pid == 0)
        exit(futex(page, FUTEX_WAIT, 0, NULL, NULL, 0) == 0 ? 3 : 4);
    long woke = 0;
    for (int i = 0; i < 500 && !woke; i++) {
        sleep_ns(2 * MS);
        woke = futex(page, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    result("woken across processes by shared memory", woke);
    show_status("child", wait_for(pid));
}
