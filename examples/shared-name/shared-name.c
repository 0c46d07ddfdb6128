/* shared-name: a variable called name in memory that two processes share. */
#include "../lib/example.h"

static char own[32] = "nobody"; /* each process has its own after fork */

int main(int argc, char **argv)
{
    char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    until_ms(0);
    strcpy(name, "nobody");
    int b = fork();
    if (b == 0) {
        until_ms(20);
        printf("process B: I read name at %p: %s (own at %p: %s)\n", (void *)name, name, (void *)own, own);
        exit(0);
    }
    until_ms(10);
    strcpy(name, "Ada");
    strcpy(own, "Ada");
    printf("process A: I wrote Ada into name and into own\n");
    waitpid(b, NULL, 0);
    return 0;
}
