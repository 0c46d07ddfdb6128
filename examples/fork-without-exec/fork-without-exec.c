/* fork-without-exec: if neither calls exec, both run the same code side by side. */
#include "../lib/example.h"

static void count(const char *who)
{
    for (int i = 1; i <= 3; i++) {
        compute_ms(2);
        printf("%s, process %d, counts %d\n", who, getpid(), i);
    }
}

int main(int argc, char **argv)
{
    int child = fork();
    count(child == 0 ? "child" : "parent");
    if (child != 0)
        waitpid(child, NULL, 0);
    return 0;
}
