/* Futexes and threads. */
#include "corpus.h"
#include <linux/futex.h>
#include <time.h>

static int word;

static void thread(void)
{
    struct timespec late = { 0, 20000000 };
    S(prctl, 15L, "thread");
    S(clock_nanosleep, (long)CLOCK_MONOTONIC, Z, &late, Z);
    S(futex, &word, (long)FUTEX_WAKE_PRIVATE, 1L);
    S(clock_nanosleep, (long)CLOCK_MONOTONIC, Z, &late, Z);
}

PROGRAM(futexes)
{
    struct timespec ms = { 0, 1000000 };
    static int other;
    begin();
    S(futex, &word, (long)FUTEX_WAIT, 1L, Z);
    S(futex, &word, (long)FUTEX_WAIT_PRIVATE, Z, &ms);
    S(futex, &word, (long)FUTEX_WAKE, 1L);
    S(futex, &word, (long)FUTEX_WAKE_PRIVATE, 0x7fffffffL);
    S(futex, &word, (long)(FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME), Z, &ms, Z, 0xffffffffL);
    S(futex, &word, (long)FUTEX_WAIT_BITSET, Z, &ms, Z, 5L);
    S(futex, &word, (long)FUTEX_WAKE_BITSET, 1L, Z, Z, 0xffffffffL);
    S(futex, &word, (long)FUTEX_REQUEUE, 1L, 2L, &other);
    S(futex, &word, (long)FUTEX_CMP_REQUEUE_PRIVATE, 1L, 0x7fffffffL, &other, 7L);
    S(futex, &word, (long)FUTEX_WAKE_OP_PRIVATE, 1L, 2L, &other, (long)FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 3));
    S(futex, &word, (long)FUTEX_LOCK_PI_PRIVATE, Z, Z);
    S(futex, &word, (long)FUTEX_UNLOCK_PI_PRIVATE);
    S(futex, &word, (long)FUTEX_TRYLOCK_PI);
    S(futex, &word, (long)FUTEX_UNLOCK_PI);
    S(futex, BAD, (long)FUTEX_WAIT, 1L, Z);
    S(futex, &word, 99L, 1L, Z, Z, Z);
    S(get_robust_list, 999999L, &word, &other);
    S(set_robust_list, &word, 5L);
    word = 0;
    static char stack[16384] __attribute__((aligned(16)));
    static int tid;
    thread_clone(thread, stack + sizeof stack, &tid);
    S(futex, &word, (long)FUTEX_WAIT_PRIVATE, Z, Z);
    S(futex, &tid, (long)FUTEX_WAIT, (long)tid, Z);
    return 0;
}
