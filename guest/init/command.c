/* init with a command (as `docker --init` has it): runs that, adopts and reaps orphans, and ends with its status. */
#include "init.h"

/* A session of its own, with the console as controlling terminal when there is one. */
static void NORETURN become(char **command)
{
    syscall(SYS_setsid);
    syscall(SYS_ioctl, 0, TIOCSCTTY, 0);
    run_program(command);
}

int run_one(char **command)
{
    int child = fork();
    if (child < 0)
        return fail("init", "fork", child);
    if (child == 0)
        become(command);
    for (;;) {
        int status, pid = waitpid(-1, &status, 0);
        if (pid == child)
            return status_code(status);
        if (pid == -ECHILD)
            return 0;
    }
}
