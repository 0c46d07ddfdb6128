/* pcb: a process that has something in every part of its process control block. */
#include "../lib/example.h"

enum { PAGE = 4096 };

static int wait_for_word(int from)
{
    char word[8];
    return read(from, word, sizeof word);
}

int main(int argc, char **argv)
{
    int ends[2];
    until_ms(0); /* the clock begins */
    set_name("subject");
    open("/etc/passwd", O_RDONLY, 0);
    pipe(ends);
    syscall(SYS_setpriority, PRIO_PROCESS, 0, 5);
    set_mask(SIG_BLOCK, BIT(SIGUSR1), NULL);
    memset(malloc(10 * PAGE), 1, 10 * PAGE);
    int child = fork();
    if (child == 0) {
        close(ends[0]);
        until_ms(10);
        kill(getppid(), SIGUSR1);
        until_ms(20);
        write(ends[1], "go on", 5);
        exit(0);
    }
    close(ends[1]);
    compute_ms(2);
    int bytes = wait_for_word(ends[0]);
    printf("process %d got %d bytes from its child %d\n", getpid(), bytes, child);
    waitpid(child, NULL, 0);
    return 0;
}
