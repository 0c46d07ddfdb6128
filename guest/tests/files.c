/* Files: descriptors, open flags, seeking, names, folders. */
#include "tests.h"

static long fcntl(int fd, int op, long arg) { return syscall(SYS_fcntl, fd, op, arg); }
static long unlink(const char *path) { return syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
static long seek(int fd, long at, int whence) { return syscall(SYS_lseek, fd, at, whence); }

static void make(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    write(fd, text, strlen(text));
    close(fd);
}

void test_dup_and_flags(void)
{
    int fds[2];
    pipe(fds);
    result("dup gives the lowest", syscall(SYS_dup, fds[0]) - fds[1]);
    result("dup of nothing", syscall(SYS_dup, 99));
    result("dup3 onto itself", syscall(SYS_dup3, fds[0], fds[0], 0));
    result("dup3", syscall(SYS_dup3, fds[0], 20, O_CLOEXEC));
    result("its close-on-exec flag", fcntl(20, F_GETFD, 0));
    result("not the first's", fcntl(fds[0], F_GETFD, 0));
    result("F_DUPFD from 30", fcntl(fds[0], F_DUPFD, 30));
    result("F_DUPFD from 20", fcntl(fds[0], F_DUPFD, 20));
    result("F_DUPFD_CLOEXEC", fcntl(fcntl(fds[0], F_DUPFD_CLOEXEC, 40), F_GETFD, 0));
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    result("status flags are shared by copies", fcntl(20, F_GETFL, 0) & O_NONBLOCK ? 1 : 0);
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    result("descriptor flags are not", fcntl(30, F_GETFD, 0));
    result("dup3 bad flag", syscall(SYS_dup3, fds[0], 21, 1));
    result("dup3 to -1", syscall(SYS_dup3, fds[0], -1, 0));
    result("close twice", (close(20), close(20)));
    result("unknown fcntl", fcntl(fds[0], 9999, 0));
    result("close_range", syscall(SYS_close_range, 30, 50, 0));
    result("then", fcntl(30, F_GETFD, 0));
}

void test_shared_offset(void)
{
    char byte = 0;
    make("f", "abcdef");
    int a = open("f", O_RDONLY, 0), b = syscall(SYS_dup, a), c = open("f", O_RDONLY, 0);
    read(a, &byte, 1);
    read(b, &byte, 1);
    printf("a copy shares the position: %c\n", byte);
    read(c, &byte, 1);
    printf("another open does not: %c\n", byte);
    int pid = fork();
    if (pid == 0) {
        read(a, &byte, 1);
        exit(0);
    }
    wait_for(pid);
    read(a, &byte, 1);
    printf("a child shares it: %c\n", byte);
    syscall(SYS_pread64, a, &byte, 1, 0);
    printf("pread does not move it: %c %ld\n", byte, seek(a, 0, SEEK_CUR));
    unlink("f");
}

void test_open_flags(void)
{
    result("missing", open("f", O_RDONLY, 0));
    int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640);
    yes("O_CREAT|O_EXCL makes it", fd >= 0);
    result("and not twice", open("f", O_RDWR | O_CREAT | O_EXCL, 0640));
    write(fd, "hello", 5);
    int append = open("f", O_WRONLY | O_APPEND, 0);
    write(append, "!", 1);
    result("O_APPEND is behind", seek(append, 0, SEEK_CUR));
    seek(append, 0, SEEK_SET);
    write(append, "?", 1);
    result("always", seek(append, 0, SEEK_CUR));
    char byte;
    result("reading a write-only one", read(append, &byte, 1));
    int reader = open("f", O_RDONLY, 0);
    result("writing a read-only one", write(reader, "x", 1));
    open("f", O_WRONLY | O_TRUNC, 0);
    result("O_TRUNC empties", seek(fd, 0, SEEK_END));
    result("O_DIRECTORY on a file", open("f", O_RDONLY | O_DIRECTORY, 0));
    result("a folder for writing", open(".", O_RDWR, 0));
    result("through a file", open("f/x", O_RDONLY, 0));
    result("an empty name", open("", O_RDONLY, 0));
    static char name[300];
    memset(name, 'n', 299);
    result("a long name", open(name, O_RDONLY, 0));
    result("bad address", open((char *)8, O_RDONLY, 0));
    result("reading a folder", read(open(".", O_RDONLY, 0), &byte, 1));
    struct stat st;
    syscall(SYS_umask, 027);
    fd = open("g", O_CREAT | O_WRONLY, 0666);
    stat("g", &st);
    printf("umask: %o\n", st.mode & 07777);
    unlink("f");
    unlink("g");
}

void test_seek_and_truncate(void)
{
    struct stat st;
    char text[16] = "";
    int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(fd, "0123456789", 10);
    result("end", seek(fd, 0, SEEK_END));
    result("back", seek(fd, -3, SEEK_CUR));
    result("from the end", seek(fd, -10, SEEK_END));
    result("before the start", seek(fd, -1, SEEK_SET));
    result("unknown whence", seek(fd, 0, 9));
    seek(fd, 20, SEEK_SET);
    result("behind the end nothing is read", read(fd, text, 4));
    write(fd, "x", 1);
    syscall(SYS_newfstatat, AT_FDCWD, "f", &st, 0);
    result("a hole makes it longer", st.size);
    syscall(SYS_pread64, fd, text, 15, 8);
    printf("the hole is zero: %d, around it %c %c\n", text[5], text[0], text[12]);
    result("ftruncate", syscall(SYS_ftruncate, fd, 4));
    result("size", seek(fd, 0, SEEK_END));
    result("truncate by name, longer", syscall(SYS_truncate, "f", 6));
    result("size", seek(fd, 0, SEEK_END));
    result("negative", syscall(SYS_ftruncate, fd, -1));
    result("missing", syscall(SYS_truncate, "none", 0));
    result("pwrite", syscall(SYS_pwrite64, fd, "zz", 2, 1));
    syscall(SYS_pread64, fd, text, 6, 0);
    printf("then: %.4s\n", text);
    unlink("f");
}

static long rename(const char *from, const char *to, int flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

void test_rename_and_link(void)
{
    struct stat st;
    make("a", "A");
    make("b", "B");
    result("rename over a file", rename("a", "b", 0));
    char *text = read_file("b", NULL);
    printf("contents: %s\n", text);
    result("the old name", stat("a", &st));
    result("missing", rename("a", "c", 0));
    result("RENAME_NOREPLACE", (make("a", "A"), rename("a", "b", 1)));
    result("link", syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, "l", 0));
    stat("a", &st);
    result("links", st.nlink);
    result("link over a file", syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, "b", 0));
    result("both names are one file: rename does nothing", rename("a", "l", 0));
    result("both are there", stat("a", &st) | stat("l", &st));
    unlink("a");
    stat("l", &st);
    result("links", st.nlink);
    syscall(SYS_mkdirat, AT_FDCWD, "d", 0755);
    syscall(SYS_mkdirat, AT_FDCWD, "d/e", 0755);
    result("a folder into itself", rename("d", "d/e/x", 0));
    result("a file over a folder", rename("l", "d", 0));
    result("a folder over a file", rename("d", "l", 0));
    syscall(SYS_mkdirat, AT_FDCWD, "empty", 0755);
    result("a folder over an empty one", rename("empty", "d/e", 0));
    syscall(SYS_mkdirat, AT_FDCWD, "other", 0755);
    result("a folder over a full one", rename("other", "d", 0));
    result("linking a folder", syscall(SYS_linkat, AT_FDCWD, "d", AT_FDCWD, "d2", 0));
    result("unlinking a folder", unlink("d"));
    result("rmdir of a full one", syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR));
    result("rmdir of a file", syscall(SYS_unlinkat, AT_FDCWD, "l", AT_REMOVEDIR));
    unlink("l");
    unlink("b");
    syscall(SYS_unlinkat, AT_FDCWD, "d/e", AT_REMOVEDIR);
    syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR);
    syscall(SYS_unlinkat, AT_FDCWD, "other", AT_REMOVEDIR);
}

void test_unlink_while_open(void)
{
    struct stat st;
    char text[8] = "";
    int fd = open("f", O_RDWR | O_CREAT, 0600);
    write(fd, "kept", 4);
    result("unlink", unlink("f"));
    result("the name is gone", open("f", O_RDONLY, 0));
    syscall(SYS_pread64, fd, text, 4, 0);
    printf("the file is not: %s\n", text);
    syscall(SYS_fstat, fd, &st);
    result("links", st.nlink);
    syscall(SYS_mkdirat, AT_FDCWD, "d", 0755);
    int dir = open("d", O_RDONLY | O_DIRECTORY, 0);
    syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR);
    result("making a file in a removed folder", syscall(SYS_openat, dir, "x", O_CREAT | O_WRONLY, 0600));
}

void test_directories(void)
{
    char chunk[1024] __attribute__((aligned(8)));
    int count;
    struct stat st;
    syscall(SYS_mkdirat, AT_FDCWD, "d", 0755);
    make("d/one", "1");
    make("d/two", "2");
    syscall(SYS_mkdirat, AT_FDCWD, "d/sub", 0755);
    char **names = list_dir("d", &count);
    for (int i = 0; i < count; i++)
        printf("%s%s", i ? " " : "", names[i]);
    printf("\n");
    int fd = open("d", O_RDONLY | O_DIRECTORY, 0);
    result("a buffer too small", syscall(SYS_getdents64, fd, chunk, 10));
    int kinds = 0;
    for (long n, at; (n = syscall(SYS_getdents64, fd, chunk, 64)) > 0;)
        for (at = 0; at < n;) {
            struct dirent64 *d = (struct dirent64 *)(chunk + at);
            kinds += d->type == DT_DIR ? 100 : d->type == DT_REG ? 1 : 0;
            at += d->reclen;
        }
    result("in small pieces, folders times 100 plus files", kinds);
    result("at the end", syscall(SYS_getdents64, fd, chunk, sizeof chunk));
    seek(fd, 0, SEEK_SET);
    yes("from the start again", syscall(SYS_getdents64, fd, chunk, sizeof chunk) > 0);
    result("a file has no entries", syscall(SYS_getdents64, open("d/one", O_RDONLY, 0), chunk, sizeof chunk));
    stat("d", &st);
    yes("a folder with a folder has three links", st.nlink == 3 || st.nlink == 1);
    result("mkdir twice", syscall(SYS_mkdirat, AT_FDCWD, "d", 0755));
    result("mkdir below nothing", syscall(SYS_mkdirat, AT_FDCWD, "x/y", 0755));
    syscall(SYS_fchdir, fd);
    yes("fchdir", stat("one", &st) == 0);
    syscall(SYS_chdir, "sub/../..");
    yes("chdir by ..", stat("d", &st) == 0);
    result("chdir to a file", syscall(SYS_chdir, "d/one"));
    char here[4];
    result("getcwd with little room", syscall(SYS_getcwd, here, 2));
    unlink("d/one");
    unlink("d/two");
    syscall(SYS_unlinkat, AT_FDCWD, "d/sub", AT_REMOVEDIR);
    syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR);
}

void test_at_forms(void)
{
    struct stat st;
    syscall(SYS_mkdirat, AT_FDCWD, "d", 0755);
    int dir = open("d", O_RDONLY | O_DIRECTORY, 0);
    int fd = syscall(SYS_openat, dir, "f", O_CREAT | O_RDWR, 0600);
    write(fd, "four", 4);
    result("fstatat", syscall(SYS_newfstatat, dir, "f", &st, 0));
    result("size", st.size);
    result("by the descriptor alone", syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH));
    result("size", st.size);
    result("an empty path without the flag", syscall(SYS_newfstatat, fd, "", &st, 0));
    result("relative to a file", syscall(SYS_openat, fd, "x", O_RDONLY, 0));
    result("relative to nothing", syscall(SYS_openat, 99, "x", O_RDONLY, 0));
    yes("an absolute path needs no folder", syscall(SYS_openat, 99, "/", O_RDONLY, 0) >= 0);
    result("renameat", syscall(SYS_renameat2, dir, "f", AT_FDCWD, "g", 0));
    result("there", stat("g", &st));
    result("unlinkat", syscall(SYS_unlinkat, dir, "f", 0));
    result("unknown flag", syscall(SYS_unlinkat, dir, "f", 0x10000));
    result("faccessat", syscall(SYS_faccessat, AT_FDCWD, "g", R_OK | W_OK));
    result("faccessat, missing", syscall(SYS_faccessat, dir, "g", F_OK));
    unlink("g");
    syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR);
}

void test_statx_fields(void)
{
    struct {
        u32 mask, blksize;
        u64 attributes;
        u32 nlink, uid, gid;
        u16 mode, pad;
        u64 ino, size, blocks, attributes_mask, times[8];
        u32 dev[4];
        u64 rest[14];
    } x = {0};
    struct stat st;
    make("f", "seven..");
    result("statx", syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, &x));
    stat("f", &st);
    printf("size %lu, mode %o, links %u, same inode %d\n", x.size, x.mode, x.nlink, x.ino == st.ino);
    yes("basic fields are given", (x.mask & 0x7ff) == 0x7ff);
    result("missing", syscall(SYS_statx, AT_FDCWD, "none", 0, 0x7ff, &x));
    result("reserved bit", syscall(SYS_statx, AT_FDCWD, "f", 0, 0x80000000u, &x));
    stat("/dev/null", &st);
    printf("/dev/null: character device %d, number %lx\n", (st.mode & S_IFMT) == S_IFCHR, st.rdev);
    unlink("f");
}

void test_symlinks(void)
{
    struct stat st;
    char text[32] = "";
    make("f", "target");
    result("symlink", syscall(SYS_symlinkat, "f", AT_FDCWD, "s"));
    result("readlink", syscall(SYS_readlinkat, AT_FDCWD, "s", text, sizeof text));
    result("with little room", syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", text, 1));
    result("of a file", syscall(SYS_readlinkat, AT_FDCWD, "f", text, sizeof text));
    stat("s", &st);
    result("followed, size", st.size);
    lstat("s", &st);
    printf("not followed: link %d, size %ld\n", (st.mode & S_IFMT) == S_IFLNK, st.size);
    result("O_NOFOLLOW", open("s", O_RDONLY | O_NOFOLLOW, 0));
    syscall(SYS_symlinkat, "loop", AT_FDCWD, "loop");
    result("a loop", open("loop", O_RDONLY, 0));
    syscall(SYS_symlinkat, "nowhere", AT_FDCWD, "dangling");
    result("dangling", open("dangling", O_RDONLY, 0));
    result("O_CREAT through it", open("dangling", O_RDONLY | O_CREAT, 0600) >= 0 ? 0 : 1);
    result("made its target", stat("nowhere", &st));
    result("O_CREAT|O_EXCL does not follow", open("s", O_RDONLY | O_CREAT | O_EXCL, 0600));
    unlink("s");
    result("unlink takes the link", stat("f", &st));
    unlink("f");
    unlink("loop");
    unlink("dangling");
    unlink("nowhere");
}

void test_vectors(void)
{
    char a[4] = "", b[8] = "";
    struct iovec out_parts[3] = {{"one", 3}, {"", 0}, {"two", 3}}, in_parts[2] = {{a, 2}, {b, 7}};
    int fds[2];
    pipe(fds);
    result("writev", syscall(SYS_writev, fds[1], out_parts, 3));
    result("readv", syscall(SYS_readv, fds[0], in_parts, 2));
    printf("parts: %s %s\n", a, b);
    result("too many", syscall(SYS_writev, fds[1], out_parts, 5000));
    make("f", "copied bytes");
    int in = open("f", O_RDONLY, 0);
    result("sendfile into a pipe", syscall(SYS_sendfile, fds[1], in, NULL, 100));
    unlink("f");
}
