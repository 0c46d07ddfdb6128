/* Memory, descriptors and calls of another process: /proc/PID/mem, process_vm_readv, breakpoints, pidfd_getfd. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#ifdef __riscv
typedef struct { long pc, x[31]; } registers;
#define PC(r) (r).pc
#define TRAP_LENGTH 2
#define TRAP_STEP 0
static const unsigned char trap[] = {0x02, 0x90};
#else
typedef struct user_regs_struct registers;
#define PC(r) (r).rip
#define TRAP_LENGTH 1
#define TRAP_STEP 1
static const unsigned char trap[] = {0xcc};
#endif

static char text[] = "somewhere in the data", *pages, *shared;
static const char fixed[] = "cannot be written";
static int counted;

__attribute__((noinline, aligned(16))) static void visited(void)
{
    counted++;
    asm volatile("" ::: "memory");
}

static int ready[2], go[2], name[2];

static pid_t child(void (*body)(void))
{
    pipe(ready);
    pipe(go);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        body();
        write(ready[1], "", 1);
        char c;
        read(go[0], &c, 1);
        for (int i = 0; i < 4; i++)
            visited();
        SAY("  child: %s, %s, %s, counted %d", text, fixed, pages + 4090, counted);
        _exit(0);
    }
    char c;
    read(ready[0], &c, 1);
    return pid;
}

static void nothing(void) {}
static void other_user(void)
{
    prctl(PR_SET_DUMPABLE, 1);
}
static void undumpable(void)
{
    setresuid(12, 12, 12);
}

static void ends(pid_t pid)
{
    write(go[1], "", 1);
    int status;
    waitpid(pid, &status, 0);
    SAY("  status %x", status);
}

static void vm(void)
{
    SAY("process_vm_readv");
    pid_t pid = child(nothing);
    char a[16] = "", b[16] = "";
    struct iovec local[] = {{a, 4}, {b, 9}}, remote[] = {{text, 9}, {(char *)fixed, 4}};
    R(syscall(SYS_process_vm_readv, pid, local, 2, remote, 2, 0));
    SAY("  %s %s", a, b);
    struct iovec hole[] = {{pages + 4090, 10}};
    memset(a, 0, sizeof a);
    R(syscall(SYS_process_vm_readv, pid, (struct iovec[]){{a, 16}}, 1, hole, 1, 0));
    R(syscall(SYS_process_vm_readv, pid, (struct iovec[]){{a, 16}}, 1, (struct iovec[]){{pages + 4096, 4}}, 1, 0));
    R(syscall(SYS_process_vm_readv, pid, (struct iovec[]){{(void *)8, 16}}, 1, hole, 1, 0));
    R(syscall(SYS_process_vm_writev, pid, (struct iovec[]){{"SOMEWHERE", 9}}, 1, remote, 1, 0));
    R(syscall(SYS_process_vm_writev, pid, (struct iovec[]){{"x", 1}}, 1, (struct iovec[]){{(char *)fixed, 4}}, 1, 0));
    R(syscall(SYS_process_vm_readv, pid, local, 2, remote, 2, 1));
    R(syscall(SYS_process_vm_readv, pid, local, 2000, remote, 2, 0));
    R(syscall(SYS_process_vm_readv, pid, local, 2, (void *)8, 2, 0));
    R(syscall(SYS_process_vm_readv, pid, 0, 0, (void *)8, 2, 0));
    R(syscall(SYS_process_vm_readv, pid, local, 2, 0, 0, 0));
    R(syscall(SYS_process_vm_readv, 1 << 30, local, 2, remote, 2, 0));
    ends(pid);
}

static void mem(void)
{
    SAY("/proc/PID/mem");
    pid_t pid = child(nothing);
    char path[64], bytes[64] = "";
    sprintf(path, "/proc/%d/mem", pid);
    int fd = open(path, O_RDWR);
    R(pread(fd, bytes, 9, (long)text));
    SAY("  %s", bytes);
    R(pwrite(fd, "can", 3, (long)fixed) );
    R(pwrite(fd, "hop", 4, (long)pages + 4092));
    R(pread(fd, bytes, 20, (long)pages + 4090));
    R(pread(fd, bytes, 20, (long)pages + 4096));
    R(pread(fd, bytes, 20, 16));
    R(pwrite(fd, "x", 1, (long)pages + 4096));
    R(pwrite(fd, "x", 1, (long)shared));
    R(pread(fd, (void *)8, 20, (long)text));
    R(lseek(fd, (long)text, SEEK_SET) == (long)text);
    R(read(fd, bytes, 4));
    R(lseek(fd, 0, SEEK_CUR) == (long)text + 4);
    R(lseek(fd, 0, SEEK_END));
    ends(pid);
    R(pread(fd, bytes, 9, (long)text));
    close(fd);
}

static void breakpoint(void)
{
    SAY("a breakpoint");
    pid_t pid = child(nothing);
    int status;
    ptrace(PTRACE_ATTACH, pid, 0, 0);
    waitpid(pid, &status, 0);
    errno = 0;
    long word = ptrace(PTRACE_PEEKTEXT, pid, visited, 0), with = word;
    R(word == *(long *)visited);
    memcpy(&with, trap, TRAP_LENGTH);
    R(ptrace(PTRACE_POKETEXT, pid, visited, with));
    R(ptrace(PTRACE_POKETEXT, pid, 8, with));
    R(*(long *)visited == word);
    write(go[1], "", 1);
    for (int i = 0; i < 2; i++) {
        ptrace(PTRACE_CONT, pid, 0, 0);
        waitpid(pid, &status, 0);
        registers r;
        struct iovec all = {&r, sizeof r};
        ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
        siginfo_t info;
        ptrace(PTRACE_GETSIGINFO, pid, 0, &info);
        SAY("  stopped by %d at the place: %d", WSTOPSIG(status), PC(r) - TRAP_STEP == (long)visited);
        SAY("  counted %ld", ptrace(PTRACE_PEEKDATA, pid, (long)&counted & -8, 0) >> (8 * ((long)&counted & 7)) & 0xff);
        /* The second time it goes, the first time the function is left out. */
        PC(r) -= TRAP_STEP;
        if (i == 0) {
#ifdef __riscv
            PC(r) = r.x[0];
#else
            PC(r) = ptrace(PTRACE_PEEKDATA, pid, r.rsp, 0);
            r.rsp += 8;
#endif
        } else
            ptrace(PTRACE_POKETEXT, pid, visited, word);
        ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
    }
    ptrace(PTRACE_DETACH, pid, 0, 0);
    waitpid(pid, &status, 0);
    SAY("  status %x", status);
}

static void rights(void)
{
    SAY("rights");
    pid_t pid = child(undumpable);
    fflush(stdout);
    pid_t looker = fork();
    if (!looker) {
        setresgid(12, 12, 12);
        setresuid(12, 12, 12);
        char c, path[64];
        struct iovec here = {&c, 1}, there = {text, 1};
        R(syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0));
        R(ptrace(PTRACE_SEIZE, pid, 0, 0));
        R(ptrace(PTRACE_SEIZE, getppid(), 0, 0));
        R(ptrace(PTRACE_ATTACH, getpid(), 0, 0));
        R(ptrace(PTRACE_ATTACH, 1 << 30, 0, 0));
        sprintf(path, "/proc/%d/mem", pid);
        R(open(path, O_RDONLY));
        R(syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0));
        int pidfd = syscall(SYS_pidfd_open, pid, 0);
        R(syscall(SYS_pidfd_getfd, pidfd, 0, 0));
        _exit(0);
    }
    waitpid(looker, NULL, 0);
    ends(pid);
}

static void descriptors(void)
{
    SAY("descriptors");
    pid_t pid = child(nothing);
    pid_t me = getpid();
    int pidfd = syscall(SYS_pidfd_open, pid, 0);
    int theirs = syscall(SYS_pidfd_getfd, pidfd, ready[1], 0);
    R(theirs > pidfd);
    R(fcntl(theirs, F_GETFD));
    R(syscall(SYS_kcmp, me, me, KCMP_FILE, theirs, ready[1]));
    R(syscall(SYS_kcmp, me, pid, KCMP_FILE, theirs, ready[1]));
    R(syscall(SYS_kcmp, me, pid, KCMP_FILE, theirs, ready[0]) > 0);
    R(syscall(SYS_kcmp, me, pid, KCMP_VM, 0, 0) > 0);
    R(syscall(SYS_kcmp, me, pid, KCMP_FILES, 0, 0) > 0);
    R(syscall(SYS_kcmp, me, me, KCMP_FILES, 0, 0));
    R(syscall(SYS_kcmp, me, pid, KCMP_FILE, 999, 0));
    R(syscall(SYS_kcmp, me, pid, 99, 0, 0));
    R(syscall(SYS_kcmp, me, 1 << 30, KCMP_VM, 0, 0));
    R(syscall(SYS_pidfd_getfd, pidfd, 999, 0));
    R(syscall(SYS_pidfd_getfd, pidfd, 0, 1));
    R(syscall(SYS_pidfd_getfd, 0, 0, 0));
    char path[64], line[256];
    sprintf(path, "/proc/%d/syscall", pid);
    FILE *f = fopen(path, "r");
    long nr, a0;
    fscanf(f, "%ld 0x%lx", &nr, &a0);
    fclose(f);
    SAY("  in read: %d of %d", nr == SYS_read, a0 == go[0]);
    f = fopen("/proc/self/syscall", "r");
    fgets(line, sizeof line, f);
    fclose(f);
    printf("  self: %s", strncmp(line, "running", 7) ? "in a call\n" : line);
    ends(pid);
    R(syscall(SYS_pidfd_getfd, pidfd, 0, 0));
}

int main(void)
{
    shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(pages + 4090, "page");
    munmap(pages + 4096, 4096);
    mprotect(pages, 4096, PROT_NONE);
    mprotect(pages, 4096, PROT_READ);
    vm();
    mem();
    breakpoint();
    rights();
    descriptors();
    return 0;
}
