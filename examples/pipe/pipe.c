/* pipe: bytes go from one process to another through the kernel, which keeps them in between. */
#include "../lib/example.h"

static void NORETURN be_reader(int from)
{
    char bytes[64];
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) > 0) {
        printf("reader: %d bytes: %.*s\n", (int)n, (int)n, bytes);
        until_ms(30); /* so that the second message lies in the pipe for a while */
    }
    printf("reader: the end, nobody can write any more\n");
    exit(0);
}

int main(int argc, char **argv)
{
    int ends[2];
    until_ms(0);
    pipe(ends);
    int child = fork();
    if (child == 0) {
        close(ends[1]);
        be_reader(ends[0]);
    }
    close(ends[0]);
    until_ms(10);
    write(ends[1], "first", 5);
    until_ms(20);
    write(ends[1], "second", 6);
    close(ends[1]);
    waitpid(child, NULL, 0);
    return 0;
}
