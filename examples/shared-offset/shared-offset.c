/* shared-offset: an open file is inherited with its position; who opens it anew has a position of its own. */
#include "../lib/example.h"

static void read_some(int number, const char *who, int file)
{
    char text[6] = "";
    read(file, text, 5);
    printf("%d. %s reads \"%s\"\n", number, who, text);
}

int main(int argc, char **argv)
{
    int file = open("/tmp/letters", O_RDWR | O_CREAT | O_TRUNC, 0644);
    write(file, "abcdefghijklmno", 15);
    syscall(SYS_lseek, file, 0, SEEK_SET);
    int child = fork();
    if (child == 0) {
        read_some(1, "child", file);
        until_ms(20);
        read_some(3, "child", file);
        int own = open("/tmp/letters", O_RDONLY, 0);
        read_some(4, "child, having opened it anew,", own);
        until_ms(30);
        exit(0);
    }
    until_ms(10);
    read_some(2, "parent", file);
    waitpid(child, NULL, 0);
    return 0;
}
