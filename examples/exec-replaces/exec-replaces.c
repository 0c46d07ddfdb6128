/* exec-replaces: another program in the same process: a new address space, the same number, the same open files. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    static char *const words[] = {"sleep", "0.01", NULL};
    memset(malloc(50000), 1, 50000);
    int kept = open("/etc/passwd", O_RDONLY, 0);
    int closed = open("/etc/group", O_RDONLY | O_CLOEXEC, 0);
    printf("process %d: file %d is kept, file %d is closed by exec\n", getpid(), kept, closed);
    until_ms(10);
    execve("/bin/sleep", words, environ);
    printf("never printed: this program is no more\n");
    return 1;
}
