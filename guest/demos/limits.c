/* forkbomb, eatmemory, spin, flood: programs that do too much, for trying limits. */
#include "demos.h"

/* forkbomb [MOST]: children that only wait; all are killed and reaped in the end */
int forkbomb_main(int argc, char **argv)
{
    long most = 1 << 22;
    int count = 0, reaped = 0, answer = 0;
    if (argc > 1)
        to_number(argv[1], &most);
    int *pids = NULL;
    for (; count < most; count++) {
        if ((count & (count - 1)) == 0)
            pids = realloc(pids, (2 * count + 2) * sizeof *pids);
        answer = fork();
        if (answer == 0)
            for (;;)
                syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
        if (answer < 0)
            break;
        pids[count] = answer;
    }
    if (answer < 0)
        printf("forkbomb: %d children, then fork failed: %s\n", count, strerror(answer));
    else
        printf("forkbomb: %d children, as many as asked for\n", count);
    for (int i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        reaped++;
    printf("forkbomb: %s\n", reaped == count ? "all of them killed and reaped" : "some are missing");
    return reaped != count;
}

/* eatmemory [MIB]: takes and writes memory until it is refused */
int eatmemory_main(int argc, char **argv)
{
    long most = 1 << 22, mib = 0;
    if (argc > 1)
        to_number(argv[1], &most);
    for (; mib < most; mib++) {
        char *area = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (is_error(area)) {
            printf("eatmemory: after %ld MiB: %s\n", mib, strerror((long)area));
            return 1;
        }
        for (long at = 0; at < 1 << 20; at += 4096)
            area[at] = 1;
    }
    printf("eatmemory: %ld MiB taken and written\n", mib);
    return 0;
}

/* spin [MILLIONS]: turns round, for ever or so many million times */
int spin_main(int argc, char **argv)
{
    long turns = -1;
    if (argc > 1 && to_number(argv[1], &turns))
        turns *= 1000000;
    for (volatile long i = 0; i != turns; i = i + 1)
        ;
    return 0;
}

/* flood: output without end */
int flood_main(int argc, char **argv)
{
    for (u64 i = 1;; i++) {
        char line[64];
        int n = snprintf(line, sizeof line, "line %lu of a flood that never ends\n", i);
        if (write_all(1, line, n) < 0)
            return 1;
    }
}
