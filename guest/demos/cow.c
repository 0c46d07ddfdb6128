/* cow: after fork both see the same value at the same address, until one writes (copy on write). */
#include "demos.h"

static int number = 1;

int cow_main(int argc, char **argv)
{
    printf("1. parent: number is %d at address %p\n", number, (void *)&number);
    int child = fork();
    if (child == 0) {
        printf("2. child:  number is %d at address %p: the same page of memory\n", number, (void *)&number);
        number = 2;
        printf("3. child:  now I write 2; the kernel copies the page for me first\n");
        printf("4. child:  number is %d at address %p\n", number, (void *)&number);
        exit(0);
    }
    waitpid(child, NULL, 0);
    printf("5. parent: number is still %d at address %p: my page was not touched\n", number, (void *)&number);
    return 0;
}
