/* Mounts: tmpfs with bounds, bind, remount, move, propagation, flags that are enforced, unmounting. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "calls.h"

static char home[1000];

/* Lines of /proc/self/mountinfo about this folder, without numbers. */
static void table(const char *what)
{
    SAY("-- %s", what);
    char line[4096], cwd[1000];
    getcwd(cwd, sizeof cwd);
    FILE *f = fopen("/proc/self/mountinfo", "r");
    while (fgets(line, sizeof line, f)) {
        int id, parent, n;
        char device[64], root[1000], where[1000];
        sscanf(line, "%d %d %s %s %s %n", &id, &parent, device, root, where, &n);
        if (strncmp(where, cwd, strlen(cwd)) || !where[strlen(cwd)])
            continue;
        char *rest = line + n, *shared = strstr(rest, "shared:"), *master = strstr(rest, "master:"), *dash = strstr(rest, " - ");
        char *options = strtok(rest, " ");
        char *type = strtok(dash + 3, " "), *source = strtok(0, " "), *super = strtok(0, "\n");
        char *inode64 = strstr(super, ",inode64");
        if (inode64)
            memmove(inode64, inode64 + 8, strlen(inode64 + 8) + 1);
        SAY("   %s root %s %s%s%s %s %s %s", where + strlen(cwd), strlen(root) > 5 && strncmp(type, "tmpfs", 5) == 0 ? strrchr(root, '/') : root, options, shared ? " shared" : "", master ? " slave" : "", type, source, super);
    }
    fclose(f);
}

static void put(const char *path, int n)
{
    int f = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    char b[4096];
    memset(b, 'x', sizeof b);
    errno = 0;
    long total = 0, r = f;
    while (f >= 0 && n > 0 && (r = write(f, b, n < 4096 ? n : 4096)) > 0)
        total += r, n -= r;
    SAY("put %s: %ld %s", path, total, r < 0 ? strerrorname_np(errno) : "");
    close(f);
}

static void full(const char *path)
{
    struct statfs s;
    R(statfs(path, &s));
    SAY("   blocks %ld free %ld files %ld free %ld flags %lx name %ld", (long)s.f_blocks, (long)s.f_bfree, (long)s.f_files, (long)s.f_ffree,
        (long)s.f_flags & ~0x20L, (long)s.f_namelen);
}

static void second(void)
{
    struct stat s;
    char cwd[1000];
    R(mount("t", "m", "tmpfs", 0, 0));
    R(mkdir("m/in", 0755));
    R(mkdir("m/in/deep", 0755));
    put("m/in/f", 3);
    R(mount("m/in", "n", 0, MS_BIND, 0));
    table("bind of a part");
    R(access("n/f", F_OK));
    R(rename("n/f", "m/in/g"));
    R(link("n/f", "m/in/g"));
    R(rmdir("m/in"));
    R(rename("m/in", "m/out"));
    table("its root has moved");
    R(mount("m/out/f", "file", 0, MS_BIND, 0));
    R(mount("m/out/f", "n", 0, MS_BIND, 0));
    R(mount("m/out", "file", 0, MS_BIND, 0));
    R(unlink("file"));
    R(umount("m"));
    R(umount("file"));
    R(stat("file", &s));
    SAY("size %ld", (long)s.st_size);
    R(chdir("n/deep"));
    R(rename("../../m/out/deep", "../../m/escaped"));
    errno = 0;
    R(chdir(".."));
    R(getcwd(cwd, sizeof cwd) ? 0 : -1);
    SAY("%s", strrchr(cwd, 47));
    chdir(home);
    table("before the end");
    R(umount2("n", MNT_DETACH));
    R(umount2("m", MNT_DETACH));
    for (int i = 0; i < 6; i++)
        umount("file"), umount("n"), umount("m");
    table("all gone");
}

static void third(void)
{
    chdir(home);
    R(mount("t", "m", "tmpfs", 0, 0));
    R(mkdir("m/a", 0755));
    R(mkdir("m/b", 0755));
    R(mount("u", "m/a", "tmpfs", 0, "size=8k"));
    put("m/a/inside", 10);
    R(mount("m", "n", 0, MS_BIND, 0));
    R(mount("m", "o", 0, MS_BIND | MS_REC, 0));
    R(access("n/a/inside", F_OK));
    R(access("o/a/inside", F_OK));
    table("bind with and without what is mounted inside");
    R(mount("m/a", "m/b", 0, MS_MOVE, 0));
    R(access("m/b/inside", F_OK));
    R(mount("m", "m/a", 0, MS_MOVE, 0));
    R(mount("m/a", "p", 0, MS_MOVE, 0));
    R(mount("m", "file", 0, MS_MOVE, 0));
    R(mount("m", "missing", 0, MS_MOVE, 0));
    table("moved");
    R(umount("m"));
    int f = open("m/b/inside", O_RDONLY);
    R(umount("m/b"));
    R(umount2("m/b", MNT_DETACH));
    char b[4];
    R(read(f, b, 4));
    R(access("m/b/inside", F_OK));
    close(f);
    R(umount2("m", MNT_EXPIRE | MNT_DETACH));
    R(umount2("m", MNT_EXPIRE));
    R(open("m/a", O_RDONLY | O_DIRECTORY) >= 0 ? close(5) : -1);
    for (int i = 3; i < 10; i++)
        close(i);
    R(umount2("m", MNT_EXPIRE));
    R(umount2("m", MNT_EXPIRE));
    R(umount("o"));
    R(umount2("o", MNT_DETACH));
    R(umount("n"));
    table("unmounted");

    R(mount("t", "m", "tmpfs", 0, 0));
    R(mount(0, "m", 0, MS_SHARED, 0));
    R(mount(0, "m", 0, MS_SHARED | MS_PRIVATE, 0));
    R(mount(0, "q", 0, MS_SHARED, 0));
    R(mkdir("m/a", 0755));
    R(mount("m", "n", 0, MS_BIND, 0));
    R(mount("m", "o", 0, MS_BIND, 0));
    R(mount(0, "o", 0, MS_SLAVE, 0));
    R(mount("m", "p", 0, MS_BIND, 0));
    R(mount(0, "p", 0, MS_PRIVATE, 0));
    table("one shared, one slave, one private");
    R(mount("u", "m/a", "tmpfs", 0, 0));
    put("m/a/f", 1);
    R(access("n/a/f", F_OK));
    R(access("o/a/f", F_OK));
    R(access("p/a/f", F_OK));
    table("mounted below");
    R(mount("m/a", "q", 0, MS_MOVE, 0));
    R(umount("n/a"));
    table("and away");
    R(mount("w", "o/a", "tmpfs", 0, 0));
    table("a slave keeps its own");
    R(umount("o/a"));
    R(mount(0, "p", 0, MS_UNBINDABLE, 0));
    R(mount("p", "q", 0, MS_BIND, 0));
    for (const char *const *d = (const char *const[]){"m", "n", "o", "p", 0}; *d; d++)
        R(umount(*d));
    table("none");

    int in = inotify_init1(IN_NONBLOCK);
    R(mount("t", "m", "tmpfs", 0, 0));
    put("m/f", 1);
    inotify_add_watch(in, "m/f", IN_ALL_EVENTS);
    R(umount("m"));
    struct inotify_event e[4];
    long n = read(in, e, sizeof e);
    for (int i = 0; i < n / (long)sizeof *e; i++)
        SAY("event %x", e[i].mask);
    close(in);
    R(mount("t", "m", "tmpfs", 0, 0));
    R(chdir("m"));
    R(umount("../m"));
    R(umount2("../m", MNT_DETACH));
    R(open("still", O_CREAT | O_WRONLY, 0600) >= 0 ? 0 : -1);
    errno = 0;
    char cwd[100] = "";
    R(syscall(SYS_getcwd, cwd, 100) > 0 ? 0 : -1);
    SAY("%s", cwd);
    R(chdir(".."));
    chdir(home);
    R(seteuid(7));
    R(mount("t", "m", "tmpfs", 0, 0));
    R(mount("t", "missing", "tmpfs", 0, 0));
    R(umount("m"));
    R(umount("missing"));
    R(syscall(SYS_pivot_root, "m", "m"));
    R(chroot("m"));
    seteuid(0);
    R(chroot("missing"));
    R(chroot("file"));
    R(mkdir("m/jail", 0755));
    R(chroot("m"));
    R(access("/jail", F_OK));
    R(chdir("/"));
    R(chdir("../.."));
    R(getcwd(cwd, sizeof cwd) ? 0 : -1);
    SAY("%s", cwd);
}

int main(void)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    umask(022);
    getcwd(home, sizeof home);
    for (const char *const *d = (const char *const[]){"m", "n", "o", "p", "q", 0}; *d; d++)
        mkdir(*d, 0755);
    close(open("file", O_CREAT | O_WRONLY, 0644));
    R(mount("none", "m", "nosuchfs", 0, 0));
    R(mount("none", "m", 0, 0, 0));
    R(mount("none", "missing", "tmpfs", 0, 0));
    R(mount("none", "file", "tmpfs", 0, 0));
    R(mount("none", "m", "tmpfs", 0, "size=abc"));
    R(mount("none", "m", "tmpfs", 0, "nonsense=1"));
    R(mount("none", (char *)1, "tmpfs", 0, 0));
    R(mount("none", "m", (char *)1, 0, 0));
    R(mount("src", "m", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,nr_inodes=10,mode=750,uid=5,gid=6"));
    table("a small tmpfs");
    full("m");
    struct stat s;
    stat("m", &s);
    SAY("%o %d %d", s.st_mode, s.st_uid, s.st_gid);
    put("m/a", 30000);
    full("m");
    put("m/b", 100000);
    full("m");
    put("m/c", 1);
    R(ftruncate(open("m/b", O_WRONLY), 4096));
    put("m/c", 1);
    R(fallocate(open("m/c", O_WRONLY), 0, 0, 1 << 20));
    R(unlink("m/a"));
    for (int i = 0; i < 10; i++) {
        char p[20];
        sprintf(p, "m/i%d", i);
        put(p, 0);
    }
    R(mkdir("m/d", 0700));
    R(symlink("x", "m/s"));
    R(mount(0, "m", 0, MS_REMOUNT, "size=4k"));
    R(mount(0, "m", 0, MS_REMOUNT, "size=128k,nr_inodes=100"));
    R(mkdir("m/d", 0700));
    table("larger");
    R(umount("m"));
    for (int i = 3; i < 20; i++)
        close(i);
    R(umount("m"));
    R(umount("m"));
    R(umount2("m", 99));
    R(umount2("missing", 0));
    R(access("m/a", F_OK));
    table("nothing");

    R(mount("t", "m", "tmpfs", MS_RDONLY, 0));
    put("m/x", 1);
    R(mkdir("m/x", 0755));
    R(utimes("m", 0));
    R(chmod("m", 0700));
    R(access("m", W_OK));
    R(mount(0, "m", 0, MS_REMOUNT, 0));
    put("m/x", 1);
    int w = open("m/x", O_WRONLY);
    R(mount(0, "m", 0, MS_REMOUNT | MS_RDONLY, 0));
    R(mount(0, "m", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
    close(w);
    R(mount(0, "m", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
    table("a mount that is read-only");
    R(open("m/x", O_WRONLY));
    R(truncate("m/x", 0));
    R(mount(0, "m", 0, MS_REMOUNT | MS_NOEXEC | MS_NOSYMFOLLOW | MS_NOATIME, 0));
    table("other flags");
    R(symlink("x", "m/link"));
    R(open("m/link", O_RDONLY));
    R(access("m/link", F_OK));
    chmod("m/x", 0755);
    R(access("m/x", X_OK));
    R(execl("m/x", "x", (char *)0));
    int r = open("m/x", O_RDONLY);
    R(mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, r, 0) == MAP_FAILED ? -1 : 0);
    struct timespec old[2] = {{1000, 0}, {2000, 0}};
    futimens(r, old);
    char b;
    read(r, &b, 1);
    fstat(r, &s);
    SAY("noatime %ld", (long)s.st_atime);
    R(mount(0, "m", 0, MS_REMOUNT | MS_NODEV, 0));
    table("nodev");
    read(r, &b, 1);
    pread(r, &b, 1, 0);
    fstat(r, &s);
    SAY("relatime moved %d", s.st_atime > 1000);
    close(r);
    R(mknod("m/null", S_IFCHR | 0666, 0x103));
    R(open("m/null", O_RDONLY));
    R(open("m/null", O_PATH) >= 0);
    close(3);
    R(umount("m"));

    second();
    third();
    return 0;
}
