/* What debuggers are tried on: frames, data, threads, a child, a fault, and a loop that waits for one to come. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct point {
    int x, y;
    const char *name;
};

static int total;
static volatile int leave;

static int add(int a, int b)
{
    int sum = a + b;
    total += sum;
    return sum;
}

static int walk(struct point *p, int depth)
{
    if (depth == 0)
        return add(p->x, p->y);
    return walk(p, depth - 1);
}

static void *thread(void *arg)
{
    struct point p = {(int)(long)arg, 10, "thread"};
    walk(&p, 1);
    return arg;
}

static void handler(int signo)
{
    total += signo;
}

static void wait_for_debugger(void)
{
    while (!leave)
        usleep(1000);
}

static int mode(int argc, char **argv, const char *name)
{
    return argc > 1 && strcmp(argv[1], name) == 0;
}

int main(int argc, char **argv)
{
    struct point p = {3, 4, "first"};
    int n = walk(&p, 2);
    for (int i = 0; i < 3; i++)
        n += add(i, 10);
    printf("n %d total %d\n", n, total);
    fflush(stdout);
    if (mode(argc, argv, "threads")) {
        pthread_t t[2];
        for (long i = 0; i < 2; i++)
            pthread_create(&t[i], NULL, thread, (void *)(i + 1));
        for (int i = 0; i < 2; i++)
            pthread_join(t[i], NULL);
        printf("threads made it %d\n", total);
    }
    if (mode(argc, argv, "signal")) {
        signal(SIGUSR1, handler);
        raise(SIGUSR1);
        printf("the signal made it %d\n", total);
    }
    if (mode(argc, argv, "fork")) {
        int status;
        pid_t child = fork();
        if (child == 0)
            _exit(add(1, 2));
        waitpid(child, &status, 0);
        printf("the child gave %d\n", WEXITSTATUS(status));
    }
    if (mode(argc, argv, "wait")) {
        wait_for_debugger();
        printf("let go, total %d\n", total);
    }
    if (mode(argc, argv, "crash"))
        *(volatile int *)8 = n;
    return 0;
}
