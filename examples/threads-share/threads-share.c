/* threads-share: threads share code, globals, heap and open files; stack and registers are each one's own. */
#include "../lib/example.h"

static int counter;

static int work(void *arg)
{
    int own = (long)arg;
    counter += own;
    printf("thread %d: counter at %p is %d, own at %p is %d\n", gettid(), (void *)&counter, counter, (void *)&own, own);
    if (own == 3)
        open("/etc/passwd", O_RDONLY, 0);
    until_ms(10);
    return own;
}

int main(int argc, char **argv)
{
    struct thread threads[3];
    until_ms(0);
    for (long i = 0; i < 3; i++)
        thread_start(&threads[i], work, (void *)(i + 1));
    for (int i = 0; i < 3; i++)
        thread_join(&threads[i]);
    printf("process %d: counter is %d\n", getpid(), counter);
    return 0;
}
