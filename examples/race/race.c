/* race: two processes count in shared memory, and some of it gets lost. */
#include "../lib/example.h"

enum { TIMES = 50000 };

static void count(volatile int *counter)
{
    for (int i = 0; i < TIMES; i++) {
        int next = *counter + 1;
        for (volatile int thinking = 0; thinking < i % 7; thinking = thinking + 1)
            ; /* the timer may interrupt here, and the other process counts meanwhile */
        *counter = next;
    }
}

int main(int argc, char **argv)
{
    int *counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int child = fork();
    count(counter);
    if (child == 0)
        exit(0);
    waitpid(child, NULL, 0);
    printf("counted to %d, should be %d: %s\n", *counter, 2 * TIMES,
           *counter == 2 * TIMES ? "nothing is lost" : "some was lost");
    return 0;
}
