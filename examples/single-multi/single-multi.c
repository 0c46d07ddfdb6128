/* single-multi: the same work by one thread, and divided among four. */
#include "../lib/example.h"

enum { PARTS = 4 };

static int work(void *arg)
{
    for (int i = 0; i < (long)arg; i++)
        compute_ms(10);
    return 0;
}

int main(int argc, char **argv)
{
    struct thread threads[PARTS];
    long begun = now_ns(CLOCK_MONOTONIC);
    work((void *)PARTS);
    long between = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < PARTS; i++)
        thread_start(&threads[i], work, (void *)1);
    for (int i = 0; i < PARTS; i++)
        thread_join(&threads[i]);
    long ended = now_ns(CLOCK_MONOTONIC);
    printf("one thread did it in %ld ms, four threads in %ld ms\n", (between - begun) / 1000000,
           (ended - between) / 1000000);
    return 0;
}
