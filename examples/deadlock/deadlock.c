/* deadlock: two threads, two locks, taken in opposite order. Nobody can ever go on. */
#include "../lib/example.h"

/* The owner stands where the C library's pthread_mutex_t has it, so that a view can tell who holds the lock. */
struct owned_lock {
    int mutex, count, owner;
};

static struct owned_lock fork_of_plato, fork_of_kant;

static void take(struct owned_lock *l)
{
    lock(&l->mutex);
    l->owner = gettid();
}

static void eat(const char *name, struct owned_lock *first, struct owned_lock *second)
{
    take(first);
    printf("%s, thread %d, has one fork and wants the other\n", name, gettid());
    until_ms(10);
    take(second);
    printf("never printed: %s eats\n", name);
}

static int kant(void *arg)
{
    eat("Kant", &fork_of_kant, &fork_of_plato);
    return 0;
}

int main(int argc, char **argv)
{
    struct thread other;
    until_ms(0);
    thread_start(&other, kant, NULL);
    eat("Plato", &fork_of_plato, &fork_of_kant);
    thread_join(&other);
    return 0;
}
