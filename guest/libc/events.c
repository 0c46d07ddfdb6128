/* Waiting for files: epoll, timerfd, signalfd, eventfd, memfd, select.
   Prints every call with its result, to be compared with Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "calls.h"

static volatile int got;
static void h(int signo)
{
    got = signo;
}

static void epolls(void)
{
    int e = epoll_create1(EPOLL_CLOEXEC);
    int p[2];
    pipe(p);
    struct epoll_event ev = {EPOLLIN | EPOLLET, {.u64 = 0x1234567890abcdef}}, out[4];
    R(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev));
    R(epoll_wait(e, out, 4, 0));
    write(p[1], "a", 1);
    R(epoll_wait(e, out, 4, 0));
    SAY("%x %lx", out[0].events, (long)out[0].data.u64);
    R(epoll_wait(e, out, 4, 0));
    write(p[1], "b", 1);
    R(epoll_wait(e, out, 4, 0));
    R(epoll_wait(e, out, 4, 0));
    ev.events = EPOLLIN | EPOLLONESHOT;
    R(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    R(epoll_wait(e, out, 4, 0));
    R(epoll_wait(e, out, 4, 0));
    R(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    R(epoll_wait(e, out, 4, 0));
    int e2 = epoll_create1(0), pending;
    R(ioctl(e2, FIONREAD, &pending));
    ev.events = EPOLLIN;
    R(epoll_ctl(e2, EPOLL_CTL_ADD, e, &ev));
    R(epoll_wait(e2, out, 4, 0));
    R(epoll_ctl(e, EPOLL_CTL_ADD, e2, &ev));
    ev.events = EPOLLIN;
    R(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    R(epoll_wait(e2, out, 4, 0));
    struct pollfd pf = {e2, POLLIN, 0};
    R(poll(&pf, 1, 0));
    SAY("%x", pf.revents);
    int ff = open("ef", O_RDWR | O_CREAT, 0600);
    R(epoll_ctl(e, EPOLL_CTL_ADD, ff, &ev));
    R(epoll_ctl(e, EPOLL_CTL_DEL, ff, 0));
    R(epoll_ctl(e, 9, p[0], &ev));
    R(epoll_ctl(p[0], EPOLL_CTL_ADD, e, &ev));
    R(epoll_ctl(e, EPOLL_CTL_ADD, 99, &ev));
    R(epoll_wait(e, out, 0, 0));
    R(epoll_wait(p[0], out, 1, 0));
    close(p[1]);
    R(epoll_wait(e, out, 4, 0));
    SAY("%x", out[0].events);
    close(p[0]);
    R(epoll_wait(e, out, 4, 0));
    unlink("ef");
    R(epoll_wait(e, out, 4, 20));
}

static void timerfds(void)
{
    struct pollfd pf = {-1, POLLIN, 0};
    int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    unsigned long n;
    R(read(t, &n, 8));
    struct itimerspec ts = {{0, 5000000}, {0, 5000000}}, old;
    R(timerfd_settime(t, 0, &ts, 0));
    usleep(22000);
    R(read(t, &n, 8));
    SAY("ticks>=4 %d", n >= 4);
    R(timerfd_gettime(t, &old));
    SAY("%ld %d", old.it_interval.tv_nsec, old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 5000000);
    pf.fd = t;
    R(poll(&pf, 1, 1000));
    R(read(t, &n, 4));
    struct itimerspec z = {0};
    R(timerfd_settime(t, 0, &z, &old));
    R(timerfd_settime(t, 99, &z, 0));
    R(timerfd_create(55, 0));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int t2 = timerfd_create(CLOCK_REALTIME, 0);
    struct itimerspec ab = {{0, 0}, now};
    ab.it_value.tv_nsec += 10000000;
    if (ab.it_value.tv_nsec >= 1000000000) {
        ab.it_value.tv_sec++;
        ab.it_value.tv_nsec -= 1000000000;
    }
    R(timerfd_settime(t2, TFD_TIMER_ABSTIME, &ab, 0));
    R(read(t2, &n, 8));
    SAY("%ld", (long)n);
}

static void signalfds(void)
{
    struct pollfd pf = {-1, POLLIN, 0};
    int e = epoll_create1(0);
    struct epoll_event ev = {EPOLLIN}, out[4];
    sigset_t m;
    sigemptyset(&m);
    sigaddset(&m, SIGUSR1);
    sigprocmask(SIG_BLOCK, &m, 0);
    int s = signalfd(-1, &m, SFD_NONBLOCK);
    struct signalfd_siginfo si;
    R(read(s, &si, sizeof si));
    R(kill(getpid(), SIGUSR1));
    pf.fd = s;
    R(poll(&pf, 1, 0));
    R(read(s, &si, sizeof si));
    SAY("%d %d %d", si.ssi_signo, si.ssi_code, (int)si.ssi_pid == getpid());
    R(read(s, &si, 10));
    ev.events = EPOLLIN;
    R(epoll_ctl(e, EPOLL_CTL_ADD, s, &ev));
    pid_t c = fork();
    if (!c) {
        usleep(10000);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    R(epoll_wait(e, out, 4, 1000));
    R(read(s, &si, sizeof si));
    waitpid(c, 0, 0);
}

static void eventfds(void)
{
    struct pollfd pf = {-1, POLLIN, 0};
    unsigned long n;
    int ef = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
    R(read(ef, &n, 8));
    SAY("%ld", (long)n);
    R(read(ef, &n, 8));
    R(read(ef, &n, 8));
    R(read(ef, &n, 8));
    n = 0xfffffffffffffffeul;
    R(write(ef, &n, 8));
    n = 1;
    R(write(ef, &n, 8));
    pf.fd = ef;
    pf.events = POLLIN | POLLOUT;
    R(poll(&pf, 1, 0));
    SAY("%x", pf.revents);
    n = -1;
    R(write(ef, &n, 8));
    R(eventfd(0, 77));
}

static void memfd(void)
{
    int m = memfd_create("hello", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    R(write(m, "abcdef", 6));
    R(fcntl(m, F_GET_SEALS));
    R(fcntl(m, F_ADD_SEALS, F_SEAL_SHRINK));
    R(ftruncate(m, 2));
    R(ftruncate(m, 20));
    R(fcntl(m, F_ADD_SEALS, F_SEAL_GROW));
    R(ftruncate(m, 30));
    R(pwrite(m, "xx", 2, 19));
    R(write(m, "123", 3));
    void *a = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
    SAY("%.9s", (char *)a);
    R(fcntl(m, F_ADD_SEALS, F_SEAL_WRITE));
    munmap(a, 4096);
    R(fcntl(m, F_ADD_SEALS, F_SEAL_WRITE));
    R(write(m, "x", 1));
    R(fcntl(m, F_ADD_SEALS, F_SEAL_SEAL));
    R(fcntl(m, F_ADD_SEALS, F_SEAL_SEAL));
    R(fcntl(m, F_GET_SEALS));
    char b[64] = {0}, l[64] = {0};
    sprintf(b, "/proc/self/fd/%d", m);
    R(readlink(b, l, 63));
    SAY("%s", l);
    int m2 = memfd_create("n", 0);
    R(fcntl(m2, F_GET_SEALS));
    R(memfd_create("x", 0x1000));
    struct stat st;
    fstat(m, &st);
    SAY("%o %ld", st.st_mode, (long)st.st_nlink);
    int p[2];
    pipe(p);
    fstat(p[0], &st);
    SAY("%o %ld", st.st_mode, (long)st.st_nlink);
    int s[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    fstat(s[0], &st);
    SAY("%o", st.st_mode);
    int r = open(b, O_RDONLY);
    R(read(r, l, 3));
    SAY("%.3s", l);
}

static void selects(void)
{
    int p[2];
    fd_set r, w;
    FD_ZERO(&r);
    FD_ZERO(&w);
    pipe(p);
    FD_SET(p[0], &r);
    FD_SET(p[1], &w);
    struct timeval tv = {0, 0};
    R(select(p[1] + 1, &r, &w, 0, &tv));
    SAY("%d %d", FD_ISSET(p[0], &r) != 0, FD_ISSET(p[1], &w) != 0);
    R(select(-1, 0, 0, 0, 0));
    tv.tv_usec = 10000;
    FD_ZERO(&r);
    FD_SET(p[0], &r);
    R(select(p[0] + 1, &r, 0, 0, &tv));
    signal(SIGALRM, h);
    sigset_t em;
    sigemptyset(&em);
    ualarm(10000, 0);
    R(ppoll(0, 0, 0, &em));
    SAY("got %d", got);
}

int main(void)
{
    epolls();
    timerfds();
    signalfds();
    eventfds();
    memfd();
    selects();
    return 0;
}
