/* create: a program becomes a process, and the process makes another one. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    printf("1. parent: I am process %d\n", getpid());
    until_ms(5);
    int child = fork();
    if (child == 0) {
        printf("2. child: I am process %d, made by %d\n", getpid(), getppid());
        until_ms(15);
        exit(7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("3. parent: child %d has ended with status %d\n", child, WEXITSTATUS(status));
    return 0;
}
