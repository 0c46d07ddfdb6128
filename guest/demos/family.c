/* family: several processes and threads, a pipe and shared memory, in one story. */
#include "demos.h"

struct board { /* in shared memory: all processes see it */
    int visits;
    char name[32];
};
static struct board *board;
static int own = 0; /* each process has its own after fork */

/* Ada computes, and sends the result through the pipe. */
static void NORETURN be_ada(int to_parent)
{
    int primes = 0;
    for (int n = 2; n < 3000; n++) {
        int d = 2;
        while (d * d <= n && n % d)
            d++;
        primes += d * d > n;
    }
    __atomic_add_fetch(&board->visits, 1, __ATOMIC_RELAXED);
    own = 100;
    printf("ada   %d: I counted the primes below 3000, and send the number through the pipe\n", getpid());
    dprintf(to_parent, "%d primes", primes);
    exit(0);
}

/* Ben writes a word into shared memory. */
static void NORETURN be_ben(void)
{
    strcpy(board->name, "Ben was here");
    __atomic_add_fetch(&board->visits, 1, __ATOMIC_RELAXED);
    own = 200;
    printf("ben   %d: I wrote my name into shared memory\n", getpid());
    exit(0);
}

static int half(void *arg)
{
    int sum = 0;
    for (int n = (long)arg; n <= 20000; n += 2)
        sum += n & 1;
    own++;
    printf("cleo  %d: thread %d, my half is done\n", getpid(), gettid());
    return sum;
}

/* Cleo has two threads that share all her memory. */
static void NORETURN be_cleo(void)
{
    struct thread t[2];
    for (long i = 0; i < 2; i++)
        thread_start(&t[i], half, (void *)(i + 1));
    int sum = thread_join(&t[0]) + thread_join(&t[1]);
    __atomic_add_fetch(&board->visits, 1, __ATOMIC_RELAXED);
    printf("cleo  %d: my two threads found %d odd numbers\n", getpid(), sum);
    exit(own);
}

static int read_pipe(void *arg)
{
    char text[64];
    ssize_t n = read((long)arg, text, sizeof text);
    printf("parent %d: thread %d read from the pipe: \"%.*s\"\n", getpid(), gettid(), n > 0 ? (int)n : 0, text);
    return 0;
}

int family_main(int argc, char **argv)
{
    int ends[2], child[3], status = 0;
    struct thread reader;
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pipe(ends);
    printf("parent %d: I have a pipe and a page of shared memory, and fork three children\n", getpid());
    if ((child[0] = fork()) == 0)
        be_ada(ends[1]);
    if ((child[1] = fork()) == 0)
        be_ben();
    if ((child[2] = fork()) == 0)
        be_cleo();
    thread_start(&reader, read_pipe, (void *)(long)ends[0]);
    thread_join(&reader);
    for (int i = 0; i < 3; i++) {
        waitpid(child[i], &status, 0);
        printf("parent %d: child %d ended with status %d\n", getpid(), child[i], WEXITSTATUS(status));
    }
    printf("parent %d: shared memory holds \"%s\" and %d visits\n", getpid(), board->name, board->visits);
    printf("parent %d: my own variable is still %d; what the children wrote went to their copies\n", getpid(), own);
    return 0;
}
