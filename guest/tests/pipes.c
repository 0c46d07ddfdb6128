/* Pipes, poll, epoll, eventfd, socket pairs. */
#include "tests.h"

void test_pipe_ends(void)
{
    int fds[2];
    char buffer[64];
    result("pipe", pipe(fds));
    write(fds[1], "abcdef", 6);
    result("a short read", read(fds[0], buffer, 4));
    result("the rest", read(fds[0], buffer, 64));
    result("reading the write end", read(fds[1], buffer, 1));
    result("writing the read end", write(fds[0], "x", 1));
    result("seeking", syscall(SYS_lseek, fds[0], 0, SEEK_SET));
    result("zero bytes", write(fds[1], "", 0));
    write(fds[1], "last", 4);
    close(fds[1]);
    result("what is left", read(fds[0], buffer, 64));
    result("the end", read(fds[0], buffer, 64));
    result("and again", read(fds[0], buffer, 64));
    result("bad address", syscall(SYS_pipe2, 8, 0));
    result("bad flags", syscall(SYS_pipe2, fds, 1));
    int pid = (pipe(fds), fork());
    if (pid == 0) {
        close(fds[0]);
        for (int i = 0; i < 3; i++)
            write(fds[1], "part", 4);
        exit(0);
    }
    close(fds[1]);
    int total = 0;
    for (long n; (n = read(fds[0], buffer, 5)) > 0;)
        total += n;
    result("all a child wrote", total);
    wait_for(pid);
}

void test_pipe_nonblock(void)
{
    int fds[2];
    static char block[4096];
    long n, total = 0;
    syscall(SYS_pipe2, fds, O_NONBLOCK);
    result("empty", read(fds[0], block, 1));
    while ((n = write(fds[1], block, sizeof block)) > 0)
        total += n;
    result("full", n);
    result("room", total);
    result("F_GETPIPE_SZ", syscall(SYS_fcntl, fds[0], F_GETPIPE_SZ));
    read(fds[0], block, 100);
    result("a small write into a full page", write(fds[1], block, 4096));
    read(fds[0], block, 4096);
    result("after a page was read", write(fds[1], block, 4096));
    result("flags", syscall(SYS_fcntl, fds[0], F_GETFL) & (O_NONBLOCK | 3));
    result("flags", syscall(SYS_fcntl, fds[1], F_GETFL) & (O_NONBLOCK | 3));
}

/* Writes of at most 4096 bytes never mix. */
void test_pipe_atomic(void)
{
    int fds[2], mixed = 0;
    static char block[512];
    pipe(fds);
    for (int w = 0; w < 3; w++)
        if (fork() == 0) {
            memset(block, 'a' + w, sizeof block);
            for (int i = 0; i < 100; i++)
                write(fds[1], block, sizeof block);
            exit(0);
        }
    close(fds[1]);
    long total = 0, have = 0;
    for (long n; (n = read(fds[0], block + have, sizeof block - have)) > 0; total += n) {
        have += n;
        if (have < (long)sizeof block)
            continue;
        have = 0;
        for (size_t i = 1; i < sizeof block; i++)
            mixed += block[i] != block[0];
    }
    while (waitpid(-1, NULL, 0) > 0)
        ;
    result("bytes", total);
    result("mixed", mixed);
}

static long poll(struct pollfd *fds, int count, long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * MS};
    return syscall(SYS_ppoll, fds, count, ms < 0 ? NULL : &t, NULL, 8);
}

void test_poll_events(void)
{
    int fds[2];
    pipe(fds);
    struct pollfd p[3] = {{fds[0], POLLIN, 0}, {fds[1], POLLOUT, 0}, {-1, POLLIN, 9}};
    result("empty pipe: ready", poll(p, 3, 0));
    printf("read end %d, write end %d, none %d\n", p[0].revents, p[1].revents, p[2].revents);
    result("timeout", poll(p, 1, 10));
    say_byte(fds[1]);
    poll(p, 2, -1);
    printf("after a write: read end %d, write end %d\n", p[0].revents, p[1].revents);
    await_byte(fds[0]);
    close(fds[1]);
    p[1] = (struct pollfd){99, POLLIN, 0};
    result("ready", poll(p, 2, -1));
    printf("without writer: %d; not open: %d\n", p[0].revents, p[1].revents);
    pipe(fds);
    close(fds[0]);
    p[0] = (struct pollfd){fds[1] == 0 ? 1 : fds[1], POLLOUT, 0};
    poll(p, 1, 0);
    printf("without reader: %d\n", p[0].revents);
    int fd = open("/dev/null", O_RDWR, 0);
    p[0] = (struct pollfd){fd, POLLIN | POLLOUT, 0};
    poll(p, 1, 0);
    printf("/dev/null: %d\n", p[0].revents);
    int pid = (pipe(fds), fork());
    if (pid == 0) {
        sleep_ns(10 * MS);
        say_byte(fds[1]);
        exit(0);
    }
    p[0] = (struct pollfd){fds[0], POLLIN, 0};
    result("woken by a write", poll(p, 1, 5000));
    wait_for(pid);
    result("bad address", syscall(SYS_ppoll, 8, 1, NULL, NULL, 8));
}

static volatile int signals;

static void note(int signo, struct siginfo *info, void *context) { signals = signals + 1; }

void test_ppoll_signal(void)
{
    u64 none = 0;
    on_signal(SIGUSR1, note, 0);
    set_mask(SIG_BLOCK, BIT(SIGUSR1), NULL);
    kill(getpid(), SIGUSR1);
    result("blocked as long as we do not wait", signals);
    result("ppoll with another mask", syscall(SYS_ppoll, NULL, 0, NULL, &none, 8));
    result("the handler ran", signals);
    set_mask(SIG_BLOCK, 0, &none);
    yes("the mask is back", none == BIT(SIGUSR1));
}

static long epoll_wait(int ep, struct epoll_event *events, long ms)
{
    return syscall(SYS_epoll_pwait, ep, events, 8, ms, NULL, 8);
}

void test_epoll_levels(void)
{
    int fds[2], ep = syscall(SYS_epoll_create1, 0);
    struct epoll_event e = {EPOLLIN, 0, 0x1122334455667788}, got[8];
    pipe(fds);
    result("add", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fds[0], &e));
    result("add again", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fds[0], &e));
    result("add itself", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, ep, &e));
    result("nothing yet", epoll_wait(ep, got, 0));
    say_byte(fds[1]);
    result("level", epoll_wait(ep, got, -1));
    printf("events %x, data %lx\n", got[0].events, got[0].data);
    result("and still", epoll_wait(ep, got, 0));
    e.events = EPOLLIN | EPOLLET;
    syscall(SYS_epoll_ctl, ep, EPOLL_CTL_MOD, fds[0], &e);
    result("edge", epoll_wait(ep, got, 0));
    result("only once", epoll_wait(ep, got, 0));
    say_byte(fds[1]);
    result("until more comes", epoll_wait(ep, got, 0));
    e.events = EPOLLIN | EPOLLONESHOT;
    syscall(SYS_epoll_ctl, ep, EPOLL_CTL_MOD, fds[0], &e);
    result("one shot", epoll_wait(ep, got, 0));
    result("then silent", epoll_wait(ep, got, 0));
    result("delete", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, fds[0], NULL));
    result("delete again", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, fds[0], NULL));
    int fd = open("regular", O_RDWR | O_CREAT, 0600);
    result("a regular file", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &e));
    syscall(SYS_unlinkat, AT_FDCWD, "regular", 0);
    result("closing takes it out", (pipe(fds), syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fds[0], &e)));
    close(fds[1]);
    result("hang-up without asking", epoll_wait(ep, got, 0));
    printf("events %x\n", got[0].events);
    result("timeout", (close(fds[0]), epoll_wait(ep, got, 10)));
}

void test_eventfd(void)
{
    u64 value = 5;
    int fd = syscall(SYS_eventfd2, 3, O_NONBLOCK);
    result("first", read(fd, &value, 8));
    result("value", value);
    result("then empty", read(fd, &value, 8));
    value = 7;
    write(fd, &value, 8);
    write(fd, &value, 8);
    read(fd, &value, 8);
    result("sums", value);
    value = -1;
    result("too big", write(fd, &value, 8));
    value = -2;
    write(fd, &value, 8);
    value = 1;
    result("full", write(fd, &value, 8));
    result("short", read(fd, &value, 4));
    close(fd);
    fd = syscall(SYS_eventfd2, 2, O_NONBLOCK | 1);
    read(fd, &value, 8);
    result("semaphore", value);
    read(fd, &value, 8);
    result("semaphore", value);
    result("then", read(fd, &value, 8));
}

void test_socketpair(void)
{
    int fds[2];
    char buffer[16];
    enum { AF_UNIX = 1, SOCK_STREAM = 1 };
    result("socketpair", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, fds));
    write(fds[0], "one", 3);
    write(fds[1], "two", 3);
    result("there", read(fds[1], buffer, 16));
    result("and back", read(fds[0], buffer, 16));
    close(fds[1]);
    result("the end", read(fds[0], buffer, 16));
    on_signal(SIGPIPE, SIG_IGN, 0);
    result("writing to nobody", write(fds[0], "x", 1));
}
