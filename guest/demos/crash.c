/* crash: a bad access ends the process, and only the process. */
#include "demos.h"

static void NORETURN read_nothing(void)
{
    volatile int *nothing = NULL;
    printf("   child:  I read the memory at address 0, where nothing is mapped\n");
    exit(*nothing);
}

static void NORETURN write_code(void)
{
    volatile int *code = (int *)(long)write_code;
    printf("   child:  I write into my own code at %p, which may only be read and executed\n", (void *)code);
    *code = 0;
    exit(0);
}

static void watch(int number, void (*child_work)(void))
{
    int status = 0;
    printf("%d. parent: I fork a child that does something forbidden\n", number);
    int child = fork();
    if (child == 0)
        child_work();
    waitpid(child, &status, 0);
    printf("%d. parent: wait says: child %d was ended by signal %d (SIG%s), a shell would call that status %d\n",
           number + 1, child, WTERMSIG(status), signal_name(WTERMSIG(status)), status_code(status));
}

int crash_main(int argc, char **argv)
{
    watch(1, read_nothing);
    watch(3, write_code);
    printf("5. parent: I still run; processes are walled off from each other\n");
    return 0;
}
