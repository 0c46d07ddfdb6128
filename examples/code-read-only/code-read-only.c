/* code-read-only: instructions can be read and executed, not written. */
#include "../lib/example.h"

static int add(int a, int b)
{
    return a + b;
}

static void NORETURN overwrite(void)
{
    volatile int *code = (int *)(long)add;
    printf("2. child: add begins with the instruction word 0x%x; now I write 0 there\n", *code);
    until_ms(10);
    *code = 0;
    printf("   never printed\n");
    exit(0);
}

int main(int argc, char **argv)
{
    int status = 0;
    printf("1. parent: add lies at %p, and add(2, 3) is %d\n", (void *)(long)add, add(2, 3));
    int child = fork();
    if (child == 0)
        overwrite();
    waitpid(child, &status, 0);
    printf("3. parent: signal %d (SIG%s) ended the child; add(2, 3) is still %d\n", WTERMSIG(status),
           signal_name(WTERMSIG(status)), add(2, 3));
    return 0;
}
