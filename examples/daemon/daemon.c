/* daemon: a process in the background without a terminal, which does its work and writes into a log. */
#include "../lib/example.h"

#define LOG "/tmp/daemon.log"

static void NORETURN be_daemon(void)
{
    int nothing = open("/dev/null", O_RDWR, 0), log = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(nothing, 0);
    dup2(log, 1);
    dup2(log, 2);
    close(nothing);
    close(log);
    syscall(SYS_chdir, "/");
    for (int i = 1; i <= 3; i++) {
        until_ms(10 * i);
        printf("work %d is done\n", i);
    }
    exit(0);
}

int main(int argc, char **argv)
{
    until_ms(0);
    syscall(SYS_unlinkat, AT_FDCWD, LOG, 0);
    int middle = fork();
    if (middle == 0) {
        syscall(SYS_setsid); /* a session of its own, without a terminal */
        if (fork() == 0)
            be_daemon(); /* leads no session, so no terminal can become its own */
        exit(0);
    }
    waitpid(middle, NULL, 0);
    printf("starter %d: the daemon is on its own now\n", getpid());
    until_ms(40);
    printf("starter %d: its log says\n%s", getpid(), read_file(LOG, NULL));
    return 0;
}
