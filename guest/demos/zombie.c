/* zombie: an ended child stays in the table until its parent has asked how it ended. */
#include "demos.h"

/* The third field of /proc/PID/stat, behind the name in brackets. */
static char state_of(int pid)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    char *text = read_file(path, NULL), *bracket = text ? strrchr(text, ')') : NULL;
    char state = bracket ? bracket[2] : '-';
    free(text);
    return state;
}

int zombie_main(int argc, char **argv)
{
    int status = 0, child = fork();
    if (child == 0)
        exit(3);
    printf("1. parent: my child %d ends at once, and I do not wait for it\n", child);
    while (state_of(child) != 'Z')
        sleep_ns(10000000);
    printf("2. parent: /proc/%d/stat says state %c: a zombie, no memory left, only its entry\n", child, state_of(child));
    waitpid(child, &status, 0);
    printf("3. parent: now I waited: its exit status was %d\n", WEXITSTATUS(status));
    printf("4. parent: /proc/%d/stat %s\n", child, state_of(child) == '-' ? "is gone" : "is still there");
    return 0;
}
