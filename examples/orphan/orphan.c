/* orphan: a child whose parent ends first gets the first process as its parent. */
#include "../lib/example.h"

static void NORETURN be_child(void)
{
    printf("2. child %d: my parent is %d\n", getpid(), getppid());
    until_ms(20);
    printf("4. child %d: my parent is %d now\n", getpid(), getppid());
    exit(0);
}

int main(int argc, char **argv)
{
    int done[2];
    char byte;
    until_ms(0);
    pipe(done);
    int parent = fork();
    if (parent == 0) {
        printf("1. parent %d: I make a child\n", getpid());
        if (fork() == 0)
            be_child();
        until_ms(10);
        printf("3. parent %d: I end without waiting\n", getpid());
        exit(0);
    }
    close(done[1]);
    waitpid(parent, NULL, 0);
    read(done[0], &byte, 1); /* ends when the child, the last to hold the other end, has ended */
    return 0;
}
