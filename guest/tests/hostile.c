/* What programs that mean no good, or many threads at once, found wrong. */
#include "tests.h"

/* A process that is stopped and told to stop again can still be killed. */
void test_kill_beats_stop(void)
{
    int status, pid = fork();
    if (pid == 0)
        for (;;)
            syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    show_status("first", status);
    result("another stop", tgkill(pid, pid, SIGSTOP));
    kill(pid, SIGKILL);
    show_status("then", wait_for(pid));
}
