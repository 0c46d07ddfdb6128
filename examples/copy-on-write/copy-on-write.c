/* copy-on-write: after fork both show the same frame at the same address, until one of them writes. */
#include "../lib/example.h"

__attribute__((aligned(4096))) static int number = 1;

int main(int argc, char **argv)
{
    printf("1. parent: number is %d at %p\n", number, (void *)&number);
    int child = fork();
    if (child == 0) {
        printf("2. child: number is %d at %p, on the same frame of memory\n", number, (void *)&number);
        until_ms(10);
        number = 2;
        printf("3. child: I wrote %d at %p, on a frame of my own now\n", number, (void *)&number);
        until_ms(20);
        exit(0);
    }
    waitpid(child, NULL, 0);
    printf("4. parent: number is still %d at %p\n", number, (void *)&number);
    return 0;
}
