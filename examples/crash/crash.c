/* crash: a fault in one thread ends all threads of its process, and no other process. */
#include "../lib/example.h"

static int stay(void *arg)
{
    until_ms(100);
    printf("never printed\n");
    return 0;
}

static int fail_at_10(void *arg)
{
    until_ms(10);
    *(volatile int *)NULL = 1;
    return 0;
}

static void NORETURN be_first(void)
{
    struct thread threads[3];
    thread_start(&threads[0], stay, NULL);
    thread_start(&threads[1], stay, NULL);
    thread_start(&threads[2], fail_at_10, NULL);
    stay(NULL);
    exit(0);
}

static void NORETURN be_second(void)
{
    until_ms(20);
    printf("process %d: I am still here\n", getpid());
    exit(0);
}

int main(int argc, char **argv)
{
    int status;
    until_ms(0);
    int first = fork();
    if (first == 0)
        be_first();
    int second = fork();
    if (second == 0)
        be_second();
    waitpid(first, &status, 0);
    printf("process %d: SIG%s has ended process %d with its four threads\n", getpid(),
           signal_name(WTERMSIG(status)), first);
    waitpid(second, &status, 0);
    printf("process %d: process %d ended with status %d\n", getpid(), second, WEXITSTATUS(status));
    return 0;
}
