/* leak: memory that is asked for and never given back makes the process grow. */
#include "demos.h"

static void print_size(int number, const char *when)
{
    struct reader r;
    char *line;
    int fd = open("/proc/self/status", O_RDONLY, 0);
    printf("%d. %s\n", number, when);
    if (fd < 0)
        return;
    for (reader_init(&r, fd); (line = read_line(&r));)
        if (starts_with(line, "VmRSS:") || starts_with(line, "VmData:"))
            printf("   %.*s %ld kB\n", (int)(strchr(line, ':') - line), line, strtol(strchr(line, ':') + 1, NULL, 10));
    reader_done(&r);
    close(fd);
}

int leak_main(int argc, char **argv)
{
    print_size(1, "at the start");
    char *first = malloc(0), *last = first;
    for (int i = 0; i < 32; i++)
        memset(last = malloc(100000), 1, 100000);
    print_size(2, "after 32 times malloc(100000) without free: the heap has grown by brk");
    printf("   the heap reaches now %s 3 MB further up\n", last - first > 3000000 ? "more than" : "less than");
    char *area = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    print_size(3, "after mmap of 4 MiB more: VmData grows, VmRSS not yet, for nothing was touched");
    memset(area, 1, 4 << 20);
    print_size(4, "after writing to all of it: VmRSS grows too");
    printf("5. when I end, the kernel takes everything back\n");
    return 0;
}
