/* Restartable sequences: registration and its errors, numbers, aborts by signals, by others and by membarrier, bad descriptions. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#ifdef __riscv
#define RSEQ 293
#define MEMBARRIER 283
#define SIGNATURE 0xf1401073
#else
#define RSEQ 334
#define MEMBARRIER 324
#define SIGNATURE 0x53053053
#endif

struct area {
    uint32_t cpu_id_start, cpu_id;
    uint64_t cs;
    uint32_t flags, node_id, mm_cid, end;
} __attribute__((aligned(32)));
static struct area area;
static __thread struct area own;

struct description {
    uint32_t version, flags;
    uint64_t start, length, abort;
};
extern struct description description;

/* Waits in a sequence until the flag is set: 0, or 1 when it was aborted. */
long sequence(struct area *area, volatile long *flag);
#ifdef __riscv
asm(".text\n.globl sequence\nsequence:\n"
    "la t0, description\nsd t0, 8(a0)\n"
    "sequence_begin: ld t1, 0(a1)\nbeqz t1, sequence_begin\n"
    "sequence_end: sd zero, 8(a0)\nli a0, 0\nret\n.balign 4\n.word 0xf1401073\n"
    "sequence_abort: li a0, 1\nret\n"
    ".data\n.balign 32\n.globl description\ndescription: .long 0, 0\n"
    ".quad sequence_begin, sequence_end - sequence_begin, sequence_abort\n.text\n");
#else
asm(".text\n.globl sequence\nsequence:\n"
    "lea description(%rip), %rax\nmov %rax, 8(%rdi)\n"
    "sequence_begin: mov (%rsi), %rax\ntest %rax, %rax\njz sequence_begin\n"
    "sequence_end: movq $0, 8(%rdi)\nxor %eax, %eax\nret\n.long 0x53053053\n"
    "sequence_abort: mov $1, %eax\nret\n"
    ".data\n.balign 32\n.globl description\ndescription: .long 0, 0\n"
    ".quad sequence_begin, sequence_end - sequence_begin, sequence_abort\n.text\n");
#endif

static long rseq(void *at, unsigned length, int flags, unsigned signature)
{
    return syscall(RSEQ, at, length, flags, signature);
}
static int processor(void)
{
    unsigned cpu;
    syscall(SYS_getcpu, &cpu, NULL, NULL);
    return cpu;
}
static int in_area(void) { return (int)area.cpu_id >= 0 && area.cpu_id == area.cpu_id_start; }

static void registering(void)
{
    SAY("-- registering");
    area.cpu_id = -1;
    R(rseq(&area, 31, 0, SIGNATURE));
    R(rseq((char *)&area + 8, 32, 0, SIGNATURE));
    R(rseq(&area, 32, 2, SIGNATURE));
    R(rseq(&area, 32, 1, SIGNATURE));
    R(rseq((void *)-64, 32, 0, SIGNATURE));
    R(rseq(&area, 32, 0, SIGNATURE));
    R(in_area());
    R(area.node_id);
    R(rseq(&area, 32, 0, SIGNATURE));
    R(rseq(&area, 32, 0, 1));
    R(rseq(&area, 64, 0, SIGNATURE));
    R(rseq(&own, 32, 0, SIGNATURE));
    R(rseq(&own, 32, 1, SIGNATURE));
    R(rseq(&area, 64, 1, SIGNATURE));
    R(rseq(&area, 32, 1, 1));
    R(rseq(&area, 32, 3, SIGNATURE));
    R(rseq(&area, 32, 1, SIGNATURE));
    R((int)area.cpu_id);
    R(area.cpu_id_start);
    R(rseq(&area, 32, 1, SIGNATURE));
    R(getauxval(27) >= 20);
    R(getauxval(28));
}

static void *thread(void *unused)
{
    R(rseq(&own, 32, 0, SIGNATURE));
    R((int)own.cpu_id >= 0);
    R(rseq(&own, 32, 1, SIGNATURE));
    return unused;
}
static void inheriting(void)
{
    pthread_t t;
    SAY("-- children and threads");
    R(rseq(&area, 32, 0, SIGNATURE));
    if (fork() == 0) {
        R(in_area());
        R(rseq(&area, 32, 0, SIGNATURE));
        R(rseq(&area, 32, 1, SIGNATURE));
        _exit(0);
    }
    wait(NULL);
    pthread_create(&t, NULL, thread, NULL);
    pthread_join(t, NULL);
}

static volatile long flag;
static void on_alarm(int signo) { flag = 1; }
static long cs_in_handler;
static void on_usr1(int signo) { cs_in_handler = area.cs; }
static void *other(void *unused)
{
    flag = 1;
    return unused;
}
static void aborting(void)
{
    pthread_t t;
    cpu_set_t set;
    SAY("-- aborts");
    flag = 1;
    R(sequence(&area, &flag));
    signal(SIGALRM, on_alarm);
    signal(SIGUSR1, on_usr1);
    flag = 0;
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20000}, NULL);
    R(sequence(&area, &flag));
    R(area.cs);
    area.cs = (long)&description;
    raise(SIGUSR1);
    R(cs_in_handler);
    R(area.cs);
    CPU_ZERO(&set);
    CPU_SET(processor(), &set);
    sched_setaffinity(0, sizeof set, &set);
    flag = 0;
    pthread_create(&t, NULL, other, NULL);
    R(flag || sequence(&area, &flag));
    pthread_join(t, NULL);
    R(in_area());
    R((int)area.cpu_id == processor());
}

static void barriers(void)
{
    SAY("-- barriers");
    R(syscall(MEMBARRIER, 0, 0, 0) & 384);
    R(syscall(MEMBARRIER, 128, 0, 0));
    R(syscall(MEMBARRIER, 256, 1, 0));
    R(syscall(MEMBARRIER, 256, 0, 0));
    R(syscall(MEMBARRIER, 128, 0, 0));
    R(syscall(MEMBARRIER, 128, 1, 0));
    R(syscall(MEMBARRIER, 128, 1, 9999));
    R(syscall(MEMBARRIER, 128, 2, 0));
    R(syscall(MEMBARRIER, 512, 0, 0) & 384);
}

static void bad(const char *what, void (*make)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGALRM, on_alarm);
        flag = 0;
        make();
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20000}, NULL);
        _exit(sequence(&area, &flag));
    }
    waitpid(child, &status, 0);
    SAY("  %s: %s %d", what, WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}
static void nothing(void) {}
static void version(void) { description.version = 1; }
static void flagged(void) { description.flags = 1; }
static void area_flags(void) { area.flags = 4; }
static void signature(void) { rseq(&area, 32, 1, SIGNATURE), rseq(&area, 32, 0, 5); }
static void abort_inside(void) { description.abort = description.start + 1; }
static void beyond(void) { description.start = -4096; }
static void endless(void) { description.length = -1; }
static void elsewhere(void) { description.length = 1; description.start -= 64; }
static void pointer(void)
{
    area.cs = 8;
    usleep(1000);
    raise(SIGALRM);
}
static void unmapped(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    rseq(&area, 32, 1, SIGNATURE);
    rseq(page, 32, 0, SIGNATURE);
    munmap(page, 4096);
    raise(SIGALRM);
}
static void descriptions(void)
{
    SAY("-- bad descriptions");
    bad("as it should be", nothing);
    bad("version", version);
    bad("flags", flagged);
    bad("flags of the area", area_flags);
    bad("signature", signature);
    bad("abort inside", abort_inside);
    bad("beyond", beyond);
    bad("endless", endless);
    bad("elsewhere", elsewhere);
    bad("pointer", pointer);
    bad("unmapped", unmapped);
}

static void told(void)
{
    struct { uint64_t at; uint32_t size, signature, flags, pad; } conf = {0};
    int status;
    SAY("-- what a tracer is told");
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        _exit(0);
    }
    waitpid(child, &status, 0);
    R(ptrace(0x420f, child, sizeof conf, &conf));
    SAY("  %d %d %d %d", conf.at == (uintptr_t)&area, conf.size, conf.signature == SIGNATURE, conf.flags);
    conf.signature = 0;
    R(ptrace(0x420f, child, 12, &conf));
    SAY("  %d %d", conf.size, conf.signature);
    R(ptrace(0x420f, child, 24, (void *)8));
    ptrace(PTRACE_KILL, child, 0, 0);
    waitpid(child, &status, 0);
}

int main(int argc, char **argv)
{
    if (getenv("GLIBC_TUNABLES") == NULL) {
        setenv("GLIBC_TUNABLES", "glibc.pthread.rseq=0", 1);
        execv("/proc/self/exe", argv);
    }
    registering();
    inheriting();
    aborting();
    barriers();
    descriptions();
    told();
    return 0;
}
