/* Descriptors: fcntl, locks, FIFOs, splice, devices. Prints every call with its result,
   to be compared with Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "calls.h"

static void *closer(void *end)
{
    usleep(10000);
    write(*(int *)end, "q", 1);
    return 0;
}

static void fcntls(void)
{
    int f = open("x", O_RDWR | O_CREAT | O_APPEND, 0600);
    SAY("fl %x", fcntl(f, F_GETFL));
    R(fcntl(f, F_SETFL, O_NONBLOCK));
    SAY("fl %x", fcntl(f, F_GETFL));
    R(fcntl(f, F_DUPFD, 50));
    R(fcntl(f, F_DUPFD_CLOEXEC, 60));
    R(fcntl(60, F_GETFD));
    R(fcntl(f, F_DUPFD, -1));
    R(fcntl(f, 9999));
    R(fcntl(77, F_GETFD));
    R(fcntl(f, F_GETPIPE_SZ));
    int p[2];
    pipe2(p, O_CLOEXEC);
    SAY("fl %x %x", fcntl(p[0], F_GETFL), fcntl(p[1], F_GETFL));
    R(fcntl(p[0], F_GETPIPE_SZ));
    R(fcntl(p[0], F_SETPIPE_SZ, 5000));
    R(fcntl(p[0], F_GETPIPE_SZ));
    R(fcntl(p[1], F_SETPIPE_SZ, 1 << 20));
    R(fcntl(p[1], F_SETPIPE_SZ, 0));
    R(fcntl(p[1], F_GETPIPE_SZ));
    write(p[1], "abc", 3);
    int n;
    R(ioctl(p[0], FIONREAD, &n));
    SAY("%d", n);
    R(ioctl(p[0], TCGETS, &n));
    R(ioctl(f, FIONREAD, &n));
    SAY("n %d", n);
    int on = 1;
    R(ioctl(p[0], FIONBIO, &on));
    R(read(p[0], &n, 3));
    R(read(p[0], &n, 3));
    R(lseek(p[0], 0, SEEK_SET));
    R(pread(p[0], &n, 1, 0));
    R(pread(f, &n, 1, -1));
    R(isatty(f));
    R(ftruncate(f, 100000));
    R(lseek(f, 0, SEEK_HOLE));
    R(pwrite(f, "zz", 2, 50000));
    SAY("size %ld", (long)lseek(f, 0, SEEK_END));
    fcntl(f, F_SETFL, 0);
    R(pwrite(f, "zz", 2, 50000));
    R(lseek(f, 0, SEEK_DATA) <= 50000);
    R(lseek(f, 200000, SEEK_DATA));
    R(lseek(f, -5, SEEK_SET));
    R(lseek(f, 0, 7));
    close(p[0]);
    signal(SIGPIPE, SIG_IGN);
    R(write(p[1], "x", 1));
    R(close(1234));
    R(dup2(f, f));
    R(dup3(f, f, 0));
    R(dup2(555, 5));
    R(dup2(f, 40));
    R(close(40));
    R(syscall(SYS_close_range, 50, 60, 0));
    R(fcntl(50, F_GETFD));
    R(syscall(SYS_close_range, 9, 3, 0));
    int path = open(".", O_PATH);
    R(read(path, &n, 1));
    R(fcntl(path, F_SETFL, 0));
    SAY("fl %x", fcntl(path, F_GETFL));
    R(fcntl(path, F_GETFD));
    int d = open(".", O_RDONLY | O_DIRECTORY);
    R(read(d, &n, 1));
    R(write(d, &n, 1));
    unlink("x");
}

static void locks(void)
{
    int f = open("lock", O_RDWR | O_CREAT, 0600);
    write(f, "0123456789", 10);
    int g = open("lock", O_RDWR);
    R(flock(f, LOCK_EX));
    R(flock(g, LOCK_SH | LOCK_NB));
    R(flock(f, LOCK_SH));
    R(flock(g, LOCK_SH | LOCK_NB));
    R(flock(f, LOCK_UN));
    R(flock(g, LOCK_EX | LOCK_NB));
    R(flock(g, LOCK_UN));
    R(flock(g, 99));
    struct flock l = {F_WRLCK, SEEK_SET, 2, 4, 0};
    R(fcntl(f, F_SETLK, &l));
    pid_t c = fork();
    if (c == 0) {
        struct flock k = {F_RDLCK, SEEK_SET, 0, 0, 0};
        R(fcntl(f, F_GETLK, &k));
        SAY("type %d start %ld len %ld pid %d", k.l_type, (long)k.l_start, (long)k.l_len, k.l_pid == getppid());
        struct flock m = {F_RDLCK, SEEK_SET, 3, 1, 0};
        R(fcntl(f, F_SETLK, &m));
        struct flock n = {F_RDLCK, SEEK_SET, 6, 1, 0};
        R(fcntl(f, F_SETLK, &n));
        struct flock o = {F_WRLCK, SEEK_SET, 3, 1, 0};
        long r = fcntl(f, F_SETLKW, &o);
        usleep(20000);
        SAY("%ld", r);
        _exit(0);
    }
    usleep(20000);
    struct flock u = {F_UNLCK, SEEK_SET, 3, 1, 0};
    R(fcntl(f, F_SETLK, &u));
    waitpid(c, 0, 0);
    close(g);
    c = fork();
    if (c == 0) {
        struct flock k = {F_WRLCK, SEEK_SET, 0, 0, 0};
        R(fcntl(f, F_GETLK, &k));
        SAY("type %d", k.l_type);
        _exit(0);
    }
    waitpid(c, 0, 0);
    struct flock bad = {F_WRLCK, 9, 0, 0, 0};
    R(fcntl(f, F_SETLK, &bad));
    struct flock neg = {F_WRLCK, SEEK_SET, 5, -10, 0};
    R(fcntl(f, F_SETLK, &neg));
    int ro = open("lock", O_RDONLY);
    R(fcntl(ro, F_SETLK, &l));
    struct flock ofd = {F_WRLCK, SEEK_SET, 0, 0, 0};
    int h = open("lock", O_RDWR);
    R(fcntl(f, F_OFD_SETLK, &ofd));
    R(fcntl(h, F_OFD_SETLK, &ofd));
    R(fcntl(h, F_OFD_GETLK, &ofd));
    SAY("%d %d", ofd.l_type, ofd.l_pid);
    unlink("lock");
}

static void fifos(void)
{
    R(mkfifo("ff", 0600));
    R(open("ff", O_WRONLY | O_NONBLOCK));
    int r = open("ff", O_RDONLY | O_NONBLOCK);
    SAY("r %d", r >= 0);
    char b[100];
    R(read(r, b, 10));
    int w = open("ff", O_WRONLY | O_NONBLOCK);
    SAY("w %d", w >= 0);
    R(read(r, b, 10));
    R(write(w, "hello", 5));
    R(read(r, b, 10));
    struct pollfd p = {r, POLLIN, 0};
    R(poll(&p, 1, 0));
    SAY("revents %x", p.revents);
    close(w);
    R(poll(&p, 1, 0));
    SAY("revents %x", p.revents);
    close(r);
    pid_t c = fork();
    if (c == 0) {
        int f = open("ff", O_WRONLY);
        write(f, "from child", 10);
        close(f);
        _exit(0);
    }
    int f = open("ff", O_RDONLY);
    R(read(f, b, 100));
    R(read(f, b, 100));
    close(f);
    waitpid(c, 0, 0);
    c = fork();
    if (c == 0) {
        usleep(10000);
        int f = open("ff", O_WRONLY);
        write(f, "x", 1);
        close(f);
        _exit(0);
    }
    f = open("ff", O_RDONLY);
    R(read(f, b, 100));
    R(read(f, b, 100));
    close(f);
    waitpid(c, 0, 0);
    c = fork();
    if (c == 0) {
        usleep(10000);
        int f = open("ff", O_RDONLY);
        char q[10];
        int n = read(f, q, 10);
        _exit(n);
    }
    f = open("ff", O_WRONLY);
    R(write(f, "abc", 3));
    close(f);
    int st;
    waitpid(c, &st, 0);
    SAY("child got %d", WEXITSTATUS(st));
    f = open("ff", O_RDWR);
    R(write(f, "rdwr", 4));
    R(read(f, b, 10));
    close(f);
    unlink("ff");
}

static void splices(void)
{
    int f = open("s", O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < 1000; i++)
        write(f, "0123456789", 10);
    int p[2], q[2];
    pipe(p);
    pipe(q);
    loff_t off = 5;
    R(splice(f, &off, p[1], 0, 100, 0));
    SAY("off %ld", (long)off);
    R(tee(p[0], q[1], 50, 0));
    char b[200];
    memset(b, 0, 200);
    R(read(q[0], b, 200));
    SAY("%.20s", b);
    R(splice(p[0], 0, q[1], 0, 30, 0));
    R(read(q[0], b, 200));
    R(read(p[0], b, 200));
    off = 0;
    R(sendfile(p[1], f, &off, 20));
    SAY("off %ld", (long)off);
    R(read(p[0], b, 200));
    lseek(f, 9990, SEEK_SET);
    R(sendfile(p[1], f, 0, 100));
    R(lseek(f, 0, SEEK_CUR));
    R(read(p[0], b, 200));
    R(splice(f, 0, f, 0, 10, 0));
    R(splice(p[0], &off, q[1], 0, 10, 0));
    R(splice(p[0], 0, q[1], 0, 10, SPLICE_F_NONBLOCK));
    int g = open("t", O_RDWR | O_CREAT | O_TRUNC, 0600);
    loff_t a = 10, o = 3;
    R(copy_file_range(f, &a, g, &o, 50, 0));
    SAY("%ld %ld", (long)a, (long)o);
    struct stat st;
    fstat(g, &st);
    SAY("size %ld", (long)st.st_size);
    lseek(f, 0, SEEK_SET);
    R(copy_file_range(f, 0, g, 0, 1 << 20, 0));
    struct iovec v = {"vmsplice", 8};
    R(vmsplice(p[1], &v, 1, 0));
    R(read(p[0], b, 200));
    unlink("s");
    unlink("t");
}

static void devices(void)
{
    int z = open("/dev/zero", O_RDWR), n = open("/dev/null", O_RDWR), f = open("/dev/full", O_RDWR),
        u = open("/dev/urandom", O_RDONLY);
    char b[100];
    memset(b, 1, 100);
    R(read(z, b, 100));
    SAY("%d", b[50]);
    R(write(z, b, 10));
    R(read(n, b, 10));
    R(write(n, b, 10));
    R(read(f, b, 10));
    R(write(f, b, 10));
    R(read(u, b, 100));
    R(lseek(n, 100, SEEK_SET));
    struct stat st;
    fstat(n, &st);
    SAY("%o %lx", st.st_mode, (long)st.st_rdev);
    R(read(z, (void *)8, 10));
    R(write(n, (void *)8, 10));
    void *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, z, 0);
    SAY("%d", m != MAP_FAILED && *(char *)m == 0);
    R(mmap(0, 4096, PROT_READ, MAP_PRIVATE, n, 0) == MAP_FAILED);
    struct termios t;
    R(tcgetattr(n, &t));
    int p[2];
    pipe(p);
    pthread_t th;
    pthread_create(&th, 0, closer, &p[1]);
    R(read(p[0], b, 1));
    pthread_join(th, 0);
    R(write(p[1], (void *)8, 5));
    R(write(p[1], "abc", 3));
    R(read(p[0], (void *)8, 3));
    R(read(p[0], b, 10));
    char *g = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(g + 4096, 4096);
    int o = open("part", O_RDWR | O_CREAT, 0600);
    R(write(o, g + 4090, 10));
    R(pread(o, g + 4092, 6, 0));
    R(write(p[1], g + 4090, 10));
    struct iovec v[2] = {{b, 3}, {(void *)8, 3}};
    R(writev(o, v, 2));
    v[1].iov_len = -1;
    R(writev(o, v, 2));
    R(readv(o, v, -1));
    R(writev(o, v, 0));
    R(preadv2(o, v, 1, 0, 0x40));
    R(pwritev2(o, v, 1, 0, RWF_APPEND));
    R(lseek(o, 0, SEEK_END));
    unlink("part");
}
int main(void)
{
    fcntls();
    locks();
    fifos();
    splices();
    devices();
    return 0;
}
