/* fork-copies: the child begins with a copy of everything; from then on each has its own. */
#include "../lib/example.h"

static int global = 1;

static void show(int number, const char *who, int local, int *heap)
{
    printf("%d. %s: global %d, heap %d, local %d\n", number, who, global, *heap, local);
}

int main(int argc, char **argv)
{
    int local = 3, *heap = malloc(sizeof *heap);
    *heap = 2;
    show(1, "parent before fork", local, heap);
    int child = fork();
    if (child == 0) {
        show(2, "child", local, heap);
        global += 10;
        *heap += 10;
        local += 10;
        show(3, "child after adding 10", local, heap);
        until_ms(10);
        exit(0);
    }
    waitpid(child, NULL, 0);
    show(4, "parent", local, heap);
    return 0;
}
