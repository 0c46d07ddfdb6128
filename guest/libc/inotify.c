/* inotify: every event of every change, and the limits of an instance. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "calls.h"

static const struct { unsigned bit; const char *name; } names[] = {
    {IN_ACCESS, "ACCESS"}, {IN_MODIFY, "MODIFY"}, {IN_ATTRIB, "ATTRIB"}, {IN_CLOSE_WRITE, "CLOSE_WRITE"},
    {IN_CLOSE_NOWRITE, "CLOSE_NOWRITE"}, {IN_OPEN, "OPEN"}, {IN_MOVED_FROM, "MOVED_FROM"}, {IN_MOVED_TO, "MOVED_TO"},
    {IN_CREATE, "CREATE"}, {IN_DELETE, "DELETE"}, {IN_DELETE_SELF, "DELETE_SELF"}, {IN_MOVE_SELF, "MOVE_SELF"},
    {IN_UNMOUNT, "UNMOUNT"}, {IN_Q_OVERFLOW, "Q_OVERFLOW"}, {IN_IGNORED, "IGNORED"}, {IN_ISDIR, "ISDIR"},
};
static int in;
static unsigned cookies[64], ncookies;

/* Cookies as small numbers, in the order they come. */
static unsigned cookie(unsigned c)
{
    if (!c)
        return 0;
    for (unsigned i = 0; i < ncookies; i++)
        if (cookies[i] == c)
            return i + 1;
    cookies[ncookies++] = c;
    return ncookies;
}

static void show(const char *what)
{
    static char buffer[1 << 20];
    printf("-- %s\n", what);
    long n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < n;) {
            struct inotify_event *e = (void *)(buffer + at);
            printf("   wd %d", e->wd);
            for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
                if (e->mask & names[i].bit)
                    printf(" %s", names[i].name);
            if (e->cookie)
                printf(" cookie %u", cookie(e->cookie));
            if (e->len)
                printf(" len %u %s", e->len, e->name[0] == 35 ? "#" : e->name);
            printf("\n");
            at += sizeof *e + e->len;
        }
    fflush(stdout);
}

static void put(const char *path, const char *text)
{
    int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    write(f, text, strlen(text));
    close(f);
}

static void watchTree(void)
{
    mkdir("d", 0755);
    mkdir("e", 0755);
    R(inotify_add_watch(in, "d", IN_ALL_EVENTS));
    R(inotify_add_watch(in, "e", IN_ALL_EVENTS));
    put("d/f", "hello");
    show("put");
    int f = open("d/f", O_RDWR);
    char b[8];
    read(f, b, 3);
    read(f, b, 3);
    read(f, b, 3);
    pread(f, b, 1, 0);
    show("reads, of which one at the end");
    write(f, "x", 1);
    pwrite(f, "y", 1, 0);
    struct iovec v[2] = {{b, 1}, {b, 1}};
    preadv(f, v, 2, 0);
    pwritev(f, v, 2, 0);
    ftruncate(f, 3);
    fallocate(f, 0, 0, 10);
    show("writes");
    fchmod(f, 0600);
    fchown(f, 1, 1);
    futimens(f, 0);
    struct timespec t[2] = {{5, 5}, {0, UTIME_OMIT}};
    futimens(f, t);
    t[0].tv_nsec = UTIME_OMIT;
    t[1].tv_nsec = 4;
    futimens(f, t);
    fsetxattr(f, "trusted.x", "1", 1, 0);
    fremovexattr(f, "trusted.x");
    show("attributes");
    close(f);
    show("close");
    chmod("d/f", 0644);
    truncate("d/f", 1);
    chown("d/f", 0, 0);
    utimensat(AT_FDCWD, "d/f", 0, 0);
    setxattr("d/f", "trusted.x", "1", 1, 0);
    removexattr("d/f", "trusted.x");
    show("by path");
    mkdir("d/sub", 0755);
    symlink("f", "d/link");
    link("d/f", "d/hard");
    mknod("d/fifo", S_IFIFO | 0600, 0);
    show("names made");
    chmod("d", 0700);
    chmod("d/sub", 0700);
    lchown("d/link", 0, 0);
    show("modes of directories");
    rename("d/f", "d/g");
    rename("d/g", "e/g");
    rename("d/sub", "e/sub");
    rename("d/hard", "e/g");
    show("renames, the last of one inode onto itself");
    put("d/victim", "v");
    put("d/other", "o");
    show("two files");
    rename("d/other", "d/victim");
    show("rename over");
    syscall(SYS_renameat2, AT_FDCWD, "d/victim", AT_FDCWD, "e/g", 2);
    show("exchange");
    syscall(SYS_renameat2, AT_FDCWD, "d/victim", AT_FDCWD, "nowhere", 1);
    show("out");
    rename("nowhere", "d/back");
    show("in");
    unlink("d/link");
    unlink("d/fifo");
    rmdir("e/sub");
    unlink("d/back");
    show("removals");
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    char entries[4096];
    syscall(SYS_getdents64, dir, entries, sizeof entries);
    syscall(SYS_getdents64, dir, entries, sizeof entries);
    close(dir);
    show("directory read");
    int tmp = open("d", O_TMPFILE | O_RDWR, 0600);
    write(tmp, "t", 1);
    show("O_TMPFILE");
    linkat(AT_FDCWD, "/proc/self/fd/99", AT_FDCWD, "d/named", AT_SYMLINK_FOLLOW);
    char p[64];
    sprintf(p, "/proc/self/fd/%d", tmp);
    R(linkat(AT_FDCWD, p, AT_FDCWD, "d/named", AT_SYMLINK_FOLLOW));
    write(tmp, "t", 1);
    close(tmp);
    show("linked");
    int path = open("d/named", O_PATH);
    close(path);
    show("O_PATH");
    open("d/missing", O_RDONLY);
    access("d/named", R_OK);
    struct stat s;
    stat("d/named", &s);
    show("looking");
    R(syscall(SYS_inotify_rm_watch, in, 2));
    rmdir("e");
    rmdir("d");
    unlink("e/g");
    rmdir("e");
    show("rm_watch and not empty");
    unlink("d/named");
    rmdir("d");
    show("the directory itself");
    R(inotify_rm_watch(in, 1));
}

static void watchFile(void)
{
    put("file", "abc");
    int wd = inotify_add_watch(in, "file", IN_ALL_EVENTS);
    R(wd);
    int f = open("file", O_RDWR);
    unlink("file");
    show("unlinked while open");
    write(f, "z", 1);
    fchmod(f, 0600);
    close(f);
    show("its end");
    put("file", "abc");
    link("file", "second");
    wd = inotify_add_watch(in, "file", IN_ALL_EVENTS);
    R(inotify_add_watch(in, "second", IN_MODIFY | IN_MASK_CREATE));
    unlink("file");
    show("one of two names");
    rename("second", "third");
    put("third", "more");
    show("moved and rewritten");
    put("fourth", "x");
    rename("fourth", "third");
    show("replaced");
    R(inotify_add_watch(in, "third", IN_MODIFY | IN_ONESHOT));
    put("third", "a");
    put("third", "b");
    show("one shot");
    wd = inotify_add_watch(in, "third", IN_MODIFY);
    R(inotify_add_watch(in, "third", IN_OPEN | IN_MASK_ADD));
    put("third", "a");
    show("mask added");
    R(inotify_add_watch(in, "third", IN_CLOSE));
    put("third", "a");
    show("mask replaced");
    unlink("third");
    show("gone");
}

static void children(void)
{
    mkdir("c", 0755);
    put("c/kid", "k");
    int wd = inotify_add_watch(in, "c", IN_ALL_EVENTS);
    int f = open("c/kid", O_RDWR);
    unlink("c/kid");
    write(f, "1", 1);
    close(f);
    show("a child without a name");
    R(inotify_add_watch(in, "c", IN_ALL_EVENTS | IN_EXCL_UNLINK) == wd);
    put("c/kid", "k");
    f = open("c/kid", O_RDWR);
    unlink("c/kid");
    write(f, "1", 1);
    close(f);
    show("IN_EXCL_UNLINK");
    put("c/kid", "k");
    f = open("c/kid", O_RDWR);
    rename("c/kid", "c/kid2");
    write(f, "1", 1);
    show("open file follows a rename");
    rename("c/kid2", "away");
    write(f, "1", 1);
    close(f);
    show("and leaves with it");
    unlink("away");
    put("c/kid", "k");
    link("c/kid", "outside");
    show("another name outside");
    put("outside", "k");
    chmod("outside", 0600);
    show("is not the child's");
    unlink("outside");
    show("removing it");
    int both = inotify_add_watch(in, "c/kid", IN_ALL_EVENTS);
    put("c/kid", "zz");
    show("child and parent");
    unlink("c/kid");
    show("child and parent removed");
    int p[2];
    pipe(p);
    mkfifo("c/fifo", 0600);
    f = open("c/fifo", O_RDWR);
    write(f, "abc", 3);
    char b[4];
    read(f, b, 3);
    close(f);
    show("fifo");
    unlink("c/fifo");
    put("c/src", "0123456789");
    put("c/dst", "");
    show("two files");
    int a = open("c/src", O_RDONLY), d = open("c/dst", O_RDWR);
    sendfile(d, a, 0, 4);
    copy_file_range(a, 0, d, 0, 3, 0);
    splice(a, 0, p[1], 0, 2, 0);
    splice(p[0], 0, d, 0, 2, 0);
    show("copies");
    char *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, d, 0);
    m[0] = 'M';
    msync(m, 4096, MS_SYNC);
    munmap(m, 4096);
    show("mmap tells nothing");
    close(a);
    close(d);
    d = open("c/dst", O_RDWR | O_TRUNC);
    int e = dup(d);
    close(d);
    show("dup keeps it open");
    pid_t pid = fork();
    if (!pid)
        _exit(0);
    waitpid(pid, 0, 0);
    close(e);
    show("last close");
    chdir("c");
    chdir("..");
    show("chdir");
    { int q = open("c/src", O_RDONLY); char z[20]; read(q, z, 20); read(q, z, 20); close(q); }
    show("cat");
    unlink("c/src");
    unlink("c/dst");
    rmdir("c");
    show("all gone");
}

static void limits(void)
{
    mkdir("l", 0755);
    int wd = inotify_add_watch(in, "l", IN_CREATE | IN_DELETE);
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    for (int length = 1; length <= 255; length = length * 2 + 1) {
        char p[300];
        snprintf(p, sizeof p, "l/%.*s", length, name);
        close(open(p, O_CREAT | O_WRONLY, 0600));
        int n;
        ioctl(in, FIONREAD, &n);
        printf("name of %d: FIONREAD %d\n", length, n);
        unlink(p);
        char small[16 + 16];
        errno = 0;
        R(read(in, small, sizeof small));
        R(read(in, small, 15));
    }
    show("the rest");
    R(read(in, name, 100));
    struct pollfd pf = {in, POLLIN | POLLOUT | POLLPRI};
    R(poll(&pf, 1, 0));
    close(open("l/x", O_CREAT, 0600));
    R(poll(&pf, 1, 0));
    printf("revents %x\n", pf.revents);
    int ep = epoll_create1(0);
    struct epoll_event ev = {EPOLLIN | EPOLLET}, got;
    R(epoll_ctl(ep, EPOLL_CTL_ADD, in, &ev));
    R(epoll_wait(ep, &got, 1, 0));
    R(epoll_wait(ep, &got, 1, 0));
    unlink("l/x");
    R(epoll_wait(ep, &got, 1, 0));
    show("epoll");
    R(write(in, "x", 1));
    R(lseek(in, 0, SEEK_SET));
    R(read(in, (void *)1, 100));
    R(inotify_add_watch(in, "l", 0));
    R(inotify_add_watch(in, "l", IN_DONT_FOLLOW));
    R(inotify_add_watch(in, "l", IN_MASK_ADD | IN_MASK_CREATE | IN_OPEN));
    R(inotify_add_watch(99, "l", IN_OPEN));
    R(inotify_add_watch(1, "l", IN_OPEN));
    R(inotify_add_watch(in, "l/none", IN_OPEN));
    R(inotify_add_watch(in, "", IN_OPEN));
    R(inotify_add_watch(in, (char *)1, IN_OPEN));
    put("l/f", "x");
    symlink("f", "l/s");
    R(inotify_add_watch(in, "l/f", IN_OPEN | IN_ONLYDIR));
    R(inotify_add_watch(in, "l/f", IN_OPEN) == inotify_add_watch(in, "l/s", IN_OPEN));
    R(inotify_add_watch(in, "l/f", IN_OPEN) == inotify_add_watch(in, "l/s", IN_OPEN | IN_DONT_FOLLOW));
    R(inotify_rm_watch(in, 9999));
    R(inotify_rm_watch(99, 1));
    R(inotify_rm_watch(0, 1));
    R(syscall(SYS_inotify_init1, 1));
    R(fcntl(in, F_GETFL) & O_NONBLOCK);
    show("drained");
    FILE *o = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
    int most = 0;
    fscanf(o, "%d", &most);
    fclose(o);
    printf("max_queued_events %d\n", most);
    R(inotify_add_watch(in, "l", IN_CREATE | IN_DELETE));
    for (int i = 0; i < most + 10; i++) {
        if (i & 1)
            unlink("l/q");
        else
            close(open("l/q", O_CREAT | O_WRONLY, 0600));
    }
    int n;
    ioctl(in, FIONREAD, &n);
    printf("queued %d\n", n);
    char *all = malloc(n + 1);
    long r = read(in, all, n);
    struct inotify_event none = {0}, *last = &none;
    for (long at = 0; at < r; at += sizeof *last + last->len)
        last = (void *)(all + at);
    printf("last wd %d mask %x cookie %d len %d\n", last->wd, last->mask, last->cookie, last->len);
    unlink("l/q");
    show("afterwards");
}

static void blocked(void)
{
    int wait = inotify_init1(0);
    inotify_add_watch(wait, "l", IN_CREATE);
    if (!fork()) {
        usleep(20000);
        close(open("l/late", O_CREAT | O_WRONLY, 0600));
        _exit(0);
    }
    char b[100];
    long n = read(wait, b, sizeof b);
    struct inotify_event *e = (void *)b;
    printf("blocked read %ld %x %s\n", n, e->mask, e->name);
    int s;
    R(waitpid(-1, &s, 0) > 0);
    unlink("l/late");
    close(wait);
    wait = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    R(fcntl(wait, F_GETFD));
    char target[100] = {0};
    sprintf(b, "/proc/self/fd/%d", wait);
    readlink(b, target, 99);
    printf("%s\n", target);
    struct stat st;
    fstat(wait, &st);
    printf("mode %o\n", st.st_mode);
}

int main(void)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    umask(022);
    in = inotify_init1(IN_NONBLOCK);
    R(in);
    watchTree();
    watchFile();
    children();
    limits();
    blocked();
    return 0;
}
