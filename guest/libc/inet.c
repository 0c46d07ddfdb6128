/* TCP and UDP on the loopback interface: states, errors, readiness, options.
   Prints every call with its result, to be compared with Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

static char b[300];

static struct sockaddr_in lo(int port)
{
    struct sockaddr_in a = {AF_INET, htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int portof(int s)
{
    struct sockaddr_in6 a;
    socklen_t n = sizeof a;
    getsockname(s, (void *)&a, &n);
    return ntohs(a.sin6_port);
}

static int peer(int s)
{
    socklen_t n = 100;
    return getpeername(s, (void *)b, &n);
}

static int ready(int s, int events)
{
    struct pollfd p = {s, events};
    poll(&p, 1, 100);
    return p.revents;
}
#define ALL (POLLIN | POLLOUT | POLLRDHUP | POLLPRI)

static int state(int s)
{
    struct tcp_info i;
    socklen_t n = sizeof i;
    return getsockopt(s, IPPROTO_TCP, TCP_INFO, &i, &n) ? -1 : i.tcpi_state;
}

static int option(int s, int level, int name)
{
    int v = -77;
    socklen_t n = sizeof v;
    return getsockopt(s, level, name, &v, &n) ? -errno : v;
}

static int set(int s, int level, int name, int v)
{
    return setsockopt(s, level, name, &v, sizeof v);
}

/* A listener, a caller and the socket that serves it. */
static int l, c, s;
static void connection(void)
{
    struct sockaddr_in a = lo(0);
    l = socket(AF_INET, SOCK_STREAM, 0);
    bind(l, (void *)&a, sizeof a);
    listen(l, 5);
    a = lo(portof(l));
    c = socket(AF_INET, SOCK_STREAM, 0);
    connect(c, (void *)&a, sizeof a);
    s = accept(l, 0, 0);
}

static void done(void)
{
    close(c);
    close(s);
    close(l);
}

static void life(void)
{
    SAY("-- life");
    connection();
    SAY("%d %d %d", state(l), state(c), state(s));
    SAY("%x %x", ready(c, ALL), ready(s, ALL));
    R(send(c, "hello", 5, 0));
    R(recv(s, b, 2, MSG_PEEK));
    R(recv(s, b, 100, MSG_TRUNC));
    R(recv(s, b, 100, MSG_DONTWAIT));
    R(send(c, "x", 1, MSG_OOB | MSG_NOSIGNAL) < 2);
    recv(s, b, 100, MSG_DONTWAIT);
    R(shutdown(c, SHUT_WR));
    /* The caller's state depends on when the other end acknowledges. */
    SAY("%d %x %x", state(s), ready(c, ALL), ready(s, ALL));
    R(recv(s, b, 9, 0));
    R(send(c, "x", 1, MSG_NOSIGNAL));
    R(send(s, "back", 4, 0));
    R(recv(c, b, 100, 0));
    R(shutdown(s, SHUT_WR));
    SAY("%d %d %x %x", state(c), state(s), ready(c, ALL), ready(s, ALL));
    R(recv(c, b, 9, 0));
    R(peer(c));
    R(shutdown(c, SHUT_RDWR));
    R(send(c, "x", 1, MSG_NOSIGNAL));
    done();
}

static void resets(void)
{
    SAY("-- resets");
    connection();
    send(c, "unread", 6, 0);
    ready(s, POLLIN);
    close(s);
    SAY("%x %d", ready(c, ALL), state(c));
    R(recv(c, b, 9, 0));
    R(recv(c, b, 9, 0));
    R(send(c, "x", 1, MSG_NOSIGNAL));
    done();
    connection();
    struct linger now = {1, 0};
    R(setsockopt(s, SOL_SOCKET, SO_LINGER, &now, sizeof now));
    R(send(s, "data", 4, 0));
    close(s);
    SAY("%x", ready(c, ALL));
    R(recv(c, b, 9, 0));
    R(recv(c, b, 9, 0));
    R(recv(c, b, 9, 0));
    done();
    connection();
    close(s);
    SAY("%x %d", ready(c, ALL), state(c));
    R(send(c, "x", 1, MSG_NOSIGNAL));
    SAY("%x %d", ready(c, POLLHUP), state(c));
    SAY("%d", option(c, SOL_SOCKET, SO_ERROR));
    R(recv(c, b, 9, 0));
    R(send(c, "x", 1, MSG_NOSIGNAL));
    done();
    connection();
    close(l);
    R(send(c, "x", 1, 0));
    R(recv(s, b, 9, 0));
    done();
    struct sockaddr_in a;
    connection();
    a = lo(portof(l));
    int c2 = socket(AF_INET, SOCK_STREAM, 0);
    R(connect(c2, (void *)&a, sizeof a));
    close(l);
    SAY("%x", ready(c2, ALL));
    R(recv(c2, b, 9, 0));
    close(c2);
    done();
}

static void connecting(void)
{
    SAY("-- connecting");
    struct sockaddr_in a = lo(0);
    int f = socket(AF_INET, SOCK_STREAM, 0);
    SAY("%x %d", ready(f, ALL), state(f));
    bind(f, (void *)&a, sizeof a);
    int nobody = portof(f);
    close(f);
    f = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    a = lo(nobody);
    R(connect(f, (void *)&a, sizeof a));
    SAY("%x", ready(f, ALL));
    SAY("%d", option(f, SOL_SOCKET, SO_ERROR));
    SAY("%d", option(f, SOL_SOCKET, SO_ERROR));
    R(connect(f, (void *)&a, sizeof a));
    R(connect(f, (void *)&a, sizeof a));
    ready(f, ALL);
    R(connect(f, (void *)&a, sizeof a));
    connection();
    a = lo(portof(l));
    R(connect(f, (void *)&a, sizeof a));
    SAY("%x", ready(f, POLLOUT));
    R(connect(f, (void *)&a, sizeof a));
    R(connect(f, (void *)&a, sizeof a));
    R(listen(f, 1));
    R(bind(f, (void *)&a, sizeof a));
    a.sin_family = AF_UNSPEC;
    R(connect(f, (void *)&a, sizeof a));
    R(peer(f));
    SAY("%d", portof(f) > 0);
    close(f);
    done();
    f = socket(AF_INET, SOCK_STREAM, 0);
    R(listen(f, 0));
    SAY("%d %d", portof(f) > 0, option(f, SOL_SOCKET, SO_ACCEPTCONN));
    fcntl(f, F_SETFL, O_NONBLOCK);
    R(accept(f, 0, 0));
    R(recv(f, b, 1, 0));
    R(send(f, b, 1, MSG_NOSIGNAL));
    R(ioctl(f, FIONREAD, b));
    R(shutdown(f, SHUT_RD));
    R(accept(f, 0, 0));
    SAY("%d", state(f));
    close(f);
}

static void ports(void)
{
    SAY("-- ports");
    connection();
    struct sockaddr_in a = lo(portof(l));
    int f = socket(AF_INET, SOCK_STREAM, 0), g;
    R(bind(f, (void *)&a, sizeof a));
    a.sin_addr.s_addr = htonl(0x7f000002);
    R(bind(f, (void *)&a, sizeof a));
    close(f);
    f = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 a6 = {AF_INET6, a.sin_port};
    R(bind(f, (void *)&a6, sizeof a6));
    a6.sin6_addr = in6addr_loopback;
    R(bind(f, (void *)&a6, sizeof a6));
    R(set(f, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    close(f);
    f = socket(AF_INET6, SOCK_STREAM, 0);
    a6.sin6_addr = in6addr_any;
    R(set(f, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    R(bind(f, (void *)&a6, sizeof a6));
    close(f);
    close(s);
    a = lo(portof(l));
    close(l);
    close(c);
    l = socket(AF_INET, SOCK_STREAM, 0);
    R(bind(l, (void *)&a, sizeof a));
    R(set(l, SOL_SOCKET, SO_REUSEADDR, 1));
    R(bind(l, (void *)&a, sizeof a));
    close(l);
    f = socket(AF_INET, SOCK_STREAM, 0);
    g = socket(AF_INET, SOCK_STREAM, 0);
    a = lo(0);
    set(f, SOL_SOCKET, SO_REUSEADDR, 1);
    set(g, SOL_SOCKET, SO_REUSEADDR, 1);
    R(bind(f, (void *)&a, sizeof a));
    a = lo(portof(f));
    R(bind(g, (void *)&a, sizeof a));
    R(listen(f, 1));
    R(listen(g, 1));
    close(f);
    close(g);
    f = socket(AF_INET, SOCK_STREAM, 0);
    g = socket(AF_INET, SOCK_STREAM, 0);
    a = lo(0);
    set(f, SOL_SOCKET, SO_REUSEPORT, 1);
    R(bind(f, (void *)&a, sizeof a));
    a = lo(portof(f));
    R(bind(g, (void *)&a, sizeof a));
    set(g, SOL_SOCKET, SO_REUSEPORT, 1);
    R(bind(g, (void *)&a, sizeof a));
    R(listen(f, 1));
    R(listen(g, 1));
    close(f);
    close(g);
}

static void dual(void)
{
    SAY("-- dual");
    int f = socket(AF_INET6, SOCK_STREAM, 0), g;
    struct sockaddr_in6 a6 = {AF_INET6}, who;
    socklen_t n = sizeof who;
    R(bind(f, (void *)&a6, sizeof a6));
    R(listen(f, 5));
    struct sockaddr_in a = lo(portof(f));
    int k = socket(AF_INET, SOCK_STREAM, 0);
    R(connect(k, (void *)&a, sizeof a));
    g = accept(f, (void *)&who, &n);
    SAY("%d %d %d", g >= 0, (int)n, IN6_IS_ADDR_V4MAPPED(&who.sin6_addr));
    n = sizeof who;
    getsockname(g, (void *)&who, &n);
    SAY("%d %d", IN6_IS_ADDR_V4MAPPED(&who.sin6_addr), (int)n);
    close(k);
    close(g);
    k = socket(AF_INET6, SOCK_STREAM, 0);
    a6.sin6_port = htons(portof(f));
    R(connect(k, (void *)&a6, sizeof a6));
    n = sizeof who;
    getpeername(k, (void *)&who, &n);
    SAY("%d", IN6_IS_ADDR_LOOPBACK(&who.sin6_addr));
    close(k);
    close(f);
}

static void datagrams(void)
{
    SAY("-- datagrams");
    int f = socket(AF_INET, SOCK_DGRAM, 0), g = socket(AF_INET, SOCK_DGRAM, 0), n;
    struct sockaddr_in a = lo(0), who;
    socklen_t len = sizeof who;
    SAY("%x", ready(f, ALL));
    R(bind(f, (void *)&a, sizeof a));
    a = lo(portof(f));
    R(sendto(g, "one", 3, 0, (void *)&a, sizeof a));
    R(sendto(g, "", 0, 0, (void *)&a, sizeof a));
    R(sendto(g, "three", 5, 0, (void *)&a, sizeof a));
    R(ioctl(f, FIONREAD, &n));
    SAY("%d %x", n, ready(f, ALL));
    R(recvfrom(f, b, 100, MSG_PEEK, (void *)&who, &len));
    SAY("%d %d %d", (int)len, who.sin_addr.s_addr == a.sin_addr.s_addr, ntohs(who.sin_port) == portof(g));
    R(recv(f, b, 100, 0));
    R(recv(f, b, 100, 0));
    R(recv(f, b, 2, MSG_TRUNC));
    R(recv(f, b, 2, MSG_DONTWAIT));
    R(connect(g, (void *)&a, sizeof a));
    R(send(g, "x", 1, 0));
    R(shutdown(f, SHUT_RD));
    R(recv(f, b, 2, 0));
    R(recv(f, b, 2, 0));
    close(f);
    R(send(g, "x", 1, 0));
    SAY("%x", ready(g, POLLIN | POLLOUT));
    R(send(g, "x", 1, 0));
    R(send(g, "x", 1, 0));
    R(recv(g, b, 1, 0));
    R(send(g, b, 65508, 0) < 0 && errno == EMSGSIZE);
    a.sin_family = AF_UNSPEC;
    R(connect(g, (void *)&a, sizeof a));
    R(send(g, "x", 1, 0));
    SAY("%d", portof(g) > 0);
    close(g);
    g = socket(AF_INET, SOCK_DGRAM, 0);
    R(set(g, IPPROTO_IP, IP_PKTINFO, 1));
    R(set(g, IPPROTO_IP, IP_RECVTTL, 1));
    a = lo(0);
    bind(g, (void *)&a, sizeof a);
    a = lo(portof(g));
    f = socket(AF_INET, SOCK_DGRAM, 0);
    set(f, IPPROTO_IP, IP_TTL, 9);
    sendto(f, "ttl", 3, 0, (void *)&a, sizeof a);
    char control[200];
    struct iovec v = {b, 100};
    struct msghdr m = {&who, sizeof who, &v, 1, control, sizeof control};
    R(recvmsg(g, &m, 0));
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h))
        SAY("cmsg %d %d %d %d", h->cmsg_level, h->cmsg_type, (int)h->cmsg_len, *(int *)CMSG_DATA(h));
    close(f);
    close(g);
}

static void options(void)
{
    SAY("-- options");
    int t = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET6, SOCK_DGRAM, 0);
    static const int names[] = {SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_KEEPALIVE,
        SO_OOBINLINE, SO_PRIORITY, SO_REUSEPORT, SO_PASSCRED, SO_RCVLOWAT, SO_SNDLOWAT, SO_TIMESTAMP,
        SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN, SO_PEEK_OFF, SO_MARK, SO_INCOMING_CPU, SO_BINDTOIFINDEX};
    for (int i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i] != SO_INCOMING_CPU)
            SAY("%d: %d %d", names[i], option(t, SOL_SOCKET, names[i]), option(u, SOL_SOCKET, names[i]));
    for (int i = 1; i < 20; i++)
        if (i != TCP_INFO && i != TCP_CONGESTION && i != TCP_MAXSEG && i != 10 && i != 14 && i != 15 && i != 17 && i != 19)
            SAY("tcp %d: %d", i, option(t, IPPROTO_TCP, i));
    SAY("%d %d", option(t, IPPROTO_IP, IP_TTL), option(t, IPPROTO_IP, IP_TOS));
    SAY("%d %d", option(u, IPPROTO_IPV6, IPV6_V6ONLY), option(u, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
    R(set(t, SOL_SOCKET, SO_RCVBUF, 5000));
    SAY("%d", option(t, SOL_SOCKET, SO_RCVBUF));
    R(set(t, SOL_SOCKET, SO_SNDBUF, 1));
    SAY("%d", option(t, SOL_SOCKET, SO_SNDBUF));
    R(set(t, IPPROTO_TCP, TCP_NODELAY, 5));
    SAY("%d", option(t, IPPROTO_TCP, TCP_NODELAY));
    R(set(t, IPPROTO_TCP, TCP_KEEPIDLE, 0));
    R(set(t, IPPROTO_TCP, TCP_KEEPIDLE, 40000));
    R(set(t, IPPROTO_TCP, 99, 1));
    R(set(t, IPPROTO_IP, IP_TTL, 0));
    R(set(t, IPPROTO_IP, IP_TTL, -1));
    R(set(t, SOL_SOCKET, 9999, 1));
    R(set(t, 9999, 1, 1));
    R(setsockopt(t, SOL_SOCKET, SO_REUSEADDR, b, 3));
    R(setsockopt(t, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
    R(setsockopt(t, SOL_SOCKET, SO_BINDTODEVICE, "nothere", 8));
    struct ip_mreq group = {{htonl(0xe0010203)}, {htonl(INADDR_LOOPBACK)}};
    int g = socket(AF_INET, SOCK_DGRAM, 0);
    R(setsockopt(g, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    R(setsockopt(g, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
    R(setsockopt(g, IPPROTO_IP, IP_MULTICAST_IF, &group.imr_interface, 4));
    struct sockaddr_in a = {AF_INET};
    bind(g, (void *)&a, sizeof a);
    a.sin_port = htons(portof(g));
    a.sin_addr = group.imr_multiaddr;
    R(sendto(g, "all", 3, 0, (void *)&a, sizeof a));
    R(recv(g, b, 10, 0));
    R(setsockopt(g, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
    R(setsockopt(g, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
    close(g);
    close(t);
    close(u);
}

static void edges(void)
{
    SAY("-- edges");
    connection();
    int e = epoll_create1(0);
    struct epoll_event ev = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET}, got[4];
    R(epoll_ctl(e, EPOLL_CTL_ADD, s, &ev));
    R(epoll_wait(e, got, 4, 100));
    SAY("%x", got[0].events);
    R(epoll_wait(e, got, 4, 0));
    send(c, "x", 1, 0);
    R(epoll_wait(e, got, 4, 100));
    SAY("%x", got[0].events);
    R(epoll_wait(e, got, 4, 0));
    send(c, "y", 1, 0);
    R(epoll_wait(e, got, 4, 100));
    R(recv(s, b, 1, 0));
    R(epoll_wait(e, got, 4, 0));
    ev.events = EPOLLOUT | EPOLLET;
    R(epoll_ctl(e, EPOLL_CTL_ADD, c, &ev));
    R(epoll_wait(e, got, 4, 100));
    send(s, "z", 1, 0);
    R(epoll_wait(e, got, 4, 0));
    recv(c, b, 1, 0);
    R(epoll_ctl(e, EPOLL_CTL_DEL, c, 0));
    shutdown(c, SHUT_WR);
    R(epoll_wait(e, got, 4, 100));
    SAY("%x", got[0].events);
    R(epoll_ctl(e, EPOLL_CTL_ADD, c, &ev));
    R(epoll_wait(e, got, 4, 100));
    recv(s, b, 9, 0);
    close(s);
    R(epoll_wait(e, got, 4, 100));
    SAY("%x", got[0].events);
    close(e);
    done();
}

static void amounts(void)
{
    SAY("-- amounts");
    connection();
    static char big[1 << 20];
    struct timeval tv = {0, 50000};
    pid_t child = fork();
    if (!child) {
        close(s);
        close(l);
        long k = write(c, big, sizeof big);
        _exit(k == sizeof big);
    }
    close(c);
    long all = 0, k;
    while ((k = read(s, big, 7000)) > 0)
        all += k;
    int st;
    waitpid(child, &st, 0);
    SAY("%ld %d", all, WEXITSTATUS(st));
    done();
    connection();
    if (!fork()) {
        for (int i = 0; i < 4; i++) {
            send(c, "abcd", 4, 0);
            usleep(2000);
        }
        _exit(0);
    }
    R(recv(s, b, 16, MSG_WAITALL));
    wait(0);
    R(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
    R(recv(s, b, 16, 0));
    send(c, "part", 4, 0);
    R(recv(s, b, 16, MSG_WAITALL));
    R(set(s, SOL_SOCKET, SO_RCVLOWAT, 4));
    send(c, "ab", 2, 0);
    usleep(2000);
    SAY("%x", ready(s, POLLIN));
    send(c, "cd", 2, 0);
    SAY("%x", ready(s, POLLIN));
    R(recv(s, b, 16, 0));
    struct mmsghdr two[2] = {0};
    struct iovec v[2] = {{"first", 5}, {"second", 6}};
    two[0].msg_hdr.msg_iov = v;
    two[1].msg_hdr.msg_iov = v + 1;
    two[0].msg_hdr.msg_iovlen = two[1].msg_hdr.msg_iovlen = 1;
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    R(sendmmsg(pair[0], two, 2, 0));
    SAY("%d %d", two[0].msg_len, two[1].msg_len);
    char in[2][20];
    v[0] = (struct iovec){in[0], 20};
    v[1] = (struct iovec){in[1], 3};
    R(recvmmsg(pair[1], two, 2, MSG_WAITFORONE, 0));
    SAY("%d %d %x", two[0].msg_len, two[1].msg_len, two[1].msg_hdr.msg_flags);
    R(recvmmsg(pair[1], two, 2, MSG_DONTWAIT, 0));
    FILE *file = tmpfile();
    fputs("from a file", file);
    fflush(file);
    off_t from = 5;
    R(sendfile(c, fileno(file), &from, 100));
    R(recv(s, b, 16, 0));
    int pp[2];
    pipe(pp);
    write(pp[1], "through a pipe", 14);
    R(splice(pp[0], 0, c, 0, 100, 0));
    R(splice(s, 0, pp[1], 0, 100, 0));
    R(read(pp[0], b, 100));
    done();
}

static void names(void)
{
    SAY("-- names");
    struct ifaddrs *all;
    R(getifaddrs(&all));
    int four = 0, six = 0;
    for (struct ifaddrs *i = all; i; i = i->ifa_next)
        if (!strcmp(i->ifa_name, "lo") && i->ifa_addr) {
            four += i->ifa_addr->sa_family == AF_INET;
            six += i->ifa_addr->sa_family == AF_INET6;
        }
    SAY("%d %d", four, six);
    SAY("%d %s", if_nametoindex("lo"), if_indextoname(1, b));
    R(if_nametoindex("nothere"));
    struct ifreq r = {"lo"};
    int f = socket(AF_INET, SOCK_DGRAM, 0);
    R(ioctl(f, SIOCGIFFLAGS, &r));
    SAY("%x", r.ifr_flags);
    R(ioctl(f, SIOCGIFMTU, &r));
    SAY("%d", r.ifr_mtu);
    R(ioctl(f, SIOCGIFADDR, &r));
    SAY("%x", ntohl(((struct sockaddr_in *)&r.ifr_addr)->sin_addr.s_addr));
    strcpy(r.ifr_name, "nothere");
    R(ioctl(f, SIOCGIFFLAGS, &r));
    close(f);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    life();
    resets();
    connecting();
    ports();
    dual();
    datagrams();
    options();
    edges();
    amounts();
    names();
    return 0;
}
