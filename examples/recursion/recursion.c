/* recursion: every call puts a frame on the stack, and the stack grows; without an end it hits its limit. */
#include "../lib/example.h"

enum { DEPTH = 150 };

static int descend(int depth)
{
    volatile char room[1000];
    room[0] = depth;
    if (depth == DEPTH) {
        printf("2. depth %d: a local variable at %p\n", depth, (void *)room);
        until_ms(10);
        return 1;
    }
    return descend(depth + 1) + room[0] / depth;
}

/* Nobody calls it with less than 0, so it never ends. */
static int fall(int depth)
{
    volatile char room[1000];
    room[0] = depth;
    if (depth < 0)
        return 0;
    return fall(depth + 1) + room[0];
}

int main(int argc, char **argv)
{
    int local = 0, status = 0;
    printf("1. main: a local variable at %p\n", (void *)&local);
    local = descend(1);
    printf("3. main: %d calls have returned\n", local);
    int child = fork();
    if (child == 0)
        exit(fall(0));
    waitpid(child, &status, 0);
    printf("4. main: a child that never stopped calling was ended by SIG%s\n", signal_name(WTERMSIG(status)));
    return 0;
}
