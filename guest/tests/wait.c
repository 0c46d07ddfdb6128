/* wait4 and waitid: statuses, options, and who becomes whose child. */
#include "tests.h"

static void exit_7(void) { exit(7); }
static void exit_big(void) { exit(0x1234); }
static void die_by_term(void) { kill(getpid(), SIGTERM); }
static void die_by_kill(void) { kill(getpid(), SIGKILL); }
static void die_by_abort(void) { kill(getpid(), SIGABRT); }

void test_wait_statuses(void)
{
    show_status("exit(7)", in_child(exit_7));
    show_status("exit(0x1234)", in_child(exit_big));
    show_status("SIGTERM", in_child(die_by_term));
    show_status("SIGKILL", in_child(die_by_kill));
    show_status("SIGABRT", in_child(die_by_abort));
}

void test_wait_options(void)
{
    int fds[2], status;
    result("no child", waitpid(-1, &status, 0));
    result("not my child", waitpid(1, &status, 0));
    result("unknown option", waitpid(-1, &status, 0x100));
    pipe(fds);
    int pid = fork();
    if (pid == 0) {
        await_byte(fds[0]);
        exit(1);
    }
    result("WNOHANG while it runs", waitpid(pid, &status, WNOHANG));
    result("bad group", waitpid(-pid - 100000, &status, WNOHANG));
    say_byte(fds[1]);
    yes("wait gives the id", waitpid(pid, &status, 0) == pid);
    show_status("status", status);
    result("again", waitpid(pid, &status, 0));
    int first = fork();
    if (first == 0)
        exit(2);
    yes("wait without a place for the status", waitpid(first, NULL, 0) == first);
}

void test_waitid_info(void)
{
    struct siginfo info = {0};
    int pid = fork();
    if (pid == 0)
        exit(300);
    result("WEXITED|WNOWAIT", syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL));
    result("signo", info.signo);
    result("code", info.code);
    yes("pid", info.child.pid == pid);
    result("status", info.child.status);
    info.child.pid = 0;
    result("WEXITED", syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL));
    yes("the same child", info.child.pid == pid);
    result("then", syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL));
    result("without any event", syscall(SYS_waitid, P_ALL, 0, &info, 0, NULL));
    pid = fork();
    if (pid == 0)
        syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    info.child.pid = 5;
    result("WNOHANG while it runs", syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG, NULL));
    result("pid then", info.child.pid);
    kill(pid, SIGKILL);
    syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL);
    result("code of a killed one", info.code);
    result("status of a killed one", info.child.status);
}

void test_stop_and_continue(void)
{
    int status, fds[2];
    struct siginfo info = {0};
    pipe(fds);
    int pid = fork();
    if (pid == 0) {
        syscall(SYS_setpgid, 0, 0); /* in an orphaned group SIGTSTP would stop nothing */
        kill(getpid(), SIGSTOP);
        await_byte(fds[0]);
        kill(getpid(), SIGTSTP);
        exit(4);
    }
    waitpid(pid, &status, WUNTRACED);
    show_status("first", status);
    result("told once", waitpid(pid, &status, WUNTRACED | WNOHANG));
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    show_status("then", status);
    say_byte(fds[1]);
    waitpid(pid, &status, WUNTRACED);
    show_status("then", status);
    kill(pid, SIGTERM);
    result("a stopped task keeps the signal pending", waitpid(pid, &status, WNOHANG));
    kill(pid, SIGCONT);
    syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL);
    result("waitid code", info.code);
    result("waitid status", info.child.status);
    pid = fork();
    if (pid == 0)
        for (;;)
            kill(getpid(), SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    show_status("SIGKILL ends a stopped task", status);
}

void test_orphans(void)
{
    int fds[2];
    pipe(fds);
    int middle = fork();
    if (middle == 0) {
        int me = getpid();
        if (fork() == 0) {
            close(fds[0]);
            while (getppid() == me)
                syscall(SYS_sched_yield);
            result("new parent", getppid());
            exit(0);
        }
        exit(0);
    }
    close(fds[1]);
    wait_for(middle);
    await_byte(fds[0]);
    result("it is not ours", waitpid(-1, NULL, 0));
}

void test_subreaper(void)
{
    int status, on = 0;
    result("set", syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1));
    syscall(SYS_prctl, PR_GET_CHILD_SUBREAPER, &on);
    result("get", on);
    int me = getpid(), middle = fork();
    if (middle == 0) {
        int parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                syscall(SYS_sched_yield);
            exit(getppid() == me ? 42 : 43);
        }
        on = 1;
        syscall(SYS_prctl, PR_GET_CHILD_SUBREAPER, &on);
        exit(on);
    }
    show_status("a child does not inherit it", wait_for(middle));
    waitpid(-1, &status, 0);
    show_status("the grandchild is ours now", status);
    result("and nobody else", waitpid(-1, &status, 0));
}

/* Ignoring SIGCHLD: children leave no zombies, and wait blocks until none is left. */
void test_child_of_ignorer(void)
{
    on_signal(SIGCHLD, SIG_IGN, 0);
    if (fork() == 0)
        exit(3);
    result("SIG_IGN", waitpid(-1, NULL, 0));
    on_signal(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    if (fork() == 0)
        exit(3);
    result("SA_NOCLDWAIT", waitpid(-1, NULL, 0));
}
