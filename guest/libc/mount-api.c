/* The calls that mount by descriptors: fsopen, fsconfig, fsmount, move_mount, open_tree, mount_setattr, fspick. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"

static void about(const char *path)
{
    struct statfs s;
    struct stat t;
    if (statfs(path, &s) || stat(path, &t))
        return (void)SAY("%s is not there", path);
    SAY("%s: type %lx blocks %ld mode %o flags %lx", path, (long)s.f_type, s.f_blocks < 1000 ? (long)s.f_blocks : -1, t.st_mode, (long)s.f_flags & ~0x20L);
}

int main(void)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    mkdir("m", 0755);
    mkdir("n", 0755);
    R(fsopen("nosuchfs", 0));
    R(fsopen("tmpfs", 8));
    R(fsopen((char *)1, 0));
    int f = fsopen("tmpfs", FSOPEN_CLOEXEC);
    R(f);
    R(fcntl(f, F_GETFD));
    R(fsmount(f, 0, 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "source", "mine", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "source", "again", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "size", "64k", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "mode", "700", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "mode", "xyz", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "bogus", "1", 0));
    R(fsconfig(f, FSCONFIG_SET_FLAG, "noidea", 0, 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, 0, "1", 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "size", 0, 0));
    R(fsconfig(f, FSCONFIG_SET_FLAG, "ro", "x", 0));
    R(fsconfig(f, 99, 0, 0, 0));
    R(fsconfig(1, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(99, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(-1, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(f, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(f, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(f, FSCONFIG_SET_STRING, "size", "128k", 0));
    R(fsmount(f, 8, 0));
    R(fsmount(f, 0, 0x70));
    R(fsmount(f, 0, 0x40000000));
    int m = fsmount(f, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    R(m);
    R(fsmount(f, 0, 0));
    R(mkdirat(m, "inside", 0755));
    R(move_mount(m, "", AT_FDCWD, "missing", MOVE_MOUNT_F_EMPTY_PATH));
    R(move_mount(m, "", AT_FDCWD, "m", 0));
    R(move_mount(m, "", AT_FDCWD, "m", 0x1000));
    R(move_mount(m, "", AT_FDCWD, "m", MOVE_MOUNT_F_EMPTY_PATH));
    about("m");
    R(access("m/inside", F_OK));
    close(m);
    close(f);
    int t = open_tree(AT_FDCWD, "m/inside", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    R(t);
    R(open_tree(AT_FDCWD, "m", AT_RECURSIVE));
    R(open_tree(AT_FDCWD, "missing", OPEN_TREE_CLONE));
    R(move_mount(t, "", AT_FDCWD, "n", MOVE_MOUNT_F_EMPTY_PATH));
    about("n");
    close(t);
    struct mount_attr a = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    about("n");
    R(mkdir("n/x", 0755));
    a = (struct mount_attr){.attr_clr = MOUNT_ATTR_RDONLY};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    R(mkdir("n/x", 0755));
    a = (struct mount_attr){.attr_set = MOUNT_ATTR_NOATIME};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    a = (struct mount_attr){.attr_set = MOUNT_ATTR_NOATIME, .attr_clr = MOUNT_ATTR__ATIME};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    about("n");
    a = (struct mount_attr){.attr_clr = MOUNT_ATTR__ATIME};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    about("n");
    R(mount_setattr(AT_FDCWD, "n/x", 0, &a, sizeof a));
    R(mount_setattr(AT_FDCWD, "n", 0, &a, 8));
    R(mount_setattr(AT_FDCWD, "n", 0, &a, 1 << 20));
    R(mount_setattr(AT_FDCWD, "n", 0x10, &a, sizeof a));
    a = (struct mount_attr){.propagation = MS_SHARED};
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    a.propagation = 5;
    R(mount_setattr(AT_FDCWD, "n", 0, &a, sizeof a));
    f = fspick(AT_FDCWD, "m", FSPICK_CLOEXEC);
    R(f);
    R(fsconfig(f, FSCONFIG_SET_STRING, "size", "256k", 0));
    R(fsconfig(f, FSCONFIG_CMD_CREATE, 0, 0, 0));
    R(fsconfig(f, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0));
    about("m");
    R(fspick(AT_FDCWD, "m/inside", 0));
    close(f);
    R(umount("n"));
    t = open_tree(AT_FDCWD, "m", 0);
    R(faccessat(t, "inside", F_OK, 0));
    R(umount("m"));
    close(t);
    R(umount("m"));
    seteuid(5);
    R(fsopen("tmpfs", 0));
    R(open_tree(AT_FDCWD, ".", OPEN_TREE_CLONE));
    R(move_mount(0, "", AT_FDCWD, "n", MOVE_MOUNT_F_EMPTY_PATH));
    return 0;
}
