/* fork: one call, two returns. */
#include "demos.h"

int fork_main(int argc, char **argv)
{
    int status = 0;
    printf("1. parent: I am process %d, and I call fork() once\n", getpid());
    int answer = fork();
    if (answer == 0) {
        printf("2. child:  fork() returned 0 to me; I am process %d, my parent is %d\n", getpid(), getppid());
        exit(7);
    }
    waitpid(answer, &status, 0);
    printf("3. parent: fork() returned %d to me: my child's id\n", answer);
    printf("4. parent: the child ended with exit status %d\n", WEXITSTATUS(status));
    return 0;
}
