/* shm: a variable called name in memory that two processes share. */
#include "demos.h"

int shm_main(int argc, char **argv)
{
    char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printf("1. parent %d: name lies in shared memory and holds \"%s\"\n", getpid(), name);
    int child = fork();
    if (child == 0) {
        strcpy(name, "Ada");
        printf("2. child %d: I write \"%s\" into name\n", getpid(), name);
        exit(0);
    }
    waitpid(child, NULL, 0);
    printf("3. parent %d: I read name: \"%s\"; nothing was sent, the memory is the same\n", getpid(), name);
    return 0;
}
