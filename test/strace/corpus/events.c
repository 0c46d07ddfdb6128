/* Waiting for several descriptors. */
#include "corpus.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

PROGRAM(events)
{
    int p[2];
    static struct epoll_event ev[4];
    struct timespec zero = { 0, 0 }, ms = { 0, 1000000 };
    begin();
    S(pipe2, p, Z);
    struct pollfd pf[3] = { { p[0], POLLIN | POLLPRI, 0 }, { p[1], POLLOUT, 0 }, { -1, POLLRDNORM, 0 } };
    S(ppoll, pf, 3L, &zero, Z, 8L);
    S(ppoll, pf, 1L, &ms, Z, 8L);
    S(ppoll, Z, Z, &ms, Z, 8L);
    S(ppoll, BAD, 3L, &zero, Z, 8L);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    S(ppoll, pf, 2L, &ms, &set, 8L);
    fd_set in, out;
    FD_ZERO(&in); FD_SET(p[0], &in);
    FD_ZERO(&out); FD_SET(p[1], &out);
    S(pselect6, 5L, &in, &out, Z, &zero, Z);
    FD_ZERO(&in); FD_SET(p[0], &in);
    S(pselect6, 5L, &in, Z, Z, &ms, Z);
    struct { void *set; size_t size; } mask = { &set, 8 };
    FD_ZERO(&in); FD_SET(p[0], &in); FD_SET(1, &in);
    S(pselect6, 8L, Z, &in, &out, &ms, &mask);
    S(pselect6, -1L, Z, Z, Z, Z, Z);
    S(pselect6, Z, Z, Z, Z, &ms, Z);
    FD_SET(60, &in);
    S(pselect6, 61L, &in, Z, Z, &ms, Z);
    long e = S(epoll_create1, (long)EPOLL_CLOEXEC);
    S(epoll_create1, 5L);
    struct epoll_event want = { EPOLLIN | EPOLLET, { .u32 = 5 } };
    S(epoll_ctl, e, (long)EPOLL_CTL_ADD, (long)p[0], &want);
    want.events = EPOLLOUT | EPOLLONESHOT; want.data.u64 = 0x1234567890abcdef;
    S(epoll_ctl, e, (long)EPOLL_CTL_ADD, (long)p[1], &want);
    S(epoll_pwait, e, ev, 4L, Z, Z, 8L);
    S(epoll_pwait, e, ev, 4L, 1L, &set, 8L);
    S(epoll_pwait, e, ev, 0L, 1L, Z, 8L);
    S(epoll_pwait2, e, ev, 4L, &ms, Z, 8L);
    S(epoll_ctl, e, (long)EPOLL_CTL_MOD, (long)p[1], &want);
    S(epoll_ctl, e, (long)EPOLL_CTL_DEL, (long)p[1], Z);
    S(epoll_ctl, e, (long)EPOLL_CTL_DEL, (long)p[1], &want);
    S(epoll_ctl, e, 9L, (long)p[1], &want);
    S(epoll_ctl, e, (long)EPOLL_CTL_ADD, 99L, BAD);
    S(write, (long)p[1], "x", 1L);
    S(epoll_pwait, e, ev, 4L, -1L, Z, 8L);
    S(close, (long)p[1]);
    S(ppoll, pf, 2L, Z, Z, 8L);
    return 0;
}
