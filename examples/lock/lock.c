/* lock: the race mended: only who holds the lock may count. */
#include "../lib/example.h"

enum { TIMES = 50000 };

struct shared {
    int mutex;
    int counter;
};

/* As lock and unlock of the library, but for a lock that several processes share. */
static void take(int *mutex)
{
    int free = 0;
    if (__atomic_compare_exchange_n(mutex, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(mutex, 2, __ATOMIC_ACQUIRE) != 0)
        futex(mutex, FUTEX_WAIT, 2, NULL, NULL, 0); /* blocked until it is given back */
}

static void give_back(int *mutex)
{
    if (__atomic_exchange_n(mutex, 0, __ATOMIC_RELEASE) == 2)
        futex(mutex, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void count(struct shared *shared)
{
    for (int i = 0; i < TIMES; i++) {
        take(&shared->mutex);
        int next = shared->counter + 1;
        for (volatile int thinking = 0; thinking < i % 7; thinking = thinking + 1)
            ; /* the timer may interrupt here, but the other process must wait */
        shared->counter = next;
        give_back(&shared->mutex);
    }
}

int main(int argc, char **argv)
{
    struct shared *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int child = fork();
    count(shared);
    if (child == 0)
        exit(0);
    waitpid(child, NULL, 0);
    printf("counted to %d, should be %d: %s\n", shared->counter, 2 * TIMES,
           shared->counter == 2 * TIMES ? "nothing is lost" : "some was lost");
    return 0;
}
