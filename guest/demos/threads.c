/* threads: three tasks in one process. Memory is common, stack and registers are each one's own. */
#include "demos.h"

static int counter, turn = 1, mutex;

static int work(void *arg)
{
    int me = (long)arg, own = me * 10;
    for (int seen; (seen = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) != me;)
        futex(&turn, FUTEX_WAIT, seen, NULL, NULL, 0); /* so that the lines come in order */
    lock(&mutex);
    counter += own;
    printf("%d. thread %d: process %d, counter at %p is now %d, own is %d\n", me + 1, gettid(), getpid(),
           (void *)&counter, counter, own);
    unlock(&mutex);
    __atomic_store_n(&turn, me + 1, __ATOMIC_RELEASE);
    futex(&turn, FUTEX_WAKE, 3, NULL, NULL, 0);
    return own;
}

int threads_main(int argc, char **argv)
{
    struct thread threads[3];
    int sum = 0;
    printf("1. process %d starts three threads; counter is %d\n", getpid(), counter);
    for (long i = 0; i < 3; i++)
        thread_start(&threads[i], work, (void *)(i + 1));
    for (int i = 0; i < 3; i++)
        sum += thread_join(&threads[i]);
    printf("5. process %d: all three have ended; counter is %d, they returned %d together\n", getpid(), counter, sum);
    printf("6. stacks apart from each other: %s\n",
           threads[0].stack != threads[1].stack && threads[1].stack != threads[2].stack ? "yes" : "no");
    return 0;
}
