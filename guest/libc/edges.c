/* Corners of memory, futexes and descriptors that few programs turn. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#define PAGE 4096

static int word;

static void *locker(void *unused)
{
    syscall(SYS_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
    syscall(SYS_futex, &word, FUTEX_UNLOCK_PI_PRIVATE, 0);
    return NULL;
}

static long futex(int op, int val, void *other) { return syscall(SYS_futex, &word, op, val, other, other, 0); }

static void priority_inheritance(void)
{
    SAY("-- futex calls on a lock with priority inheritance");
    pthread_t thread;
    int second = 0;
    word = syscall(SYS_gettid);
    pthread_create(&thread, NULL, locker, NULL);
    while (!(*(volatile int *)&word & FUTEX_WAITERS)) usleep(1000);
    usleep(20000);
    R(futex(FUTEX_WAKE_PRIVATE, 1, NULL));
    R(futex(FUTEX_WAKE_PRIVATE, 0, NULL));
    R(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL, 0));
    R(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL, 2));
    R(syscall(SYS_futex, &word, FUTEX_REQUEUE_PRIVATE, 1, 1L, &second, 0));
    R(syscall(SYS_futex, &word, FUTEX_REQUEUE_PRIVATE, 0, 0L, &second, 0));
    R(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1L, &second, word));
    R(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, 1L, &second, word));
    R(syscall(SYS_futex, &second, FUTEX_WAKE_OP_PRIVATE, 1, 1L, &word, FUTEX_OP(FUTEX_OP_ADD, 0, FUTEX_OP_CMP_LT, 1)));
    R(syscall(SYS_futex, &word, FUTEX_WAKE_OP_PRIVATE, 1, 1L, &second, FUTEX_OP(FUTEX_OP_ADD, 0, FUTEX_OP_CMP_EQ, 0)));
    R(futex(FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL));
    R(futex(FUTEX_LOCK_PI_PRIVATE, 0, NULL));
    R(futex(FUTEX_UNLOCK_PI_PRIVATE, 0, NULL));
    pthread_join(thread, NULL);
    R(word);
    R(futex(FUTEX_UNLOCK_PI_PRIVATE, 0, NULL));
}

/* Pages of a range that are in memory, and what smaps says is locked. */
static int resident(char *at, int pages)
{
    unsigned char in[64];
    int n = 0;
    if (mincore(at, pages * PAGE, in) < 0) return -1;
    for (int i = 0; i < pages; i++) n += in[i] & 1;
    return n;
}

static long field(const char *file, const char *name, void *at)
{
    char line[512], start[32];
    FILE *f = fopen(file, "r");
    long value = -1;
    int inside = at == NULL;
    snprintf(start, sizeof start, "%lx-", (long)at);
    while (fgets(line, sizeof line, f)) {
        if (at && strstr(line, "-") && strchr(line, '-') < strchr(line, ' ')) inside = !strncmp(line, start, strlen(start));
        if (inside && !strncmp(line, name, strlen(name))) value = atol(line + strlen(name) + 1);
    }
    fclose(f);
    return value;
}
#define SMAPS(name, at) field("/proc/self/smaps", name, at)

static char *fresh(int pages)
{
    /* A guard around it keeps it apart from its neighbours. */
    char *at = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(at + PAGE, pages * PAGE, PROT_READ | PROT_WRITE);
    return at + PAGE;
}

static void locking(void)
{
    SAY("-- memory that is locked when it comes");
    char *at = fresh(8);
    at[0] = 1;
    R(syscall(SYS_mlock2, at, 8 * PAGE, 2));
    R(syscall(SYS_mlock2, at, 8 * PAGE, 1));
    R(resident(at, 8));
    R(SMAPS("Locked:", at));
    at[PAGE] = 1;
    R(resident(at, 8));
    R(SMAPS("Locked:", at));
    R(mlock(at, 8 * PAGE));
    R(resident(at, 8));
    R(munlock(at, 8 * PAGE));
    R(SMAPS("Locked:", at));
    R(mlockall(MCL_ONFAULT));
    R(mlockall(MCL_FUTURE | MCL_ONFAULT));
    char *later = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    R(resident(later, 8));
    R(munlockall());
    R(mlockall(MCL_CURRENT | MCL_ONFAULT));
    R(resident(later, 8));
    R(munlockall());
    R(mlockall(MCL_FUTURE));
    later = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    R(resident(later, 8));
    R(munlockall());
}

static void *unsharer(void *unused)
{
    int fd = open("/dev/null", O_RDONLY), low = dup(fd);
    R(syscall(SYS_close_range, low, low, 2));
    R(fcntl(low, F_GETFD));
    R(fcntl(fd, F_GETFD));
    R(syscall(SYS_close_range, fd, ~0U, 2 | 4));
    R(fcntl(fd, F_GETFD));
    R(syscall(SYS_close_range, 0, 1, 8));
    R(syscall(SYS_close_range, 2, 1, 2));
    return (void *)(long)low;
}

static void closing(void)
{
    SAY("-- close_range in a thread of its own table");
    pthread_t thread;
    void *low;
    pthread_create(&thread, NULL, unsharer, NULL);
    pthread_join(thread, &low);
    R(fcntl((int)(long)low, F_GETFD));
}

static void show(const char *what, char *at, int pages)
{
    char line[512];
    FILE *f = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, f)) {
        unsigned long start, end;
        char perms[8];
        int name = 0;
        sscanf(line, "%lx-%lx %7s %*s %*s %*s %n", &start, &end, perms, &name);
        if (start >= (unsigned long)at && end <= (unsigned long)(at + pages * PAGE)) {
            line[strcspn(line, "\n")] = 0;
            SAY("%s: %ld+%ld %s %s", what, ((long)start - (long)at) / PAGE, (long)(end - start) / PAGE, perms, line + name);
        }
    }
    fclose(f);
}

/* What a descriptor and a mapping of a file are called that was opened through a magic link. */
static void magic(void)
{
    SAY("-- files behind magic links");
    char path[] = "./magic-XXXXXX", link[64], text[256] = "", here[200], line[512];
    int fd = mkstemp(path);
    getcwd(here, sizeof here);
    ftruncate(fd, PAGE);
    sprintf(link, "/proc/self/fd/%d", fd);
    int again = open(link, O_RDONLY);
    sprintf(link, "/proc/self/fd/%d", again);
    readlink(link, text, sizeof text - 1);
    SAY("descriptor: %d", !strncmp(text, here, strlen(here)) && !strcmp(text + strlen(here), path + 1));
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, again, 0);
    FILE *f = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, f))
        if (strtoul(line, NULL, 16) == (unsigned long)at) SAY("mapping: %d", strstr(line, text) != NULL);
    fclose(f);
    unlink(path);
    close(fd), close(again);
    munmap(at, PAGE);
    char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    show("shared", shared, 1);
}

static void names(void)
{
    SAY("-- names of anonymous memory");
    char *at = fresh(6);
    char longest[100];
    R(prctl(PR_SET_VMA, 0, at, 6 * PAGE, "my heap"));
    show("all", at, 6);
    R(prctl(PR_SET_VMA, 0, at + PAGE, PAGE, "part"));
    show("part", at, 6);
    R(prctl(PR_SET_VMA, 0, at + PAGE, PAGE, "my heap"));
    show("whole again", at, 6);
    R(prctl(PR_SET_VMA, 0, at, 2 * PAGE, NULL));
    show("cleared", at, 6);
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a\\b"));
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a[b"));
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a$b"));
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a`b"));
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a\x7f"));
    R(prctl(PR_SET_VMA, 0, at, PAGE, "a b{}()"));
    memset(longest, 'x', sizeof longest);
    longest[80] = 0;
    R(prctl(PR_SET_VMA, 0, at, PAGE, longest));
    longest[79] = 0;
    R(prctl(PR_SET_VMA, 0, at, PAGE, longest));
    R(prctl(PR_SET_VMA, 0, at, PAGE, (char *)1));
    R(prctl(PR_SET_VMA, 1, at, PAGE, "x"));
    R(prctl(PR_SET_VMA, 0, at + 1, PAGE, "x"));
    R(prctl(PR_SET_VMA, 0, at, 0, "x"));
    R(prctl(PR_SET_VMA, 0, at, 1, ""));
    show("empty name", at, 6);
    int fd = open("/proc/self/exe", O_RDONLY);
    char *file = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    R(prctl(PR_SET_VMA, 0, file, PAGE, "file"));
    munmap(at + 4 * PAGE, PAGE);
    R(prctl(PR_SET_VMA, 0, at + 3 * PAGE, 3 * PAGE, "hole"));
    show("hole", at, 6);
    char *shared = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    R(prctl(PR_SET_VMA, 0, shared, PAGE, "shm"));
    show("shared", shared, 1);
    close(fd);
    if (fork() == 0) {
        show("child", at, 6);
        _exit(0);
    }
    wait(NULL);
}

static void places(void)
{
    SAY("-- where the parts of a process are");
    char *at = fresh(4), line[64] = "";
    if (fork()) {
        wait(NULL);
        return;
    }
    struct prctl_mm_map map = {.exe_fd = -1};
    map.start_code = (long)places & -PAGE;
    map.end_code = map.start_code + PAGE;
    map.start_data = map.end_data = map.start_stack = map.env_start = map.env_end = (long)at;
    map.start_brk = map.brk = (long)sbrk(0);
    map.arg_start = (long)strcpy(at, "another name"), map.arg_end = map.arg_start + 13;
    R(prctl(35, 14, &map, sizeof map, 0));
    read(open("/proc/self/cmdline", O_RDONLY), line, sizeof line - 1);
    SAY("%s", line);
    R(prctl(35, 14, &map, sizeof map - 1, 0));
    R(prctl(35, 14, 8, sizeof map, 0));
    map.arg_end = map.arg_start - 1;
    R(prctl(35, 14, &map, sizeof map, 0));
    map.arg_end = 8;
    R(prctl(35, 14, &map, sizeof map, 0));
    map.arg_end = map.arg_start, map.start_brk = map.brk + 1;
    R(prctl(35, 14, &map, sizeof map, 0));
    map.start_brk = map.brk, map.auxv_size = 8, map.auxv = NULL;
    R(prctl(35, 14, &map, sizeof map, 0));
    map.auxv_size = 0, map.exe_fd = 0;
    setuid(65534);
    R(prctl(35, 14, &map, sizeof map, 0));
    R(prctl(35, 1, 0, 0, 0));
    R(prctl(35, 99, at, 0, 0));
    R(prctl(35, 1, at, 1, 0));
    R(prctl(35, 15, 0, 0, 0));
    unsigned size = 0;
    R(prctl(35, 15, &size, 0, 0));
    SAY("%u", size);
    R(prctl(35, 7, (long)sbrk(0) + (1L << 40), 0, 0));
    _exit(0);
}

static sigjmp_buf back;
static void on_bus(int signo, siginfo_t *info, void *context)
{
    siglongjmp(back, signo * 100 + info->si_code);
}

static int touch(volatile char *at, int writes)
{
    int how = sigsetjmp(back, 1);
    if (how) return how;
    if (writes) *at = 7;
    else (void)*at;
    return 0;
}

static void beyond(const char *what, int fd)
{
    SAY("-- beyond the end of %s", what);
    ftruncate(fd, PAGE + 100);
    char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *private = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    R(touch(shared + PAGE + 99, 1));
    R(touch(shared + 2 * PAGE - 1, 1));
    R(touch(shared + 2 * PAGE, 0));
    R(touch(shared + 2 * PAGE, 1));
    R(touch(private + 2 * PAGE - 1, 1));
    R(touch(private + 2 * PAGE, 0));
    R(touch(private + 2 * PAGE, 1));
    R(syscall(SYS_read, open("/dev/zero", O_RDONLY), shared + 2 * PAGE, 8));
    ftruncate(fd, 3 * PAGE);
    R(touch(shared + 2 * PAGE, 1));
    R(touch(private + 2 * PAGE, 1));
    ftruncate(fd, PAGE);
    R(touch(shared + PAGE, 0));
    R(touch(private + PAGE, 0));
    R(touch(private + 2 * PAGE, 0));
    R(mprotect(shared, 4 * PAGE, PROT_READ));
    R(touch(shared, 1));
    R(mlock(shared + 2 * PAGE, PAGE));
    R(madvise(shared + 2 * PAGE, PAGE, MADV_WILLNEED));
    R(madvise(private + 2 * PAGE, PAGE, 22));
    R(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0) != MAP_FAILED);
    munmap(shared, 4 * PAGE);
    munmap(private, 4 * PAGE);
}

static void *receiver(void *id)
{
    struct { long type; char text[8]; } message;
    R(msgrcv((int)(long)id, &message, 8, 0, 0));
    return NULL;
}

static void *sender(void *id)
{
    struct { long type; char text[8192]; } message = {1};
    R(msgsnd((int)(long)id, &message, 8192, 0));
    return NULL;
}

static void removed(void *(*who)(void *), int fill)
{
    struct { long type; char text[8192]; } message = {1};
    int id = msgget(IPC_PRIVATE, 0600);
    pthread_t thread;
    for (int i = 0; i < fill; i++) msgsnd(id, &message, 8192, 0);
    pthread_create(&thread, NULL, who, (void *)(long)id);
    usleep(20000);
    R(msgctl(id, IPC_RMID, NULL));
    pthread_join(thread, NULL);
    R(msgsnd(id, &message, 1, 0));
}

static long seal(void *at, long length, long flags) { return syscall(SYS_mseal, at, length, flags); }

static void sealing(void)
{
    SAY("-- mappings that stay as they are");
    char *at = fresh(8);
    at[2 * PAGE] = 5;
    mprotect(at + 5 * PAGE, PAGE, PROT_READ);
    R(seal(at + 2 * PAGE, PAGE, 1));
    R(seal(at + 1, PAGE, 0));
    R(seal(at, 0, 0));
    R(seal(at, -PAGE, 0));
    R(seal(at + 2 * PAGE, PAGE, 0));
    R(seal(at + 2 * PAGE, PAGE, 0));
    R(seal(at + 5 * PAGE, 1, 0));
    R(mprotect(at, 8 * PAGE, PROT_READ));
    show("half changed", at, 8);
    R(mprotect(at + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE));
    R(munmap(at + PAGE, 2 * PAGE));
    R(mmap(at + PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
    R(mremap(at + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED);
    R(mremap(at + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 2 * PAGE) == MAP_FAILED);
    R(madvise(at + 2 * PAGE, PAGE, MADV_DONTNEED));
    R(at[2 * PAGE]);
    for (int advice = 0; advice < 22; advice++) SAY("madvise %d: %s", advice, madvise(at + 5 * PAGE, PAGE, advice) ? strerrorname_np(errno) : "0");
    R(mlock(at + 2 * PAGE, PAGE));
    R(munlock(at + 2 * PAGE, PAGE));
    if (fork() == 0) {
        R(munmap(at + 2 * PAGE, PAGE));
        _exit(0);
    }
    wait(NULL);
    R(munmap(at + 3 * PAGE, PAGE));
    R(seal(at + 2 * PAGE, 4 * PAGE, 0));
    R(munmap(at, PAGE));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        names();
        return 0;
    }
    struct sigaction act = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGSEGV, &act, NULL);
    priority_inheritance();
    locking();
    closing();
    sealing();
    magic();
    places();
    int fd = memfd_create("edges", 0);
    beyond("a memfd", fd);
    char path[] = "./edges-XXXXXX";
    fd = mkstemp(path);
    unlink(path);
    beyond("a file", fd);
    SAY("-- a queue of messages goes while somebody waits");
    removed(receiver, 0);
    removed(sender, 2);
    return 0;
}
