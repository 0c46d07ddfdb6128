/* init: the first process. Starts one command (or /etc/rc, or a shell), adopts and reaps orphans. */
#include "tools.h"

/* A session of its own, with the console as controlling terminal when there is one. */
static void NORETURN become(char **command)
{
    syscall(SYS_setsid);
    syscall(SYS_ioctl, 0, TIOCSCTTY, 0);
    run_program(command);
}

int init_main(int argc, char **argv)
{
    char *shell[] = {"sh", NULL}, *script[] = {"sh", "/etc/rc", NULL};
    struct stat st;
    char **command = argc > 1 ? argv + 1 : stat("/etc/rc", &st) >= 0 ? script : shell;
    int child = fork();
    if (child < 0)
        return fail("init", "fork", child);
    if (child == 0)
        become(command);
    for (;;) {
        int status, pid = waitpid(-1, &status, 0);
        if (pid == child && argc > 1)
            return status_code(status);
        if (pid == -ECHILD)
            return 0;
    }
}
