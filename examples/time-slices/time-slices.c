/* time-slices: two processes that only compute share one CPU, a slice of time each in turn. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    int child = fork();
    compute_ms(20);
    printf("%s: I have computed for 20 ms\n", child == 0 ? "child" : "parent");
    if (child != 0)
        waitpid(child, NULL, 0);
    return 0;
}
