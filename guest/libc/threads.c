/* pthreads from glibc: mutex, condition, barrier, thread-local storage, keys, robust mutexes, cancellation. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static __thread int own = 7;
static int counter, turn, destroyed, inits, serial;

static void count_destroyed(void *value) { __atomic_add_fetch(&destroyed, (int)(long)value, __ATOMIC_SEQ_CST); }
static void init_once(void) { inits++; }

static void *work(void *arg)
{
    long me = (long)arg;
    own += me;
    pthread_setspecific(key, (void *)me);
    pthread_once(&once, init_once);
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&mutex);
    while (turn != me)
        pthread_cond_wait(&changed, &mutex);
    printf("thread %ld: counter %d, own %d\n", me, counter, own);
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return (void *)(me * me);
}

static void basic(void)
{
    pthread_t threads[4];
    long sum = 0;
    pthread_key_create(&key, count_destroyed);
    pthread_barrier_init(&barrier, NULL, 4);
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("sum %ld, own %d, destroyed %d, inits %d, serial %d\n", sum, own, destroyed, inits, serial);
}

static void *die_with_lock(void *arg)
{
    pthread_mutex_lock(arg);
    return NULL;
}

static void robust(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_t t;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(m, &attr);
    pthread_create(&t, NULL, die_with_lock, m);
    pthread_join(t, NULL);
    int e = pthread_mutex_lock(m);
    printf("owner thread gone: %s\n", e == EOWNERDEAD ? "EOWNERDEAD" : "other");
    pthread_mutex_consistent(m);
    pthread_mutex_unlock(m);
    if (fork() == 0) {
        pthread_mutex_lock(m);
        _exit(0);
    }
    wait(NULL);
    e = pthread_mutex_lock(m);
    printf("owner process gone: %s\n", e == EOWNERDEAD ? "EOWNERDEAD" : "other");
}

static void cleanup(void *arg) { printf("cleaned up %s\n", (char *)arg); }

static void *wait_for_cancel(void *arg)
{
    pthread_cleanup_push(cleanup, "after cancel");
    sem_post(arg);
    sleep(100);
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancel(void)
{
    pthread_t t;
    sem_t ready;
    void *result;
    sem_init(&ready, 0, 0);
    pthread_create(&t, NULL, wait_for_cancel, &ready);
    sem_wait(&ready);
    pthread_cancel(t);
    pthread_join(t, &result);
    printf("cancelled: %d\n", result == PTHREAD_CANCELED);
}

static void deadlines(void)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += 20000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    printf("timed wait: %s\n", pthread_cond_timedwait(&changed, &mutex, &at) == ETIMEDOUT ? "ETIMEDOUT" : "other");
    pthread_mutex_unlock(&mutex);
}

int main(void)
{
    basic();
    robust();
    cancel();
    deadlines();
    return 0;
}
