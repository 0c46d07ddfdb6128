/* What stands under the programs of the corpus instead of a C library, on riscv64 and on x86-64: nothing but what they
   ask for themselves is in their traces. The first argument names the program. */
#include "corpus.h"
#include <stdarg.h>
#include <sys/time.h>
#include <time.h>

#if defined(__riscv)
__asm__(".globl _start\n"
        "_start: .option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n mv a0, sp\n andi sp, sp, -16\n call begin_c\n");

static long raw(long n, long a, long b, long c, long d, long e, long f)
{
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    register long a7 __asm__("a7") = n;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
    return a0;
}

/* clone of a thread that calls a0 on the stack a1; a2 is where its number stands while it lives. */
__asm__(".globl thread_clone\nthread_clone: mv t0, a0\n li a0, 0x350f00\n mv a3, zero\n mv a4, a2\n li a7, 220\n ecall\n"
        "  bnez a0, 1f\n jalr t0\n li a0, 0\n li a7, 93\n ecall\n"
        "1: ret\n");
#define FLAGS 0
#define RESTORE 0
#else
__asm__(".globl _start\n"
        "_start: mov %rsp, %rdi\n and $-16, %rsp\n call begin_c\n"
        "restore: mov $15, %eax\n syscall\n");
void restore(void);

static long raw(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return n;
}

__asm__(".globl thread_clone\nthread_clone: mov %rdi, %r9\n mov $0x350f00, %edi\n mov %rdx, %r10\n xor %r8d, %r8d\n mov $56, %eax\n syscall\n"
        "  test %eax, %eax\n jnz 1f\n call *%r9\n xor %edi, %edi\n mov $60, %eax\n syscall\n"
        "1: ret\n");
#define FLAGS 0x04000000 /* SA_RESTORER */
#define RESTORE restore
#endif

long thread_clone(void (*run)(void), void *stack, int *tid);

long syscall(long n, ...)
{
    va_list list;
    va_start(list, n);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    long r = raw(n, a[0], a[1], a[2], a[3], a[4], a[5]);
    return (unsigned long)r > -4096UL ? -1 : r;
}

void *memset(void *to, int byte, size_t size)
{
    char *at = to;
    while (size-- > 0) *at++ = byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    char *at = to;
    for (const char *next = from; size-- > 0;) *at++ = *next++;
    return to;
}

int __libc_current_sigrtmin(void) { return 34; }
int __libc_current_sigrtmax(void) { return 64; }

int sigemptyset(sigset_t *set)
{
    memset(set, 0, sizeof *set);
    return 0;
}

/* Without the two signals that C libraries keep for themselves. */
int sigfillset(sigset_t *set)
{
    memset(set, 0xff, sizeof *set);
    *(unsigned long *)set &= ~(3UL << 31);
    return 0;
}

int sigaddset(sigset_t *set, int signo)
{
    *(unsigned long *)set |= 1UL << (signo - 1);
    return 0;
}

struct kernel_sigaction {
    void *handler;
    unsigned long flags;
#if !defined(__riscv)
    void (*restorer)(void);
#endif
    unsigned long mask;
};

int sigaction(int signo, const struct sigaction *act, struct sigaction *old)
{
    struct kernel_sigaction k = {0}, was = {0};
    if (act) {
        k.handler = act->sa_handler;
        k.flags = (unsigned)act->sa_flags | FLAGS;
#if !defined(__riscv)
        k.restorer = RESTORE;
#endif
        k.mask = *(const unsigned long *)&act->sa_mask;
    }
    long r = S(rt_sigaction, (long)signo, act ? &k : 0, old ? &was : 0, 8L);
    if (old) {
        old->sa_handler = was.handler;
        old->sa_flags = was.flags & ~FLAGS;
        *(unsigned long *)&old->sa_mask = was.mask;
    }
    return r;
}

int setitimer(__itimer_which_t which, const struct itimerval *it, struct itimerval *old)
{
    return S(setitimer, (long)which, it, old);
}

int nanosleep(const struct timespec *t, struct timespec *left) { return S(nanosleep, t, left); }

#define PROGRAMS(X) \
    X(descriptors) X(events) X(files) X(futexes) X(ipc) X(memory) X(process) X(signals) X(sockets) X(terminals) \
    X(times) X(together) X(waiting)
#define DECLARE(name) int name##_program(void);
PROGRAMS(DECLARE)

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

__attribute__((used)) void begin_c(long *stack)
{
    char **argv = (char **)(stack + 1);
    int status = 127;
    if (stack[0] > 1) {
#define RUN(name) if (same(argv[1], #name)) status = name##_program();
        PROGRAMS(RUN)
    }
    S(exit_group, (long)status);
    __builtin_trap();
}
