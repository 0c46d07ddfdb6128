/* Leases: who gets one, whom an open wakes, and what an open waits for. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

static volatile int got, code, at;
static void on(int signo, siginfo_t *info, void *context)
{
    got++;
    code = info->si_code;
    at = info->si_fd;
}

static void child(int flags, int nap)
{
    if (!fork()) {
        signal(SIGIO, SIG_IGN);
        close_range(3, 20, 0);
        usleep(nap);
        int f = open("leased", flags, 0600);
        SAY("child's open %s", f < 0 ? strerrorname_np(errno) : "done");
        _exit(0);
    }
}

int main(void)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGIO, &a, 0);
    sigaction(SIGRTMIN, &a, 0);
    int f = open("leased", O_RDWR | O_CREAT, 0600);
    R(fcntl(f, 1028));
    int h = open("leased", O_RDWR | O_CREAT, 0600);
    R(fcntl(h, 1028));
    close(h);
    unsigned long hint = 9;
    R(fcntl(f, F_GET_RW_HINT, &hint));
    R((long)hint);
    hint = 6;
    R(fcntl(f, F_SET_RW_HINT, &hint));
    hint = 3;
    R(fcntl(f, F_SET_RW_HINT, &hint));
    R(fcntl(f, F_GET_RW_HINT, &hint));
    R((long)hint);
    R(fcntl(f, F_GET_RW_HINT, 0));
    R(fcntl(f, F_GETLEASE));
    R(fcntl(f, F_SETLEASE, F_RDLCK));
    R(fcntl(f, F_SETLEASE, 9));
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    R(fcntl(f, F_GETLEASE));
    R(fcntl(f, F_SETLEASE, F_UNLCK));
    R(fcntl(f, F_GETLEASE));
    R(fcntl(f, F_SETLEASE, F_UNLCK));
    int g = open("leased", O_RDONLY);
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    R(fcntl(g, F_SETLEASE, F_RDLCK));
    close(f);
    R(fcntl(g, F_SETLEASE, F_WRLCK));
    R(fcntl(g, F_SETLEASE, F_RDLCK));
    R(open("leased", O_RDONLY) >= 0 ? close(f) : -1);
    SAY("heard %d", got);
    R(open("leased", O_WRONLY | O_NONBLOCK));
    SAY("heard %d", got);
    R(fcntl(g, F_GETLEASE));
    R(fcntl(g, F_SETLEASE, F_UNLCK));
    R(open("leased", O_WRONLY | O_NONBLOCK) >= 0 ? close(f) : -1);
    int d = open(".", O_RDONLY);
    R(fcntl(d, F_SETLEASE, F_RDLCK));
    int p[2];
    pipe(p);
    R(fcntl(p[0], F_SETLEASE, F_RDLCK));
    R(fcntl(p[0], F_GETLEASE));
    close(g);
    got = 0;

    f = open("leased", O_RDWR);
    R(fcntl(f, F_SETSIG, SIGRTMIN));
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    child(O_RDONLY, 1000);
    while (!got)
        usleep(1000);
    SAY("broken %d code %d fd %d lease %d", got, code, at == f, fcntl(f, F_GETLEASE));
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    R(fcntl(f, F_SETLEASE, F_RDLCK));
    SAY("lease %d", fcntl(f, F_GETLEASE));
    got = fcntl(f, F_SETLEASE, F_UNLCK);
    wait(0);
    SAY("let go %d", got);
    got = 0;
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    child(O_RDWR, 1000);
    while (!got)
        usleep(1000);
    SAY("broken %d lease %d", got, fcntl(f, F_GETLEASE));
    got = fcntl(f, F_SETLEASE, F_UNLCK);
    wait(0);
    SAY("let go %d", got);
    got = 0;
    R(fcntl(f, F_SETLEASE, F_WRLCK));
    child(O_WRONLY | O_TRUNC, 1000);
    while (!got)
        usleep(1000);
    close(f);
    wait(0);
    g = open("leased", O_RDONLY);
    got = 0;
    R(fcntl(g, F_SETLEASE, F_RDLCK));
    if (!fork()) {
        signal(SIGIO, SIG_IGN);
        close_range(3, 20, 0);
        SAY("truncated: %d", truncate("leased", 3));
        _exit(0);
    }
    while (!got)
        usleep(1000);
    SAY("heard of it: lease %d", fcntl(g, F_GETLEASE));
    got = fcntl(g, F_SETLEASE, F_UNLCK);
    wait(0);
    SAY("let go %d", got);
    seteuid(7);
    R(fcntl(g, F_SETLEASE, F_RDLCK));
    return 0;
}
