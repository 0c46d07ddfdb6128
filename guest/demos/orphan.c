/* orphan: when a parent ends first, the child gets another parent, usually process 1. */
#include "demos.h"

static void NORETURN be_child(int parent)
{
    printf("2. child:  I am %d, my parent is %d\n", getpid(), getppid());
    while (getppid() == parent)
        sleep_ns(10000000);
    printf("4. child:  my parent is gone; now getppid() says %d\n", getppid());
    exit(0);
}

int orphan_main(int argc, char **argv)
{
    int done[2];
    char byte;
    pipe(done);
    int parent = fork();
    if (parent == 0) {
        parent = getpid();
        printf("1. parent: I am %d, and I fork a child\n", parent);
        if (fork() == 0)
            be_child(parent);
        sleep_ns(50000000); /* the child speaks first */
        printf("3. parent: I end without waiting for it\n");
        exit(0);
    }
    close(done[1]); /* only the child holds this end now: read returns 0 when it has ended */
    waitpid(parent, NULL, 0);
    read(done[0], &byte, 1);
    printf("5. both have ended\n");
    return 0;
}
