/* Limits, clocks, sleeping, and calls that make no sense. */
#include "tests.h"

static long limit(int which, struct rlimit *set, struct rlimit *get)
{
    return syscall(SYS_prlimit64, 0, which, set, get);
}

void test_rlimit_nofile(void)
{
    struct rlimit few = {10, 20}, now;
    result("set", limit(RLIMIT_NOFILE, &few, NULL));
    limit(RLIMIT_NOFILE, NULL, &now);
    printf("now %lu, at most %lu\n", now.cur, now.max);
    long fd;
    while ((fd = open("/dev/null", O_RDONLY, 0)) >= 0)
        ;
    result("open", fd);
    int fds[2];
    result("pipe", pipe(fds));
    result("dup", syscall(SYS_dup, 0));
    result("dup3 beyond", syscall(SYS_dup3, 0, 10, 0));
    result("F_DUPFD beyond", syscall(SYS_fcntl, 0, F_DUPFD, 10));
    few.cur = 30;
    result("more than the maximum", limit(RLIMIT_NOFILE, &few, NULL));
    few = (struct rlimit){12, 20};
    limit(RLIMIT_NOFILE, &few, NULL);
    int pid = fork();
    if (pid == 0) {
        limit(RLIMIT_NOFILE, NULL, &now);
        exit(now.cur);
    }
    show_status("a child has the same", wait_for(pid));
    result("unknown limit", limit(99, NULL, &now));
}

static volatile int signals;
static void note(int signo, struct siginfo *info, void *context) { signals = signo; }

void test_rlimit_fsize(void)
{
    struct rlimit small = {100, RLIM_INFINITY}, old;
    char block[80] = "";
    on_signal(SIGXFSZ, note, 0);
    int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600);
    limit(RLIMIT_FSIZE, &small, &old);
    long written[3];
    for (int i = 0; i < 3; i++)
        written[i] = write(fd, block, 80);
    limit(RLIMIT_FSIZE, &old, NULL); /* our own output may be a file */
    result("80 bytes", written[0]);
    result("80 more: up to the limit", written[1]);
    result("and then", written[2]);
    printf("signal %s\n", signal_name(signals));
    syscall(SYS_unlinkat, AT_FDCWD, "f", 0);
}

void test_rlimit_stack_get(void)
{
    struct rlimit now = {0, 0};
    result("get", limit(RLIMIT_STACK, NULL, &now));
    yes("at least a megabyte", now.cur >= 1 << 20);
    result("core", limit(RLIMIT_CORE, NULL, &now));
    yes("not above its maximum", now.cur <= now.max);
    result("of another that is not there", syscall(SYS_prlimit64, 999999, RLIMIT_STACK, NULL, &now));
}

void test_clocks(void)
{
    long mono = now_ns(CLOCK_MONOTONIC), real = now_ns(CLOCK_REALTIME), cpu = now_ns(2);
    volatile long turns = 0;
    while (now_ns(2) == cpu)
        turns = turns + 1;
    yes("a processor's clock runs while we compute", now_ns(2) > cpu);
    yes("monotonic goes forward", now_ns(CLOCK_MONOTONIC) > mono);
    yes("the wall clock is after 2020", real / 1000000000 > 1577836800);
    struct timespec t;
    result("unknown clock", syscall(SYS_clock_gettime, 99, &t));
    result("bad address", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8));
    cpu = now_ns(2);
    sleep_ns(30 * MS);
    yes("sleeping takes no processor time", now_ns(2) - cpu < 20 * MS);
}

void test_sleeps(void)
{
    long before = now_ns(CLOCK_MONOTONIC);
    result("nanosleep", sleep_ns(20 * MS));
    yes("not early", now_ns(CLOCK_MONOTONIC) - before >= 20 * MS);
    struct timespec bad = {0, 1000000000}, negative = {-1, 0};
    result("too many nanoseconds", syscall(SYS_nanosleep, &bad, NULL));
    result("negative", syscall(SYS_nanosleep, &negative, NULL));
    long at = now_ns(CLOCK_MONOTONIC) + 10 * MS;
    struct timespec deadline = {at / 1000000000, at % 1000000000}, past = {0, 1};
    result("until a moment", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL));
    yes("not early", now_ns(CLOCK_MONOTONIC) >= at);
    result("until a past moment", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &past, NULL));
    /* Six processes sleep side by side, not one after the other. */
    before = now_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < 6; i++)
        if (fork() == 0) {
            sleep_ns(100 * MS);
            exit(0);
        }
    while (waitpid(-1, NULL, 0) > 0)
        ;
    long took = now_ns(CLOCK_MONOTONIC) - before;
    yes("six sleeps of 100 ms together", took >= 100 * MS && took < 580 * MS);
}

void test_bad_calls(void)
{
    char byte;
    result("no such call", syscall(5000));
    result("read from a closed descriptor", read(99, &byte, 1));
    result("read into nowhere", read(open("/dev/zero", O_RDONLY, 0), (void *)16, 1));
    result("write from nowhere", write(open("/dev/null", O_WRONLY, 0), NULL, 0));
    result("getcwd into nowhere", syscall(SYS_getcwd, 16, 100));
    result("ioctl of no terminal", syscall(SYS_ioctl, open("/dev/null", O_RDONLY, 0), TCGETS, &byte));
    result("kill with signal -1", kill(getpid(), -1));
    result("getpgid of nobody", syscall(SYS_getpgid, 999999));
    result("uname into nowhere", syscall(SYS_uname, 16));
    result("getrandom", syscall(SYS_getrandom, &byte, 1, 0));
    result("getrandom with bad flags", syscall(SYS_getrandom, &byte, 1, 999));
    result("close -1", close(-1));
}
