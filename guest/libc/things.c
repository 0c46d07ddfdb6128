/* Small things of files without a place, of /proc, and of terminals. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "calls.h"

#define PAGE 4096

static void owners(const char *what, int fd)
{
    struct stat s;
    char path[40], link[100] = "";
    fstat(fd, &s);
    SAY("%s: mode %o, uid %d, gid %d", what, s.st_mode, s.st_uid, s.st_gid);
    R(fchmod(fd, 0640));
    R(fchown(fd, 7, 8));
    sprintf(path, "/proc/self/fd/%d", fd);
    fstat(fd, &s);
    SAY("%s: mode %o, uid %d, gid %d", what, s.st_mode, s.st_uid, s.st_gid);
    stat(path, &s);
    SAY("%s: mode %o, uid %d, gid %d", what, s.st_mode, s.st_uid, s.st_gid);
    R(chmod(path, 0600));
    fstat(fd, &s);
    SAY("%s: mode %o, nlink %ld, size %ld, blocks %ld, block size %ld", what, s.st_mode, (long)s.st_nlink, (long)s.st_size, (long)s.st_blocks, (long)s.st_blksize);
}

static uint64_t entry(int fd, char *at)
{
    uint64_t value = 0;
    pread(fd, &value, 8, (long)at / PAGE * 8);
    return value;
}
/* Bits: present, swapped, file or shared, exclusive; and whether a frame's number is told. */
static void page(const char *what, int fd, char *at)
{
    uint64_t e = entry(fd, at);
    SAY("%s: present %d file %d exclusive %d", what, (int)(e >> 63) & 1, (int)(e >> 61) & 1, (int)(e >> 56) & 1);
}

static long field(const char *file, const char *name)
{
    char line[512];
    FILE *f = fopen(file, "r");
    long value = -1;
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, name, strlen(name))) value = atol(line + strlen(name) + 1);
    fclose(f);
    return value;
}
#define STATUS(name) field("/proc/self/status", name)

static long mapping(char *at, const char *name)
{
    char line[512];
    FILE *f = fopen("/proc/self/smaps", "r");
    long value = -1;
    int inside = 0;
    while (fgets(line, sizeof line, f)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) inside = start == (unsigned long)at;
        if (inside && !strncmp(line, name, strlen(name))) value = atol(line + strlen(name) + 1);
    }
    fclose(f);
    return value;
}

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0) return -1;
    int n = write(fd, text, strlen(text));
    int e = errno;
    close(fd);
    errno = e;
    return n;
}

static void memory(void)
{
    SAY("-- /proc/PID/pagemap, clear_refs, and the peaks of status");
    int fd = open("/proc/self/pagemap", O_RDONLY);
    char *at = (char *)mmap(NULL, 10 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + PAGE;
    mprotect(at, 8 * PAGE, PROT_READ | PROT_WRITE);
    uint64_t some[4];
    at[PAGE] = 1;
    page("untouched", fd, at);
    page("touched", fd, at + PAGE);
    (void)*(volatile char *)(at + 2 * PAGE);
    page("read only", fd, at + 2 * PAGE);
    munmap(at + 7 * PAGE, PAGE);
    page("unmapped", fd, at + 7 * PAGE);
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = 1;
    page("shared", fd, shared);
    int self = open("/proc/self/exe", O_RDONLY);
    char *file = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self, 0);
    (void)*(volatile char *)file;
    SAY("file: %d", (int)(entry(fd, file) >> 61) & 5);
    R(pread(fd, some, 7, 0));
    R(pread(fd, some, 8, 4));
    R(pread(fd, some, 12, 0));
    R(pread(fd, some, 32, (long)at / PAGE * 8));
    R(pread(fd, some, 8, (1L << 62)));
    R((long)pread(fd, some, 8, (0x7fffffffffffL / PAGE + 1000000) * 8));
    SAY("frame told: %d", (entry(fd, at + PAGE) & ((1ULL << 55) - 1)) != 0);
    if (fork() == 0) {
        page("after fork", fd, at + PAGE);
        int own = open("/proc/self/pagemap", O_RDONLY);
        page("child's own", own, at + PAGE);
        at[PAGE] = 3;
        page("after a write", own, at + PAGE);
        _exit(0);
    }
    wait(NULL);
    SAY("VmPeak is VmSize: %d", STATUS("VmPeak:") >= STATUS("VmSize:"));
    long before = STATUS("VmPeak:"), size = STATUS("VmSize:");
    char *big = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SAY("grown by %ld, peak with it %d", STATUS("VmSize:") - size, STATUS("VmPeak:") == STATUS("VmSize:"));
    memset(big, 1, 16 << 20);
    long rss = STATUS("VmRSS:");
    SAY("peak of pages is what is there: %d", STATUS("VmHWM:") - rss < 200);
    munmap(big, 64 << 20);
    SAY("peak stays: %d, size %d", STATUS("VmPeak:") - before >= 64 << 10, STATUS("VmSize:") == size);
    SAY("peak of pages stays: %d", STATUS("VmHWM:") >= rss - 2000 && STATUS("VmRSS:") < rss - 10000);
    R(put("/proc/self/clear_refs", "5"));
    SAY("peak of pages is reset: %d", STATUS("VmHWM:") < rss - 10000);
    R(put("/proc/self/clear_refs", "1"));
    SAY("referenced: %ld", mapping(at, "Referenced:"));
    at[PAGE] = 2;
    SAY("referenced: %ld of %ld", mapping(at, "Referenced:"), mapping(at, "Rss:"));
    R(put("/proc/self/clear_refs", "3"));
    SAY("referenced: %ld", mapping(at, "Referenced:"));
    R(put("/proc/self/clear_refs", "2"));
    SAY("referenced: %ld", mapping(at, "Referenced:"));
    R(put("/proc/self/clear_refs", "0"));
    R(put("/proc/self/clear_refs", "6"));
    R(put("/proc/self/clear_refs", "x"));
    R(put("/proc/self/clear_refs", "2"));
    R(put("/proc/self/clear_refs", "3"));
    R(put("/proc/self/clear_refs", " 1\n"));
    R(open("/proc/self/clear_refs", O_RDONLY) >= 0);
    R(read(open("/proc/self/clear_refs", O_RDONLY), some, 1));
    struct stat s;
    stat("/proc/self/clear_refs", &s);
    SAY("%o", s.st_mode);
    stat("/proc/self/pagemap", &s);
    SAY("%o", s.st_mode);
}

static void locks(void)
{
    SAY("-- settings of a terminal that are locked");
    int master, slave;
    struct termios t, locked, had;
    openpty(&master, &slave, NULL, NULL, NULL);
    memset(&locked, 0xff, sizeof locked);
    R(ioctl(slave, TIOCGLCKTRMIOS, &locked));
    SAY("%x %x %x %x %x %x", locked.c_iflag, locked.c_oflag, locked.c_cflag, locked.c_lflag, locked.c_line, locked.c_cc[VINTR]);
    locked.c_lflag = ECHO, locked.c_oflag = OPOST, locked.c_cc[VINTR] = 1, locked.c_line = 0;
    R(ioctl(slave, TIOCSLCKTRMIOS, &locked));
    tcgetattr(slave, &had);
    t = had;
    t.c_lflag &= ~(ECHO | ICANON), t.c_oflag &= ~OPOST, t.c_cc[VINTR] = 7, t.c_cc[VQUIT] = 6;
    R(tcsetattr(slave, TCSANOW, &t));
    tcgetattr(slave, &t);
    SAY("echo %d canon %d opost %d intr %d quit %d", !!(t.c_lflag & ECHO), !!(t.c_lflag & ICANON), !!(t.c_oflag & OPOST), t.c_cc[VINTR], t.c_cc[VQUIT]);
    memset(&locked, 0, sizeof locked);
    R(ioctl(master, TIOCGLCKTRMIOS, &locked));
    SAY("%x %x %x %x", locked.c_lflag, locked.c_oflag, locked.c_cc[VINTR], locked.c_cc[VQUIT]);
    R(ioctl(slave, TIOCGLCKTRMIOS, (void *)8));
    R(ioctl(slave, TIOCSLCKTRMIOS, (void *)8));
    if (fork() == 0) {
        setuid(1000);
        R(ioctl(slave, TIOCGLCKTRMIOS, &locked));
        R(ioctl(slave, TIOCSLCKTRMIOS, &locked));
        R(vhangup());
        _exit(0);
    }
    wait(NULL);
    int pipes[2];
    pipe(pipes);
    R(ioctl(pipes[0], TIOCCONS));
    R(ioctl(pipes[0], TIOCGLCKTRMIOS, &locked));
}

int main(void)
{
    int pipes[2], pair[2];
    umask(022);
    setbuf(stdout, NULL);
    SAY("-- owners and modes of what has no name");
    pipe(pipes);
    owners("pipe", pipes[0]);
    struct stat s;
    fstat(pipes[1], &s);
    SAY("other end: mode %o, uid %d", s.st_mode, s.st_uid);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    owners("socket", pair[0]);
    fstat(pair[1], &s);
    SAY("other end: mode %o, uid %d", s.st_mode, s.st_uid);
    owners("tcp", socket(AF_INET, SOCK_STREAM, 0));
    owners("memfd", memfd_create("x", 0));
    if (fork() == 0) {
        setuid(1000);
        R(fchmod(pipes[0], 0777));
        R(fchown(pipes[0], 1000, -1));
        R(fchown(pair[0], 1000, -1));
        int mine[2];
        pipe(mine);
        fstat(mine[0], &s);
        SAY("own: uid %d", s.st_uid);
        R(fchmod(mine[0], 0));
        R(fchown(mine[0], 1001, -1));
        _exit(0);
    }
    wait(NULL);
    struct stat proc, user;
    stat("/proc", &proc), stat("/proc/self/ns/user", &user);
    SAY("namespaces lie elsewhere: %d", proc.st_dev != user.st_dev);
    memory();
    locks();
    return 0;
}
