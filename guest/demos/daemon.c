/* daemon: a process in the background, without a terminal, that tells what it does in a log file. */
#include "demos.h"

#define LOG "/tmp/daemon.log"

static void NORETURN be_daemon(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    open("/dev/null", O_RDONLY, 0);
    open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(1, 2);
    syscall(SYS_chdir, "/");
    sleep_ns(20000000); /* until the middle one has ended, so that process 1 is our parent */
    printf("daemon %d: session %d, group %d, parent %d\n", getpid(), (int)syscall(SYS_getsid, 0),
           (int)syscall(SYS_getpgid, 0), getppid());
    for (int i = 1; i <= 3; i++) {
        sleep_ns(20000000);
        printf("daemon %d: work %d of 3 done\n", getpid(), i);
    }
    exit(0);
}

/* The second fork makes sure that the daemon leads no session, so no terminal can become its own. */
static void NORETURN be_middle(void)
{
    syscall(SYS_setsid);
    printf("2. middle %d: setsid() made a new session without a terminal\n", getpid());
    if (fork() == 0)
        be_daemon();
    exit(0);
}

int daemon_main(int argc, char **argv)
{
    int alive[2];
    char byte;
    syscall(SYS_unlinkat, AT_FDCWD, LOG, 0);
    pipe(alive);
    printf("1. starter %d: I fork, and my child forks again\n", getpid());
    int middle = fork();
    if (middle == 0)
        be_middle();
    close(alive[1]);
    waitpid(middle, NULL, 0);
    printf("3. starter %d: the middle one has ended; the daemon goes on by itself\n", getpid());
    read(alive[0], &byte, 1); /* 0 bytes when the daemon, the last holder of the other end, has ended */
    char *log = read_file(LOG, NULL);
    printf("4. starter %d: " LOG " says:\n%s", getpid(), log ? log : "(nothing)\n");
    return 0;
}
