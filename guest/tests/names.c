/* Names of files: renaming, linking, folders, symbolic links, the forms with at. */
#include "tests.h"

static long remove_name(const char *path) { return syscall(SYS_unlinkat, AT_FDCWD, path, 0); }

static long rename(const char *from, const char *to, int flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

void test_rename_and_link(void)
{
    struct stat st;
    make_file("a", "A");
    make_file("b", "B");
    result("rename over a file", rename("a", "b", 0));
    char *text = read_file("b", NULL);
    printf("contents: %s\n", text);
    result("the old name", stat("a", &st));
    result("missing", rename("a", "c", 0));
    result("RENAME_NOREPLACE", (make_file("a", "A"), rename("a", "b", 1)));
    result("link", syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, "l", 0));
    stat("a", &st);
    result("links", st.nlink);
    result("link over a file", syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, "b", 0));
    result("both names are one file: rename does nothing", rename("a", "l", 0));
    result("both are there", stat("a", &st) | stat("l", &st));
    remove_name("a");
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
    result("unlinking a folder", remove_name("d"));
    result("rmdir of a full one", syscall(SYS_unlinkat, AT_FDCWD, "d", AT_REMOVEDIR));
    result("rmdir of a file", syscall(SYS_unlinkat, AT_FDCWD, "l", AT_REMOVEDIR));
    remove_name("l");
    remove_name("b");
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
    result("unlink", remove_name("f"));
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
    make_file("d/one", "1");
    make_file("d/two", "2");
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
    syscall(SYS_lseek, fd, 0, SEEK_SET);
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
    remove_name("d/one");
    remove_name("d/two");
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
    remove_name("g");
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
    make_file("f", "seven..");
    result("statx", syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, &x));
    stat("f", &st);
    printf("size %lu, mode %o, links %u, same inode %d\n", x.size, x.mode, x.nlink, x.ino == st.ino);
    yes("basic fields are given", (x.mask & 0x7ff) == 0x7ff);
    result("missing", syscall(SYS_statx, AT_FDCWD, "none", 0, 0x7ff, &x));
    result("reserved bit", syscall(SYS_statx, AT_FDCWD, "f", 0, 0x80000000u, &x));
    stat("/dev/null", &st);
    printf("/dev/null: character device %d, number %lx\n", (st.mode & S_IFMT) == S_IFCHR, st.rdev);
    remove_name("f");
}

void test_symlinks(void)
{
    struct stat st;
    char text[32] = "";
    make_file("f", "target");
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
    remove_name("s");
    result("unlink takes the link", stat("f", &st));
    remove_name("f");
    remove_name("loop");
    remove_name("dangling");
    remove_name("nowhere");
}
