/* Makes the system calls that a script on standard input names, with hostile arguments, and prints what each gave. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "hostile-calls.h"

enum { PAGE = 4096, ARENA = 64 * PAGE, OUT = 300, NOBODY = 30000 };
static char *arena, *read_only, *last_page, text[1 << 20];
static int slots[16], terminal[2];

static void make_slots(void)
{
    int ends[2], made[] = {
        open("file", O_RDWR | O_CREAT | O_NONBLOCK, 0644), open(".", O_RDONLY | O_DIRECTORY), open("file", O_PATH),
        eventfd(3, EFD_NONBLOCK), epoll_create1(0), timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK),
        memfd_create("m", MFD_ALLOW_SEALING), inotify_init1(IN_NONBLOCK),
    };
    int at = 0;
    for (unsigned i = 0; i < sizeof made / sizeof *made; i++)
        slots[at++] = made[i];
    pipe2(ends, O_NONBLOCK);
    slots[at++] = ends[0], slots[at++] = ends[1];
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
    slots[at++] = ends[0], slots[at++] = ends[1];
    slots[at++] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    slots[at++] = open("/dev/zero", O_RDWR);
    slots[at++] = -1;
    slots[at++] = 999;
}

/* A pseudo-terminal: the master and the terminal. */
static void make_terminal(void)
{
    int unlocked = 0;
    char name[64];
    terminal[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
    ioctl(terminal[0], TIOCSPTLCK, &unlocked);
    ptsname_r(terminal[0], name, sizeof name);
    terminal[1] = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
}

/* A child that waits for ever, and that others may trace. */
static int target(void)
{
    static int pid;
    if (pid == 0 && (pid = fork()) == 0) {
        alarm(0);
        prctl(PR_SET_PDEATHSIG, SIGKILL), prctl(PR_SET_DUMPABLE, 1);
        for (;;)
            pause();
    }
    usleep(2000);
    return pid;
}

/* A word of the script: its first letter says what kind of argument it is. */
static long argument(char *word)
{
    static const int pids[] = {0, 99999, 1, -1};
    char *end;
    long value = strtol(word + 1, &end, 0), *words;
    switch (*word) {
    case 'b': return (long)arena + value;
    case 'r': return (long)read_only + value;
    case 'e': return (long)last_page + PAGE - value;
    case 'c': return target();
    case 'f': return slots[value & 15];
    case 'q': return terminal[value & 1];
    case 'p': return value < 4 ? pids[value] : value == 4 ? getpid() : getppid();
    case 's': return (long)(word + 1);
    case 'w':
        words = (long *)(arena + ARENA / 2 + (value & 15) * 256);
        for (int i = 0; i < 32 && *end == ','; i++)
            words[i] = strtol(end + 1, &end, 0);
        return (long)words;
    }
    return value;
}

static void play(char *line)
{
    char *words[8] = {0}, *name = strtok(line, " ");
    for (int i = 0; i < 6; i++)
        words[i] = strtok(NULL, " ");
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(calls[i].name, name))
            continue;
        long a[6];
        for (int j = 0; j < 6; j++)
            a[j] = words[j] ? argument(words[j]) : 0;
        long result = syscall(calls[i].nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (strcmp(name, "ptrace") == 0)
            usleep(2000);
        dprintf(OUT, "%s %ld\n", name, result == -1 ? -errno : calls[i].is_loose ? 0 : result > 65536 ? 65537 : result);
    }
}

int main(void)
{
    size_t length = fread(text, 1, sizeof text - 1, stdin);
    struct rlimit files = {400, 400}, size = {1 << 20, 1 << 20};
    dup2(1, OUT);
    signal(SIGPIPE, SIG_IGN), signal(SIGXFSZ, SIG_IGN);
    chmod(".", 0777);
    setpgid(0, 0);
    setgroups(0, NULL), setgid(NOBODY), setuid(NOBODY);
    setrlimit(RLIMIT_NOFILE, &files), setrlimit(RLIMIT_FSIZE, &size);
    arena = mmap((void *)0x10000000, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    read_only = mmap((void *)0x20000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    last_page = mmap((void *)0x30000000, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (int fd = 3; fd < OUT; fd++)
        close(fd);
    close(0), close(1), close(2);
    open("/dev/null", O_RDWR), dup(0), dup(0);
    umask(022);
    mkdir("dir", 0755), symlink("file", "link"), symlink("loop", "loop"), mkfifo("fifo", 0644);
    make_slots();
    make_terminal();
    text[length] = 0;
    int status, child = fork();
    if (child != 0) {
        /* What the first process of a namespace may ignore ends this one. */
        waitpid(child, &status, 0);
        return 0;
    }
    for (char *line = text, *end; *line; line = end) {
        end = strchr(line, '\n');
        *end++ = 0;
        alarm(2);
        play(line);
    }
    dprintf(OUT, "end\n");
    return 0;
}
