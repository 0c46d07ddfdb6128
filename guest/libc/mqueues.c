/* POSIX message queues, shared memory and semaphores: order, limits, waiting, being told, and what is refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

#define NAME "/timeslice-test"
static long ret(long r) { return r < 0 ? -errno : r; }
#define T(e) SAY("  %s: %ld", #e, ret(e))
static void nap(int ms) { usleep(ms * 1000); }
static int reap(void)
{
    int status = -1;
    wait(&status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
static mqd_t make(int flags, long messages, long size)
{
    struct mq_attr attr = {.mq_maxmsg = messages, .mq_msgsize = size};
    return mq_open(NAME, flags, 0600, &attr);
}
static void take(mqd_t q)
{
    char text[100] = "";
    unsigned priority = 99;
    long n = mq_receive(q, text, sizeof text, &priority);
    SAY("  took %ld: %s, %u", ret(n), text, priority);
}
static int put(mqd_t q, const char *text, int priority) { return mq_send(q, text, strlen(text), priority); }
static struct timespec in(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += ms * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000, t.tv_nsec %= 1000000000;
    return t;
}

static struct timespec past;
static volatile sig_atomic_t got, value, code, from;
static void handler(int s, siginfo_t *i, void *u)
{
    got = s, value = i->si_value.sival_int, code = i->si_code, from = i->si_pid;
    (void)u;
}
static volatile int told;
static void thread_told(union sigval v) { __atomic_store_n(&told, v.sival_int, __ATOMIC_SEQ_CST); }

static void queues(void)
{
    char text[100];
    SAY("-- queues");
    mq_unlink(NAME);
    T(mq_open(NAME, O_RDWR));
    T(syscall(SYS_mq_open, "a/b", O_RDWR, 0, NULL));
    T(syscall(SYS_mq_open, "", O_RDWR, 0, NULL));
    T(make(O_RDWR | O_CREAT, 0, 10));
    T(make(O_RDWR | O_CREAT, 10, -1));
    T(make(O_RDWR | O_CREAT, 100000, 10));
    T(make(O_RDWR | O_CREAT, 10, 1 << 25));
    mqd_t q = make(O_RDWR | O_CREAT | O_EXCL, 4, 100);
    SAY("  made %d, closed at exec %d", q >= 0, fcntl(q, F_GETFD));
    T(make(O_RDWR | O_CREAT | O_EXCL, 4, 100));
    struct mq_attr attr;
    T(mq_getattr(q, &attr));
    SAY("  %lx %ld %ld %ld", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
    put(q, "low", 1), put(q, "high", 9), put(q, "low again", 1), put(q, "middle", 5);
    struct pollfd p = {q, POLLIN | POLLOUT};
    poll(&p, 1, 0);
    SAY("  polled %x", p.revents);
    T(mq_timedsend(q, "x", 1, 0, &past));
    T(mq_timedsend(q, "x", 1, 0, &(struct timespec){0, -1}));
    T(mq_send(q, "x", 1, 40000));
    T(mq_send(q, "x", 101, 0));
    T(mq_send(q, NULL, 5, 0));
    T(mq_receive(q, text, 99, NULL));
    take(q), take(q), take(q), take(q);
    poll(&p, 1, 0);
    SAY("  polled %x", p.revents);
    struct timespec soon = in(20);
    T(mq_timedreceive(q, text, 100, NULL, &soon));
    attr.mq_flags = O_NONBLOCK;
    T(mq_setattr(q, &attr, NULL));
    T(mq_receive(q, text, 100, NULL));
    attr.mq_flags = 0x10;
    T(mq_setattr(q, &attr, NULL));
    attr.mq_flags = 0;
    T(mq_setattr(q, &attr, &attr));
    SAY("  was %lx", attr.mq_flags);
    T(mq_receive(0, text, 100, NULL));
    mqd_t r = mq_open(NAME, O_RDONLY);
    T(put(r, "x", 0));
    T(mq_close(r));
    T(read(q, text, 0));
    T(write(q, "x", 1));
    if (fork() == 0) {
        nap(20);
        put(q, "from the child", 3);
        _exit(0);
    }
    int e = epoll_create1(0);
    struct epoll_event event = {EPOLLIN};
    epoll_ctl(e, EPOLL_CTL_ADD, q, &event);
    SAY("  epoll %d %x", epoll_wait(e, &event, 1, 1000), event.events);
    close(e);
    take(q);
    reap();

    SAY("-- told");
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &sa, NULL);
    struct sigevent sev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
    T(mq_notify(q, &sev));
    T(mq_notify(q, &sev));
    T(mq_notify(q, NULL));
    T(mq_notify(q, NULL));
    T(mq_notify(q, &sev));
    put(q, "one", 0);
    SAY("  signal %d value %d code %d from me %d", got == SIGUSR1, value, code, from == getpid());
    got = 0;
    put(q, "two", 0);
    SAY("  once only: %d", got);
    T(mq_notify(q, &sev));
    put(q, "three", 0);
    SAY("  not into a full one: %d", got);
    take(q), take(q), take(q);
    if (fork() == 0) {
        take(q);
        _exit(0);
    }
    nap(20);
    put(q, "for who waits", 0);
    reap();
    SAY("  not when somebody waits: %d", got);
    put(q, "four", 0);
    SAY("  still wanted: %d", got == SIGUSR1);
    take(q);
    if (fork() == 0)
        _exit(mq_notify(q, &sev) == 0 ? 0 : errno);
    SAY("  child wants it: %d", reap());
    T(mq_notify(q, &sev));
    T(mq_notify(q, NULL));
    sev.sigev_notify = 77;
    T(mq_notify(q, &sev));
    sev.sigev_notify = SIGEV_NONE;
    T(mq_notify(q, &sev));
    T(mq_notify(q, NULL));
    struct sigevent thread = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = thread_told, .sigev_value.sival_int = 7};
    T(mq_notify(q, &thread));
    put(q, "thread", 0);
    for (int i = 0; i < 200 && !told; i++)
        nap(5);
    SAY("  thread told %d", told);
    take(q);

    SAY("-- gone");
    T(mq_unlink(NAME));
    T(mq_unlink(NAME));
    put(q, "still there", 0);
    take(q);
    T(mq_close(q));
    T(mq_close(q));
    struct rlimit none = {0, 0};
    if (fork() == 0) {
        setrlimit(RLIMIT_MSGQUEUE, &none);
        T(make(O_RDWR | O_CREAT, 4, 100));
        _exit(0);
    }
    reap();
}

static pthread_mutexattr_t shared_mutex(void)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
    return a;
}

struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    pthread_barrier_t barrier;
    sem_t sem;
    int count;
};

static void sharing(void)
{
    SAY("-- shared between unrelated mappings");
    shm_unlink(NAME);
    T(shm_open(NAME, O_RDWR, 0));
    int fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
    T(shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600));
    ftruncate(fd, sizeof(struct meeting));
    struct meeting *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    pthread_mutexattr_t ma = shared_mutex();
    pthread_mutex_init(&m->mutex, &ma);
    pthread_condattr_t ca;
    pthread_condattr_init(&ca);
    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&m->cond, &ca);
    pthread_barrierattr_t ba;
    pthread_barrierattr_init(&ba);
    pthread_barrierattr_setpshared(&ba, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&m->barrier, &ba, 4);
    sem_init(&m->sem, 1, 0);
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            int own = shm_open(NAME, O_RDWR, 0);
            struct meeting *here = mmap(NULL, sizeof *here, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
            pthread_barrier_wait(&here->barrier);
            for (int j = 0; j < 1000; j++) {
                pthread_mutex_lock(&here->mutex);
                here->count++;
                pthread_cond_broadcast(&here->cond);
                pthread_mutex_unlock(&here->mutex);
            }
            sem_post(&here->sem);
            _exit(0);
        }
    pthread_barrier_wait(&m->barrier);
    pthread_mutex_lock(&m->mutex);
    while (m->count < 3000)
        pthread_cond_wait(&m->cond, &m->mutex);
    pthread_mutex_unlock(&m->mutex);
    for (int i = 0; i < 3; i++)
        sem_wait(&m->sem);
    SAY("  %d", m->count);
    reap(), reap(), reap();
    T(shm_unlink(NAME));
    T(shm_unlink(NAME));
    sem_unlink(NAME);
    sem_t *named = sem_open(NAME, O_CREAT | O_EXCL, 0600, 1);
    SAY("  named %d", named != SEM_FAILED);
    sem_wait(named);
    T(sem_trywait(named));
    struct timespec soon = in(20);
    T(sem_timedwait(named, &soon));
    if (fork() == 0) {
        sem_post(sem_open(NAME, 0));
        _exit(0);
    }
    T(sem_wait(named));
    reap();
    T(sem_unlink(NAME));
}

int main(void)
{
    queues();
    sharing();
    return 0;
}
