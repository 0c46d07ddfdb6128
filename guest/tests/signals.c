/* Signals: masks, what a handler is told, restarting, waiting, threads. */
#include "tests.h"

static volatile int count, last_signo, last_code, order[8];
static struct siginfo last;

static void note(int signo, struct siginfo *info, void *context)
{
    order[count & 7] = signo;
    count = count + 1;
    last_signo = signo;
    last_code = info->code;
    last = *info;
}

static u64 pending(void)
{
    u64 set = 0;
    syscall(SYS_rt_sigpending, &set, 8);
    return set;
}

void test_signal_masks(void)
{
    u64 old = 1;
    on_signal(SIGUSR1, note, SA_SIGINFO);
    on_signal(SIGUSR2, note, SA_SIGINFO);
    set_mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGKILL), NULL);
    set_mask(SIG_BLOCK, 0, &old);
    yes("blocked, and SIGKILL cannot be", old == (BIT(SIGUSR1) | BIT(SIGUSR2)));
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    result("delivered while blocked", count);
    yes("pending", pending() == (BIT(SIGUSR1) | BIT(SIGUSR2)));
    set_mask(SIG_UNBLOCK, BIT(SIGUSR1) | BIT(SIGUSR2), NULL);
    result("afterwards, each once", count);
    printf("handlers began with %d, %d\n", order[0], order[1]);
    result("pending", pending());
    set_mask(SIG_BLOCK, BIT(34), NULL);
    on_signal(34, note, SA_SIGINFO);
    count = 0;
    for (int i = 0; i < 3; i++)
        kill(getpid(), 34);
    set_mask(SIG_UNBLOCK, BIT(34), NULL);
    result("real-time signals queue", count);
    set_mask(SIG_BLOCK, BIT(SIGUSR1), NULL);
    kill(getpid(), SIGUSR1);
    on_signal(SIGUSR1, SIG_IGN, 0);
    result("ignoring drops what is pending", pending());
    result("bad how", set_mask(7, 0, NULL));
    result("bad size", syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, NULL, 4));
}

void test_signal_siginfo(void)
{
    on_signal(SIGUSR1, note, SA_SIGINFO);
    kill(getpid(), SIGUSR1);
    printf("kill: code %d, from us %d, uid as ours %d\n", last_code, last.from.pid == getpid(),
           last.from.uid == syscall(SYS_getuid));
    tgkill(getpid(), gettid(), SIGUSR1);
    printf("tgkill: code %d, from us %d\n", last_code, last.from.pid == getpid());
    struct siginfo mine = {.signo = SIGUSR1, .code = -1};
    mine.from.pid = 4711;
    mine.from.uid = 12;
    mine.from.value = 0x123456789a;
    result("sigqueue", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &mine));
    printf("sigqueue: code %d, pid %d, uid %d, value %lx\n", last_code, last.from.pid, last.from.uid,
           (u64)last.from.value);
    int fds[2], pid = (pipe(fds), fork());
    if (pid == 0) {
        kill(getppid(), SIGUSR1);
        exit(0);
    }
    wait_for(pid);
    yes("from a child", last.from.pid == pid);
    mine.code = 0;
    int other = fork();
    if (other == 0)
        exit(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &mine) == -EPERM);
    show_status("pretending to be kill towards another", wait_for(other));
}

void test_signal_restart(void)
{
    int fds[2];
    char byte;
    pipe(fds);
    on_signal(SIGALRM, note, SA_SIGINFO);
    interrupt_in(50);
    result("read, without SA_RESTART", read(fds[0], &byte, 1));
    int pid = fork();
    if (pid == 0) {
        sleep_ns(150 * MS);
        say_byte(fds[1]);
        exit(0);
    }
    on_signal(SIGALRM, note, SA_SIGINFO | SA_RESTART);
    interrupt_in(50);
    result("read, with SA_RESTART", read(fds[0], &byte, 1));
    interrupt_in(40);
    result("nanosleep is never restarted", sleep_ns(5000 * MS));
    struct timespec wish = {5, 0}, left = {0, 0};
    interrupt_in(40);
    syscall(SYS_nanosleep, &wish, &left);
    yes("and tells what was left", left.sec == 4 && left.nsec > 500000000);
    interrupt_in(40);
    result("poll neither", syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8));
    wait_for(pid);
    pid = fork();
    if (pid == 0)
        sleep_ns(5000 * MS);
    on_signal(SIGALRM, note, SA_SIGINFO);
    interrupt_in(40);
    result("wait4, without SA_RESTART", waitpid(pid, NULL, 0));
    kill(pid, SIGKILL);
    wait_for(pid);
    on_signal(SIGALRM, SIG_IGN, 0);
    interrupt_in(5);
    result("an ignored signal interrupts nothing", sleep_ns(20 * MS));
    result("handlers ran", count);
}

void test_signal_wait(void)
{
    struct siginfo info = {0};
    u64 set = BIT(SIGUSR1) | BIT(SIGUSR2);
    struct timespec soon = {0, 10 * MS};
    set_mask(SIG_BLOCK, set, NULL);
    kill(getpid(), SIGUSR2);
    result("sigtimedwait takes a pending one", syscall(SYS_rt_sigtimedwait, &set, &info, &soon, 8));
    result("code", info.code);
    result("nothing is left pending", pending());
    result("timeout", syscall(SYS_rt_sigtimedwait, &set, &info, &soon, 8));
    int pid = fork();
    if (pid == 0) {
        sleep_ns(10 * MS);
        kill(getppid(), SIGUSR1);
        exit(0);
    }
    result("one that comes later", syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8));
    yes("from the child", info.from.pid == pid);
    wait_for(pid);
    on_signal(SIGALRM, note, SA_SIGINFO);
    interrupt_in(40);
    result("interrupted by another", syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8));
}

void test_signal_suspend(void)
{
    u64 none = 0, now = 0;
    on_signal(SIGUSR1, note, SA_SIGINFO);
    set_mask(SIG_BLOCK, BIT(SIGUSR1), NULL);
    kill(getpid(), SIGUSR1);
    result("sigsuspend", syscall(SYS_rt_sigsuspend, &none, 8));
    result("the handler ran", count);
    set_mask(SIG_BLOCK, 0, &now);
    yes("the mask is back", now == BIT(SIGUSR1));
}

void test_signal_inheritance(void)
{
    on_signal(SIGUSR1, note, SA_SIGINFO);
    on_signal(SIGUSR2, SIG_IGN, 0);
    set_mask(SIG_BLOCK, BIT(SIGTERM), NULL);
    kill(getpid(), SIGTERM);
    int pid = fork();
    if (pid == 0) {
        u64 mask = 0;
        set_mask(SIG_BLOCK, 0, &mask);
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGUSR2);
        printf("child: mask kept %d, pending %d, handler ran %d\n", mask == BIT(SIGTERM), pending() != 0, count);
        exit(0);
    }
    show_status("child", wait_for(pid));
    yes("ours is still pending", pending() == BIT(SIGTERM));
}

static volatile int handler_tid, ready;

static void note_tid(int signo, struct siginfo *info, void *context)
{
    handler_tid = gettid();
    count = count + 1;
}

static int wait_for_signal(void *arg)
{
    u64 mask = arg ? 0 : BIT(SIGUSR1);
    set_mask(SIG_SETMASK, mask, NULL);
    ready = ready + 1;
    for (int i = 0; i < 200 && !count; i++)
        sleep_ns(5 * MS);
    return 0;
}

void test_signal_threads(void)
{
    struct thread open_one;
    on_signal(SIGUSR1, note_tid, 0);
    set_mask(SIG_BLOCK, BIT(SIGUSR1), NULL);
    int tid = thread_start(&open_one, wait_for_signal, (void *)1);
    while (!ready)
        sleep_ns(MS);
    kill(getpid(), SIGUSR1);
    thread_join(&open_one);
    yes("a process's signal goes to the thread that lets it in", handler_tid == tid);
    count = 0;
    tgkill(getpid(), gettid(), SIGUSR1);
    result("a thread's own signal waits for that thread", count);
    set_mask(SIG_UNBLOCK, BIT(SIGUSR1), NULL);
    result("which then takes it", count);
    yes("there", handler_tid == gettid());
}

void test_signal_refusals(void)
{
    result("handler for SIGKILL", on_signal(SIGKILL, note, 0));
    result("ignoring SIGSTOP", on_signal(SIGSTOP, SIG_IGN, 0));
    result("signal 0 has no action", on_signal(0, note, 0));
    result("signal 65", on_signal(65, note, 0));
    result("kill with 65", kill(getpid(), 65));
    result("kill with 0", kill(getpid(), 0));
    result("kill nobody", kill(999999, SIGTERM));
    result("tgkill with tid 0", tgkill(getpid(), 0, SIGTERM));
    result("tgkill of the wrong process", tgkill(1, gettid(), SIGTERM));
    result("tkill with tid -1", syscall(SYS_tkill, -1, SIGTERM));
    result("bad size of a set", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
}
