/* clone: what is shared and what is copied, and which combinations are refused. */
#include "tests.h"

static int raw_clone(long flags, int *parent_tid, int *child_tid)
{
    return syscall(SYS_clone, flags, 0, parent_tid, 0, child_tid);
}

static int plain = 1;

/* fork-like clones: the child runs on its copy of our stack. */
static void share_ids(void)
{
    int tid = 0, copy = 0;
    int pid = raw_clone(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, &tid, &copy);
    if (pid == 0)
        exit(copy == getpid() ? 1 : 0);
    yes("CLONE_PARENT_SETTID", tid == pid);
    show_status("CLONE_CHILD_SETTID in the child", wait_for(pid));
    result("CLONE_CHILD_SETTID does not write here", copy);
}

static void share_files(void)
{
    int fds[2], pid = raw_clone(CLONE_FILES | SIGCHLD, NULL, NULL);
    if (pid == 0) {
        pipe(fds);
        dup2(fds[0], 30);
        exit(0);
    }
    wait_for(pid);
    yes("CLONE_FILES: a descriptor of the child is ours", syscall(SYS_fcntl, 30, F_GETFD) >= 0);
    pid = raw_clone(CLONE_FS | SIGCHLD, NULL, NULL);
    if (pid == 0) {
        syscall(SYS_chdir, "/");
        syscall(SYS_umask, 0123);
        exit(0);
    }
    wait_for(pid);
    char here[64];
    syscall(SYS_getcwd, here, sizeof here);
    printf("CLONE_FS: we are in %s with umask %o\n", here, (int)syscall(SYS_umask, 022));
}

static void end_silently(void)
{
    int status = 0, pid = raw_clone(0, NULL, NULL);
    if (pid == 0) {
        plain = 2;
        exit(3);
    }
    result("without an exit signal a plain wait finds no child", waitpid(pid, &status, 0));
    yes("__WALL finds it", waitpid(pid, &status, 0x40000000) == pid);
    show_status("status", status);
    result("its memory was a copy", plain);
}

static void have_brother(void)
{
    int status = 0, middle = fork();
    if (middle == 0) {
        int brother = raw_clone(CLONE_PARENT | SIGCHLD, NULL, NULL);
        if (brother == 0)
            exit(6);
        exit(waitpid(brother, NULL, 0) == -ECHILD ? 5 : 4);
    }
    show_status("CLONE_PARENT: no child of the caller", wait_for(middle));
    waitpid(-1, &status, 0);
    show_status("but of the caller's parent", status);
}

void test_clone_fork_flags(void)
{
    share_ids();
    share_files();
    end_silently();
    have_brother();
}

void test_clone_refusals(void)
{
    result("SIGHAND without VM", raw_clone(CLONE_SIGHAND | SIGCHLD, NULL, NULL));
    result("THREAD without SIGHAND", raw_clone(CLONE_THREAD | CLONE_VM, NULL, NULL));
    result("PIDFD with PARENT_SETTID", raw_clone(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &plain, NULL));
    result("no such process to signal", tgkill(getpid(), 999999, 0));
    result("bad size of clone3", syscall(SYS_clone3, NULL, 8));
}

static int global;
static volatile int in_thread_pid, in_thread_tid;

static int look(void *arg)
{
    in_thread_pid = getpid();
    in_thread_tid = gettid();
    global = 5;
    syscall(SYS_chdir, "/");
    close((long)arg);
    return thread_self()->arg == arg ? 9 : 8;
}

void test_clone_thread(void)
{
    struct thread t;
    int fds[2];
    char here[64];
    pipe(fds);
    int tid = thread_start(&t, look, (void *)(long)fds[0]);
    result("it returned; its thread pointer was its own", thread_join(&t));
    yes("the same process", in_thread_pid == getpid());
    yes("another task", in_thread_tid == tid && tid != getpid());
    result("memory is shared", global);
    result("descriptors are shared", close(fds[0]));
    syscall(SYS_getcwd, here, sizeof here);
    printf("the folder is shared: %s\n", here);
    result("the kernel cleared its id", t.tid);
    result("a thread is no child", waitpid(tid, NULL, 0x40000000));
}

static int wait_long(void *arg)
{
    sleep_ns(30000 * MS);
    return 0;
}

static int leave_by_group(void *arg)
{
    syscall(SYS_exit_group, 11);
    return 0;
}

static int note_leader(void *arg)
{
    /* The first thread has ended; the process goes on. */
    sleep_ns(20 * MS);
    syscall(SYS_exit_group, 12);
    return 0;
}

static struct thread threads[3];

static void group_from_thread(void)
{
    thread_start(&threads[0], wait_long, NULL);
    thread_start(&threads[1], leave_by_group, NULL);
    sleep_ns(30000 * MS);
}

static void leader_first(void)
{
    thread_start(&threads[0], note_leader, NULL);
    syscall(SYS_exit, 13);
}

static void only_exit(void)
{
    syscall(SYS_exit, 14);
}

void test_exit_group_ends_all(void)
{
    show_status("exit_group in a thread", in_child(group_from_thread));
    show_status("the first thread may end before the others", in_child(leader_first));
    show_status("exit of the only thread", in_child(only_exit));
}

static int give(void *arg) { return (long)arg; }

void test_thread_exit(void)
{
    int sum = 0;
    for (long i = 1; i <= 50; i++) {
        struct thread t;
        thread_start(&t, give, (void *)i);
        sum += thread_join(&t);
    }
    result("fifty threads one after the other", sum);
    for (long i = 0; i < 3; i++)
        thread_start(&threads[i], give, (void *)(i + 1));
    result("three at a time", thread_join(&threads[0]) + thread_join(&threads[1]) + thread_join(&threads[2]));
}

static volatile int seen_by_parent;

/* CLONE_VM|CLONE_VFORK: the parent sleeps until the child has ended, and its memory is the same. */
void test_vfork_waits(void)
{
    int fds[2];
    pipe(fds);
    int pid = syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        sleep_ns(10 * MS);
        seen_by_parent = 77;
        say_byte(fds[1]);
        syscall(SYS_exit, 5);
    }
    result("the parent goes on afterwards and sees", seen_by_parent);
    struct pollfd p = {fds[0], POLLIN, 0};
    struct timespec none = {0, 0};
    result("the child wrote before", syscall(SYS_ppoll, &p, 1, &none, NULL, 8));
    show_status("status", wait_for(pid));
}
