/* switch-overhead: a context switch costs time in which nobody's work is done. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    long begun = now_ns(CLOCK_MONOTONIC);
    int child = fork();
    compute_ms(10);
    if (child == 0)
        exit(0);
    waitpid(child, NULL, 0);
    printf("20 ms of work took %ld ms\n", (now_ns(CLOCK_MONOTONIC) - begun) / 1000000);
    return 0;
}
