/* Process groups, sessions, names, and the signal at a parent's death. */
#include "tests.h"

static long group_of(int pid) { return syscall(SYS_getpgid, pid); }
static long session_of(int pid) { return syscall(SYS_getsid, pid); }

void test_groups(void)
{
    int fds[2], status;
    int me = getpid();
    pipe(fds);
    syscall(SYS_setpgid, 0, 0);
    yes("own group", group_of(0) == me);
    int pid = fork();
    if (pid == 0) {
        await_byte(fds[0]);
        exit(group_of(0) == getpid() ? 1 : 2);
    }
    yes("a child is in our group", group_of(pid) == me);
    result("move it", syscall(SYS_setpgid, pid, pid));
    yes("moved", group_of(pid) == pid);
    result("negative", syscall(SYS_setpgid, pid, -1));
    result("no such group", syscall(SYS_setpgid, pid, 999999));
    result("not a child", syscall(SYS_setpgid, 1, 0));
    result("no such process", group_of(999999));
    result("wait by group finds none", waitpid(0, &status, WNOHANG));
    say_byte(fds[1]);
    yes("wait by its group", waitpid(-pid, &status, 0) == pid);
    show_status("status", status);
    pid = fork();
    if (pid == 0) {
        syscall(SYS_setpgid, 0, 0);
        if (fork() == 0)
            for (;;)
                syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
        kill(0, SIGTERM);
        exit(0);
    }
    show_status("kill(0) reaches the own group only", wait_for(pid));
    result("kill of an unknown group", kill(-999999, SIGTERM));
}

static void lead_session(void)
{
    int me = getpid();
    yes("setsid gives our id", syscall(SYS_setsid) == me);
    yes("group and session are ours", group_of(0) == me && session_of(0) == me);
    result("a leader cannot again", syscall(SYS_setsid));
    result("a session's leader cannot change group", syscall(SYS_setpgid, 0, 0));
    int pid = fork();
    if (pid == 0)
        exit(session_of(0) == me && group_of(0) == me ? 1 : 0);
    show_status("a child inherits both", wait_for(pid));
}

void test_sessions(void)
{
    int fds[2];
    long old = session_of(0);
    in_child(lead_session);
    yes("ours is as before", session_of(0) == old);
    pipe(fds);
    int pid = fork();
    if (pid == 0) {
        syscall(SYS_setsid);
        say_byte(fds[1]);
        for (;;)
            syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    }
    await_byte(fds[0]);
    result("a child in another session cannot be moved", syscall(SYS_setpgid, pid, pid));
    kill(pid, SIGKILL);
    wait_for(pid);
}

void test_prctl_names(void)
{
    char name[32] = "unset";
    set_name("a-rather-long-name-for-a-task");
    result("get", syscall(SYS_prctl, PR_GET_NAME, name));
    printf("cut to 15: %s\n", name);
    int value = 9;
    result("dumpable", syscall(SYS_prctl, PR_GET_DUMPABLE));
    result("set dumpable 0", syscall(SYS_prctl, PR_SET_DUMPABLE, 0));
    result("dumpable", syscall(SYS_prctl, PR_GET_DUMPABLE));
    result("set dumpable 7", syscall(SYS_prctl, PR_SET_DUMPABLE, 7));
    result("no new privileges", syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("set", syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    result("no new privileges", syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("cannot be taken back", syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("pdeathsig", syscall(SYS_prctl, PR_GET_PDEATHSIG, &value));
    result("is", value);
    result("set pdeathsig 99", syscall(SYS_prctl, PR_SET_PDEATHSIG, 99));
    result("unknown", syscall(SYS_prctl, 123456));
}

void test_pdeathsig(void)
{
    int fds[2], alive[2];
    pipe(fds);
    pipe(alive);
    int parent = fork();
    if (parent == 0) {
        if (fork() == 0) {
            close(alive[0]);
            syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM);
            say_byte(fds[1]);
            sleep_ns(20000 * MS);
            say_byte(alive[1]);
            exit(0);
        }
        await_byte(fds[0]);
        exit(0);
    }
    close(alive[1]);
    wait_for(parent);
    char byte;
    result("bytes from the child, which died with its parent", read(alive[0], &byte, 1));
}
