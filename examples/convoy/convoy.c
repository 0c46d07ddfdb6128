/* convoy: one long job is in front, and many short ones stand in line behind it. */
#include "../lib/example.h"

enum { SHORT = 5 };

int main(int argc, char **argv)
{
    long begun = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i <= SHORT; i++)
        if (fork() == 0) {
            set_name(i == 0 ? "long" : "short");
            compute_ms(i == 0 ? 100 : 2);
            printf("%s job ends after %ld ms\n", i == 0 ? "the long" : "a short",
                   (now_ns(CLOCK_MONOTONIC) - begun) / 1000000);
            exit(0);
        }
    while (waitpid(-1, NULL, 0) > 0)
        ;
    return 0;
}
