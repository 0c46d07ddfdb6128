/* Signal-driven input and output: owners, signals, what they tell, directory notification. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"

static volatile int got;
static siginfo_t last;

static void on(int signo, siginfo_t *info, void *context)
{
    got++;
    last = *info;
}

static void heard(const char *what)
{
    printf("%s: %d", what, got);
    if (got && last.si_code != SI_KERNEL)
        printf(" code %d fd %d band %lx", last.si_code, last.si_fd, (long)last.si_band);
    printf(got ? " signal %d\n" : "\n", last.si_signo);
    got = 0;
}

int main(void)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGIO, &a, 0);
    sigaction(SIGRTMIN + 3, &a, 0);
    int p[2];
    pipe(p);
    R(fcntl(p[0], F_GETOWN));
    R(fcntl(p[0], F_GETSIG));
    R(fcntl(p[0], F_SETFL, O_ASYNC));
    SAY("flags %x", fcntl(p[0], F_GETFL) & 0x2fff);
    write(p[1], "a", 1);
    heard("without an owner");
    R(fcntl(p[0], F_SETOWN, 999999));
    R(fcntl(p[0], F_SETOWN, -999999));
    R(fcntl(p[0], F_SETOWN, getpid()));
    R(fcntl(p[0], F_GETOWN) == getpid());
    write(p[1], "a", 1);
    heard("SIGIO");
    R(fcntl(p[0], F_SETSIG, 65));
    R(fcntl(p[0], F_SETSIG, SIGRTMIN + 3));
    R(fcntl(p[0], F_GETSIG));
    write(p[1], "a", 1);
    heard("a real-time signal");
    char b[10];
    read(p[0], b, 10);
    heard("a read tells the writer only");
    R(fcntl(p[1], F_SETSIG, SIGRTMIN + 3));
    R(fcntl(p[1], F_SETFL, O_ASYNC));
    R(fcntl(p[1], F_SETOWN, getpid()));
    R(fcntl(p[0], F_SETFL, 0));
    write(p[1], "a", 1);
    heard("not the reader any more");
    read(p[0], b, 10);
    heard("room");
    struct f_owner_ex o = {F_OWNER_TID, syscall(SYS_gettid)};
    R(fcntl(p[1], F_SETOWN_EX, &o));
    memset(&o, 9, sizeof o);
    R(fcntl(p[1], F_GETOWN_EX, &o));
    SAY("%d %d", o.type, o.pid == getpid());
    o.type = 7;
    R(fcntl(p[1], F_SETOWN_EX, &o));
    o.type = F_OWNER_PGRP;
    o.pid = getpgrp();
    R(fcntl(p[0], F_SETOWN_EX, &o));
    R(fcntl(p[0], F_GETOWN) == -getpgrp());
    R(fcntl(p[0], F_SETOWN_EX, (void *)1));
    R(fcntl(p[1], F_SETFL, 0));
    close(p[0]);
    close(p[1]);
    heard("closed");
    int s[2], one = 1;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    R(fcntl(s[0], F_SETOWN, getpid()));
    R(fcntl(s[0], F_SETSIG, SIGRTMIN + 3));
    R(ioctl(s[0], FIOASYNC, &one));
    SAY("flags %x", fcntl(s[0], F_GETFL) & 0x2fff);
    write(s[1], "x", 1);
    heard("socket");
    int f = open("file", O_RDWR | O_CREAT, 0600);
    R(ioctl(f, FIOASYNC, &one));
    R(fcntl(f, F_SETFL, O_ASYNC | O_APPEND));
    SAY("flags %x", fcntl(f, F_GETFL) & 0x2fff);
    int in = inotify_init1(0);
    inotify_add_watch(in, ".", IN_CREATE);
    R(fcntl(in, F_SETOWN, getpid()));
    R(fcntl(in, F_SETFL, O_ASYNC));
    close(open("made", O_CREAT | O_WRONLY, 0600));
    heard("inotify");
    close(in);
    mkdir("watched", 0700);
    int d = open("watched", O_RDONLY);
    R(fcntl(f, F_NOTIFY, DN_CREATE));
    R(fcntl(d, F_SETSIG, SIGRTMIN + 3));
    R(fcntl(d, F_NOTIFY, DN_CREATE | DN_DELETE));
    close(open("watched/a", O_CREAT | O_WRONLY, 0600));
    heard("a name made");
    last.si_fd == d ? SAY("its descriptor") : 0;
    unlink("watched/a");
    heard("once only");
    R(fcntl(d, F_NOTIFY, DN_MULTISHOT | DN_MODIFY | DN_ATTRIB | DN_RENAME));
    f = open("watched/b", O_CREAT | O_WRONLY, 0600);
    heard("not asked for");
    write(f, "x", 1);
    heard("modified");
    fchmod(f, 0644);
    heard("mode");
    rename("watched/b", "watched/c");
    heard("renamed");
    R(fcntl(d, F_NOTIFY, 0));
    write(f, "x", 1);
    heard("no more");
    R(fcntl(d, F_NOTIFY, DN_MULTISHOT | DN_MODIFY));
    close(d);
    write(f, "x", 1);
    heard("closed");
    pid_t pid = fork();
    if (!pid) {
        pause();
        _exit(0);
    }
    pipe(p);
    fcntl(p[0], F_SETOWN, pid);
    signal(SIGIO, SIG_DFL);
    fcntl(p[0], F_SETFL, O_ASYNC);
    kill(pid, SIGCONT);
    signal(SIGIO, SIG_IGN);
    int status;
    kill(pid, SIGKILL);
    R(waitpid(pid, &status, 0) == pid);
    write(p[1], "x", 1);
    heard("owner gone");
    return 0;
}
