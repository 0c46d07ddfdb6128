/* AF_UNIX sockets: pairs, descriptors on their way, listeners, datagrams.
   Prints every call with its result, to be compared with Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

static void pairs(void)
{
    int s[2], n;
    char b[300];
    struct pollfd pf = {0};
    signal(SIGPIPE, SIG_IGN);
    R(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    R(write(s[0], "one", 3));
    R(write(s[0], "", 0));
    R(send(s[0], "three", 5, 0));
    R(recv(s[1], b, 100, MSG_PEEK));
    R(recv(s[1], b, 100, 0));
    R(recv(s[1], b, 100, 0));
    R(recv(s[1], b, 2, MSG_TRUNC));
    R(recv(s[1], b, 10, MSG_DONTWAIT));
    close(s[0]);
    R(send(s[1], "x", 1, 0));
    close(s[1]);
    R(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s));
    R(write(s[0], "one", 3));
    R(write(s[0], "two!", 4));
    R(read(s[1], b, 100));
    R(read(s[1], b, 2));
    R(read(s[1], b, 2));
    close(s[0]);
    R(read(s[1], b, 2));
    R(write(s[1], b, 2));
    close(s[1]);
    R(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    R(write(s[0], "stream", 6));
    R(write(s[0], "data", 4));
    R(ioctl(s[1], FIONREAD, &n));
    SAY("%d", n);
    R(read(s[1], b, 8));
    R(read(s[1], b, 8));
    R(shutdown(s[0], SHUT_WR));
    R(read(s[1], b, 8));
    R(write(s[0], "x", 1));
    R(write(s[1], "back", 4));
    R(read(s[0], b, 9));
    pf.fd = s[1];
    pf.events = POLLIN | POLLRDHUP;
    R(poll(&pf, 1, 0));
    SAY("%x", pf.revents);
    write(s[1], "unread", 6);
    close(s[0]);
    R(read(s[1], b, 8));
    R(poll(&pf, 1, 0));
    SAY("%x", pf.revents);
    close(s[1]);
}

static void full(void)
{
    int s[2], n;
    char b[300];
    struct pollfd pf = {0};
    signal(SIGPIPE, SIG_IGN);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    fcntl(s[0], F_SETFL, O_NONBLOCK);
    static char big[1 << 20];
    long w = write(s[0], big, sizeof big);
    SAY("partial %d", w > 50000 && w < (1 << 20));
    R(write(s[0], big, 10));
    pf.fd = s[0];
    pf.events = POLLOUT;
    R(poll(&pf, 1, 0));
    pid_t c = fork();
    if (!c) {
        fcntl(s[0], F_SETFL, 0);
        close(s[1]);
        long k = write(s[0], big, sizeof big);
        _exit(k == sizeof big);
    }
    close(s[0]);
    long tot = 0, k;
    while ((k = read(s[1], big, 5000)) > 0)
        tot += k;
    SAY("all %d", tot == w + sizeof big);
    int st;
    waitpid(c, &st, 0);
    SAY("%d", WEXITSTATUS(st));
    close(s[1]);
}

static void rights(void)
{
    int s[2], n;
    char b[300];
    struct pollfd pf = {0};
    signal(SIGPIPE, SIG_IGN);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    int p[2];
    pipe(p);
    struct iovec v = {"fd", 2};
    char cb[CMSG_SPACE(8)];
    struct msghdr mh = {0};
    mh.msg_iov = &v;
    mh.msg_iovlen = 1;
    mh.msg_control = cb;
    mh.msg_controllen = sizeof cb;
    struct cmsghdr *cm = CMSG_FIRSTHDR(&mh);
    cm->cmsg_level = SOL_SOCKET;
    cm->cmsg_type = SCM_RIGHTS;
    cm->cmsg_len = CMSG_LEN(8);
    memcpy(CMSG_DATA(cm), p, 8);
    R(sendmsg(s[0], &mh, 0));
    close(p[0]);
    close(p[1]);
    R(write(s[0], "more", 4));
    v.iov_base = b;
    v.iov_len = 100;
    memset(cb, 0, sizeof cb);
    R(recvmsg(s[1], &mh, 0));
    SAY("%ld %x", (long)mh.msg_controllen, mh.msg_flags);
    int *q = (int *)CMSG_DATA(CMSG_FIRSTHDR(&mh));
    R(write(q[1], "through", 7));
    R(read(q[0], b, 10));
    close(q[1]);
    R(read(q[0], b, 10));
    R(read(s[1], b, 10));
}

static void options(void)
{
    socklen_t four = 4, twelve = 12;
    int wanted = 8192;
    int s[2], n;
    char b[300];
    struct pollfd pf = {0};
    signal(SIGPIPE, SIG_IGN);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &n, &four));
    SAY("%d", n);
    struct ucred u;
    R(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &u, &twelve));
    SAY("%d", u.pid == getpid());
    R(getsockopt(s[0], SOL_SOCKET, 9999, &n, &four));
    struct timeval tv = {0, 20000};
    R(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    R(read(s[0], b, 5));
    R(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &wanted, 4));
    getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &n, &four);
    SAY("%d", n);
    close(s[0]);
    close(s[1]);
}

static void listeners(void)
{
    char b[300];
    struct pollfd pf = {0};
    signal(SIGPIPE, SIG_IGN);
    int l = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = {AF_UNIX, "sock"};
    R(listen(l, 1));
    R(bind(l, (void *)&a, sizeof a));
    R(bind(l, (void *)&a, sizeof a));
    int l2 = socket(AF_UNIX, SOCK_STREAM, 0);
    R(bind(l2, (void *)&a, sizeof a));
    R(connect(l2, (void *)&a, sizeof a));
    R(listen(l, 5));
    R(connect(l2, (void *)&a, sizeof a));
    R(connect(l2, (void *)&a, sizeof a));
    pf.fd = l;
    pf.events = POLLIN;
    R(poll(&pf, 1, 0));
    struct sockaddr_un from;
    socklen_t fl = sizeof from;
    R(getpeername(l, (void *)&from, &fl));
    int acc = accept4(l, (void *)&from, &fl, SOCK_NONBLOCK);
    SAY("acc %d fl %d", acc >= 0, fl);
    R(write(l2, "hi", 2));
    R(read(acc, b, 10));
    R(read(acc, b, 10));
    fl = sizeof from;
    R(getsockname(acc, (void *)&from, &fl));
    SAY("%d %s", fl, from.sun_path);
    fl = sizeof from;
    R(getpeername(l2, (void *)&from, &fl));
    SAY("%d %s", fl, from.sun_path);
    R(accept(l2, 0, 0));
    fcntl(l, F_SETFL, O_NONBLOCK);
    R(accept(l, 0, 0));
    close(acc);
    R(read(l2, b, 5));
    R(write(l2, b, 5));
    close(l2);
    close(l);
    l2 = socket(AF_UNIX, SOCK_STREAM, 0);
    R(connect(l2, (void *)&a, sizeof a));
    unlink("sock");
    R(connect(l2, (void *)&a, sizeof a));
    R(read(l2, b, 1));
    R(write(l2, b, 1));
    pf.fd = l2;
    pf.events = POLLIN | POLLOUT;
    R(poll(&pf, 1, 0));
    SAY("%x", pf.revents);
}

static void datagrams(void)
{
    char b[300];
    struct sockaddr_un a = {AF_UNIX, "sock"}, from;
    socklen_t fl;
    struct sockaddr_un ab = {AF_UNIX, "\0abstract"};
    int d1 = socket(AF_UNIX, SOCK_DGRAM, 0), d2 = socket(AF_UNIX, SOCK_DGRAM, 0);
    R(bind(d1, (void *)&ab, 2 + 9));
    R(bind(d2, (void *)&ab, 2 + 9));
    R(sendto(d2, "dg", 2, 0, (void *)&ab, 2 + 9));
    fl = sizeof from;
    R(recvfrom(d1, b, 10, 0, (void *)&from, &fl));
    SAY("%d", fl);
    R(bind(d2, (void *)&ab, 2));
    R(sendto(d2, "dg", 2, 0, (void *)&ab, 2 + 9));
    fl = sizeof from;
    R(recvfrom(d1, b, 10, 0, (void *)&from, &fl));
    SAY("%d", fl);
    R(send(d2, "x", 1, 0));
    R(connect(d2, (void *)&ab, 2 + 9));
    R(send(d2, "x", 1, 0));
    R(connect(d1, (void *)&a, sizeof a));
    close(d1);
    R(send(d2, "x", 1, 0));
    R(socket(AF_UNIX, 77, 0));
    R(socket(AF_UNIX, SOCK_STREAM, 99));
    R(socket(12345, SOCK_STREAM, 0));
    R(recv(1234, b, 1, 0));
}

int main(void)
{
    pairs();
    full();
    rights();
    options();
    listeners();
    datagrams();
    return 0;
}
