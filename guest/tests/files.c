/* Files: descriptors, open flags, seeking. */
#include "tests.h"

static long fcntl(int fd, int op, long arg) { return syscall(SYS_fcntl, fd, op, arg); }
static long unlink(const char *path) { return syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
static long seek(int fd, long at, int whence) { return syscall(SYS_lseek, fd, at, whence); }

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
    make_file("f", "abcdef");
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
    make_file("f", "copied bytes");
    int in = open("f", O_RDONLY, 0);
    result("sendfile into a pipe", syscall(SYS_sendfile, fds[1], in, NULL, 100));
    unlink("f");
}
