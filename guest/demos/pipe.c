/* pipe: bytes from one process to another through the kernel. */
#include "demos.h"

static void NORETURN be_reader(int end)
{
    char bytes[64];
    ssize_t n;
    printf("2. child %d: I read, and am blocked until there is something\n", getpid());
    while ((n = read(end, bytes, sizeof bytes)) > 0)
        printf("4. child %d: read %d bytes: \"%.*s\"\n", getpid(), (int)n, (int)n, bytes);
    printf("5. child %d: read returned 0: nobody can write any more\n", getpid());
    exit(0);
}

int pipe_main(int argc, char **argv)
{
    int ends[2];
    static const char words[] = "hello from the parent";
    pipe(ends);
    printf("1. parent %d: a pipe has two ends: read from %d, write to %d\n", getpid(), ends[0], ends[1]);
    int child = fork();
    if (child == 0) {
        close(ends[1]);
        be_reader(ends[0]);
    }
    close(ends[0]);
    sleep_ns(20000000); /* let the child come to its read first */
    printf("3. parent %d: I write %d bytes and close my end\n", getpid(), (int)strlen(words));
    write(ends[1], words, strlen(words));
    close(ends[1]);
    waitpid(child, NULL, 0);
    printf("6. parent %d: my child has ended\n", getpid());
    return 0;
}
