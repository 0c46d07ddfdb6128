/* Sockets: addresses, messages, options. */
#include "corpus.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

static char buf[256], control[256];

static void options(long t, long u)
{
    int one = 1, value;
    socklen_t len = 4;
    S(setsockopt, t, (long)SOL_SOCKET, (long)SO_REUSEADDR, &one, 4L);
    S(setsockopt, t, (long)SOL_SOCKET, (long)SO_KEEPALIVE, &one, 4L);
    S(setsockopt, t, (long)SOL_TCP, (long)TCP_NODELAY, &one, 4L);
    S(setsockopt, t, (long)SOL_IP, (long)IP_TOS, &one, 4L);
    S(setsockopt, t, (long)SOL_SOCKET, 9999L, &one, 4L);
    S(setsockopt, t, (long)SOL_SOCKET, (long)SO_RCVBUF, BAD, 4L);
    struct timeval tv = { 1, 500 };
    S(setsockopt, t, (long)SOL_SOCKET, (long)SO_RCVTIMEO, &tv, 16L);
    struct linger ling = { 1, 2 };
    S(setsockopt, t, (long)SOL_SOCKET, (long)SO_LINGER, &ling, 8L);
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_REUSEADDR, &value, &len);
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_TYPE, &value, &len);
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_ERROR, &value, &len);
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_ACCEPTCONN, &value, &len);
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_DOMAIN, &value, &len);
    S(getsockopt, t, (long)SOL_TCP, (long)TCP_NODELAY, &value, &len);
    len = sizeof ling;
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_LINGER, &ling, &len);
    len = sizeof tv;
    S(getsockopt, t, (long)SOL_SOCKET, (long)SO_RCVTIMEO, &tv, &len);
    struct ucred cred;
    len = sizeof cred;
    S(getsockopt, u, (long)SOL_SOCKET, (long)SO_PEERCRED, &cred, &len);
    S(getsockopt, 99L, (long)SOL_SOCKET, (long)SO_RCVBUF, &value, &len);
    S(setsockopt, u, (long)SOL_SOCKET, (long)SO_PASSCRED, &one, 4L);
}

static void messages(long c, long a)
{
    struct iovec v[2] = { { "one", 3 }, { "two", 3 } };
    struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
    S(sendmsg, c, &m, Z);
    struct iovec w = { buf, 100 };
    struct msghdr r = { .msg_iov = &w, .msg_iovlen = 1 };
    S(recvmsg, a, &r, Z);
    struct { struct cmsghdr h; int fds[2]; } rights = { { 24, SOL_SOCKET, SCM_RIGHTS }, { 1, 2 } };
    m.msg_control = &rights; m.msg_controllen = 24;
    S(sendmsg, c, &m, (long)MSG_NOSIGNAL);
    r.msg_control = control; r.msg_controllen = sizeof control;
    S(recvmsg, a, &r, (long)MSG_CMSG_CLOEXEC);
    S(recvmsg, a, &r, (long)MSG_DONTWAIT);
    S(sendmsg, c, BAD, Z);
    m.msg_control = 0; m.msg_controllen = 0;
    struct mmsghdr mm[2] = { { m, 0 }, { m, 0 } };
    S(sendmmsg, c, mm, 2L, Z);
    struct mmsghdr mr[2] = { { { .msg_iov = &w, .msg_iovlen = 1 }, 0 } };
    S(recvmmsg, a, mr, 2L, (long)MSG_DONTWAIT, Z);
    S(shutdown, c, (long)SHUT_WR);
    S(recvfrom, a, buf, 100L, Z, Z, Z);
    S(shutdown, 99L, 9L);
}

static void inet(void)
{
    struct sockaddr_in in = { AF_INET, htons(47123), { htonl(INADDR_LOOPBACK) } };
    struct sockaddr_in6 in6 = { AF_INET6, htons(47124), 0, IN6ADDR_LOOPBACK_INIT };
    long d = S(socket, (long)AF_INET, (long)SOCK_DGRAM, (long)IPPROTO_UDP);
    S(bind, d, &in, (long)sizeof in);
    S(sendto, d, "datagram", 8L, Z, &in, (long)sizeof in);
    socklen_t len = sizeof in;
    S(recvfrom, d, buf, 100L, Z, &in, &len);
    struct iovec v = { "named", 5 };
    struct msghdr m = { .msg_name = &in, .msg_namelen = sizeof in, .msg_iov = &v, .msg_iovlen = 1 };
    S(sendmsg, d, &m, Z);
    struct iovec w = { buf, 3 };
    struct msghdr r = { .msg_name = &in, .msg_namelen = sizeof in, .msg_iov = &w, .msg_iovlen = 1 };
    S(recvmsg, d, &r, Z);
    long t = S(socket, (long)AF_INET, (long)SOCK_STREAM, (long)IPPROTO_IP);
    options(t, d);
    S(connect, t, &in, (long)sizeof in);
    long t6 = S(socket, (long)AF_INET6, (long)SOCK_STREAM, (long)IPPROTO_TCP);
    S(bind, t6, &in6, (long)sizeof in6);
    len = sizeof in6;
    S(getsockname, t6, &in6, &len);
    S(connect, t6, &in6, (long)sizeof in6);
}

static void more(long c, long a)
{
    messages(c, a);
    inet();
}

PROGRAM(sockets)
{
    int pair[2];
    socklen_t len;
    begin();
    S(socket, (long)AF_UNIX, (long)(SOCK_STREAM | SOCK_CLOEXEC), Z);
    S(socket, (long)AF_UNIX, (long)(SOCK_DGRAM | SOCK_NONBLOCK), Z);
    S(socket, (long)AF_UNIX, (long)SOCK_SEQPACKET, Z);
    S(socket, 99L, (long)SOCK_STREAM, Z);
    S(socket, (long)AF_INET, 77L, 5L);
    S(socketpair, (long)AF_UNIX, (long)SOCK_STREAM, Z, pair);
    S(socketpair, (long)AF_INET, (long)SOCK_STREAM, Z, pair);
    struct sockaddr_un un = { AF_UNIX, "/tmp/corpus.sock" };
    long s = S(socket, (long)AF_UNIX, (long)SOCK_STREAM, Z);
    S(bind, s, &un, (long)sizeof un);
    S(listen, s, 5L);
    long c = S(socket, (long)AF_UNIX, (long)SOCK_STREAM, Z);
    S(connect, c, &un, (long)sizeof un);
    len = sizeof un;
    long a = S(accept, s, &un, &len);
    len = sizeof un;
    S(getsockname, s, &un, &len);
    len = 4;
    S(getpeername, c, &un, &len);
    S(getpeername, s, &un, &len);
    S(unlinkat, -100L, "/tmp/corpus.sock", Z);
    memset(&un, 0, sizeof un);
    un.sun_family = AF_UNIX;
    memcpy(un.sun_path, "\0abstract", 9);
    S(connect, c, &un, 11L);
    S(connect, c, &un, 2L);
    S(connect, c, BAD, 20L);
    S(accept4, 99L, Z, Z, (long)(SOCK_CLOEXEC | SOCK_NONBLOCK));
    S(sendto, c, "hello", 5L, (long)MSG_NOSIGNAL, Z, Z);
    S(recvfrom, a, buf, 100L, Z, Z, Z);
    S(recvfrom, a, buf, 100L, (long)(MSG_DONTWAIT | MSG_PEEK), Z, Z);
    more(c, a);
    return 0;
}
