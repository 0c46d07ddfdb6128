/* Descriptors and what is done with them: fcntl, dup, pipes, copies, directories, extended attributes, watches. */
#include "corpus.h"
#include <dirent.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

PROGRAM(descriptors)
{
    static char buf[4096];
    static struct statfs fs;
    int p[2];
    begin();
    S(pipe2, p, Z);
    S(pipe2, p, (long)(O_CLOEXEC | O_NONBLOCK));
    S(pipe2, p, 77L);
    S(pipe2, BAD, Z);
    S(dup, (long)p[0]);
    S(dup, 99L);
    S(dup3, (long)p[0], 20L, (long)O_CLOEXEC);
    S(dup3, 20L, 20L, Z);
    S(fcntl, 20L, (long)F_GETFD);
    S(fcntl, 20L, (long)F_SETFD, Z);
    S(fcntl, 20L, (long)F_GETFD);
    S(fcntl, 20L, (long)F_SETFD, (long)FD_CLOEXEC);
    S(fcntl, 20L, (long)F_GETFL);
    S(fcntl, 20L, (long)F_SETFL, (long)O_RDONLY);
    S(fcntl, 20L, (long)F_SETFL, (long)(O_RDONLY | O_NONBLOCK));
    S(fcntl, (long)p[1], (long)F_GETFL);
    S(fcntl, 20L, (long)F_DUPFD, 30L);
    S(fcntl, 20L, (long)F_DUPFD_CLOEXEC, Z);
    S(fcntl, 20L, (long)F_SETPIPE_SZ, 65536L);
    S(fcntl, 20L, (long)F_GETPIPE_SZ);
    S(fcntl, 20L, (long)F_SETOWN, Z);
    S(fcntl, 20L, (long)F_GETOWN);
    S(fcntl, 20L, (long)F_SETSIG, (long)SIGIO);
    S(fcntl, 20L, (long)F_GETSIG);
    S(fcntl, 20L, 9999L, 1L);
    S(fcntl, 99L, (long)F_GETFD);
    long m = S(memfd_create, "memory", (long)(MFD_CLOEXEC | MFD_ALLOW_SEALING));
    S(memfd_create, "memory", Z);
    S(fcntl, m, (long)F_ADD_SEALS, (long)(F_SEAL_SHRINK | F_SEAL_GROW));
    S(fcntl, m, (long)F_GET_SEALS);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 10 };
    S(fcntl, m, (long)F_SETLK, &lock);
    S(fcntl, m, (long)F_GETLK, &lock);
    lock.l_pid = 0;
    lock.l_type = F_RDLCK;
    S(fcntl, m, (long)F_OFD_SETLK, &lock);
    lock.l_type = F_UNLCK;
    S(fcntl, m, (long)F_SETLKW, &lock);
    S(fcntl, m, (long)F_SETLK, BAD);
    S(fcntl, m, (long)F_SETLEASE, (long)F_RDLCK);
    S(fcntl, m, (long)F_GETLEASE);
    S(write, (long)p[1], "through the pipe", 16L);
    S(tee, (long)p[0], 99L, 10L, Z);
    long long off = 3;
    long f = S(openat, -100L, "/tmp/d", (long)(O_RDWR | O_CREAT), 0600L);
    S(splice, (long)p[0], Z, f, &off, 7L, (long)(SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    S(sendfile, (long)p[1], f, Z, 4L);
    off = 2;
    S(sendfile, (long)p[1], f, &off, 4L);
    S(sendfile, 99L, f, BAD, 4L);
    long g = S(openat, -100L, "/tmp/e", (long)(O_RDWR | O_CREAT), 0600L);
    off = 0;
    S(copy_file_range, f, &off, g, Z, 100L, Z);
    struct iovec v = { "spliced", 7 };
    S(pipe2, p, Z);
    S(vmsplice, (long)p[1], &v, 1L, (long)SPLICE_F_GIFT);
    S(close_range, 40L, 50L, Z);
    S(close_range, 40L, 0xffffffffL, (long)CLOSE_RANGE_CLOEXEC);
    S(mkdirat, -100L, "/tmp/dir", 0700L);
    long d = S(openat, -100L, "/tmp/dir", (long)(O_RDONLY | O_DIRECTORY));
    S(getdents64, d, buf, 4096L);
    S(getdents64, d, buf, 4096L);
    S(getdents64, f, buf, 4096L);
    S(statfs, "/missing", &fs);
    S(fstatfs, 99L, &fs);
    S(setxattr, "/tmp/d", "user.word", "value", 5L, (long)XATTR_CREATE);
    S(setxattr, "/tmp/missing", "user.word", "value", 5L, Z);
    S(fsetxattr, 99L, "user.word", "value\0", 6L, (long)XATTR_REPLACE);
    S(getxattr, "/tmp/missing", "user.word", buf, 100L);
    S(lgetxattr, "/tmp/missing", "user.word", buf, 100L);
    S(fgetxattr, 99L, "user.word", Z, Z);
    S(listxattr, "/tmp/missing", buf, 100L);
    S(flistxattr, f, buf, 100L);
    S(removexattr, "/tmp/missing", "user.word");
    long i = S(inotify_init1, (long)(IN_CLOEXEC | IN_NONBLOCK));
    long wd = S(inotify_add_watch, i, "/tmp/dir", (long)(IN_CREATE | IN_DELETE | IN_ONLYDIR));
    S(inotify_add_watch, i, "/tmp/missing", (long)IN_ALL_EVENTS);
    S(inotify_rm_watch, i, wd);
    long e = S(eventfd2, 5L, (long)(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
    S(eventfd2, Z, Z);
    S(read, e, buf, 8L);
    S(mount, "none", "/missing", "tmpfs", (long)(MS_NOSUID | MS_NODEV), "size=1M");
    S(mount, Z, "/missing", Z, (long)(MS_REC | MS_PRIVATE), Z);
    S(umount2, "/missing", (long)MNT_DETACH);
    S(umount2, "/missing", Z);
    S(pivot_root, "/missing", "/missing");
    S(unlinkat, -100L, "/tmp/d", Z);
    S(unlinkat, -100L, "/tmp/e", Z);
    S(unlinkat, -100L, "/tmp/dir", (long)AT_REMOVEDIR);
    return 0;
}
