/* zombie: a process that has ended stays in the table until its parent asks how. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    int status = 0, child = fork();
    if (child == 0)
        exit(3);
    printf("1. parent: child %d ends at once, and I sleep\n", child);
    until_ms(20);
    printf("2. parent: now I ask how it ended\n");
    waitpid(child, &status, 0);
    printf("3. parent: with status %d\n", WEXITSTATUS(status));
    until_ms(40);
    return 0;
}
