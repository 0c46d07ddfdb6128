/* pcb-life: the process control block is made when the process is, and dropped after the parent's wait. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    printf("1. parent %d: no child yet\n", getpid());
    until_ms(10);
    int child = fork();
    if (child == 0) {
        until_ms(20);
        exit(3);
    }
    printf("2. parent: fork made process %d, its PCB is there\n", child);
    until_ms(30);
    int status = 0;
    printf("3. parent: the child has ended, I have not waited: its PCB is there still\n");
    waitpid(child, &status, 0);
    printf("4. parent: I waited and got status %d: the PCB is gone\n", WEXITSTATUS(status));
    until_ms(40);
    return 0;
}
