/* disk: an I/O request, the wait for it, and the interrupt that says it is done. */
#include "../lib/example.h"

int main(int argc, char **argv)
{
    char byte;
    int file = open("/etc/passwd", O_RDONLY, 0);
    long before = now_ns(CLOCK_MONOTONIC);
    read(file, &byte, 1);
    long first = now_ns(CLOCK_MONOTONIC);
    read(file, &byte, 1);
    long second = now_ns(CLOCK_MONOTONIC);
    printf("1. the first byte came from the disk and took %ld ms\n", (first - before) / 1000000);
    printf("2. the next one was in memory already and took %ld ms\n", (second - first) / 1000000);
    return 0;
}
