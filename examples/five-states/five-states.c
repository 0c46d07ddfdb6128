/* five-states: two processes go through new, ready, running, blocked and terminated, along every edge. */
#include "../lib/example.h"

static void NORETURN be_reader(int number, const char *path)
{
    char bytes[512];
    compute_ms(3); /* longer than a time slice: the timer interrupts */
    int file = open(path, O_RDONLY, 0);
    read(file, bytes, sizeof bytes); /* not in memory yet: the disk has to bring it */
    compute_ms(1);
    printf("process %d, number %d, has read from the disk\n", getpid(), number);
    exit(number);
}

int main(int argc, char **argv)
{
    static const char *const files[] = {"/etc/passwd", "/etc/group"};
    for (int i = 0; i < 2; i++)
        if (fork() == 0)
            be_reader(i + 1, files[i]);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    printf("both have ended\n");
    return 0;
}
