/* Signals from the kernel: SIGCHLD, SIGPIPE, SIGALRM. */
#include "tests.h"

static volatile int count, last_signo, last_code;
static struct siginfo last;

static void note(int signo, struct siginfo *info, void *context)
{
    count = count + 1;
    last_signo = signo;
    last_code = info->code;
    last = *info;
}

void test_sigchld(void)
{
    on_signal(SIGCHLD, note, SA_SIGINFO);
    int pid = fork();
    if (pid == 0)
        exit(9);
    wait_for(pid);
    printf("exit: signal %d, code %d, status %d, pid %d, count %d\n", last_signo, last_code, last.child.status,
           last.child.pid == pid, count);
    pid = fork();
    if (pid == 0) {
        kill(getpid(), SIGSTOP);
        kill(getpid(), SIGKILL);
    }
    int status;
    while (waitpid(pid, &status, WUNTRACED) == -EINTR)
        ;
    printf("stop: code %d, status %d\n", last_code, last.child.status);
    on_signal(SIGCHLD, note, SA_SIGINFO | SA_NOCLDSTOP);
    kill(pid, SIGCONT);
    wait_for(pid);
    printf("kill: code %d, status %d\n", last_code, last.child.status);
    count = 0;
    pid = fork();
    if (pid == 0) {
        kill(getpid(), SIGSTOP);
        exit(0);
    }
    waitpid(pid, &status, WUNTRACED);
    result("SA_NOCLDSTOP: told of a stop", count);
    kill(pid, SIGCONT);
    wait_for(pid);
    result("of the end", count);
}

static void write_without_reader(void)
{
    int fds[2];
    pipe(fds);
    close(fds[0]);
    write(fds[1], "x", 1);
}

void test_sigpipe(void)
{
    int fds[2];
    show_status("default", in_child(write_without_reader));
    pipe(fds);
    close(fds[0]);
    on_signal(SIGPIPE, note, SA_SIGINFO);
    result("handled", write(fds[1], "x", 1));
    result("signals", count);
    on_signal(SIGPIPE, SIG_IGN, 0);
    result("ignored", write(fds[1], "x", 1));
}

void test_alarm(void)
{
    struct itimerval t = {{0, 5000}, {0, 5000}}, now;
    on_signal(SIGALRM, note, SA_SIGINFO);
    result("every 5 ms", syscall(SYS_setitimer, ITIMER_REAL, &t, NULL));
    while (count < 3)
        syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    result("signals, at least", count >= 3 ? 3 : count);
    syscall(SYS_getitimer, ITIMER_REAL, &now);
    yes("the interval is kept", now.interval.usec == 5000);
    struct itimerval off = {{0, 0}, {0, 0}};
    syscall(SYS_setitimer, ITIMER_REAL, &off, &now);
    yes("the old one comes back", now.interval.usec == 5000 && now.value.usec <= 5000);
    count = 0;
    sleep_ns(12 * MS);
    result("after switching off", count);
    t.value.usec = 2000000;
    result("too many microseconds", syscall(SYS_setitimer, ITIMER_REAL, &t, NULL));
    interrupt_in(10000);
    int pid = fork();
    if (pid == 0) {
        syscall(SYS_getitimer, ITIMER_REAL, &now);
        exit(now.value.sec != 0);
    }
    show_status("a child has no timer", wait_for(pid));
}
