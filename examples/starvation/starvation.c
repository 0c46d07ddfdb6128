/* starvation: under strict priorities the least urgent process gets no turn while others have work; aging lets it in. */
#include "../lib/example.h"

enum { OTHERS = 2 };

static void NORETURN be(const char *name, int nice, int milliseconds)
{
    set_name(name);
    syscall(SYS_setpriority, PRIO_PROCESS, 0, nice);
    compute_ms(milliseconds);
    exit(0);
}

int main(int argc, char **argv)
{
    until_ms(0);
    syscall(SYS_setpriority, PRIO_PROCESS, 0, -20); /* so that all of them are there before the first one runs */
    if (fork() == 0)
        be("humble", 5, 5);
    for (int i = 0; i < OTHERS; i++)
        if (fork() == 0)
            be("urgent", 0, 100);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    printf("all have ended\n");
    return 0;
}
