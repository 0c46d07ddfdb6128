/* Faults: what the handler of a bad access is told. */
#include "tests.h"

/* The faulting instruction would fault for ever, so the handler leaves by exiting its process. */
static struct report {
    int signo, code;
    void *address;
} *report;

static void tell(int signo, struct siginfo *info, void *context)
{
    *report = (struct report){signo, info->code, info->fault.addr};
    exit(0);
}

static void *target;

static void prepare(void)
{
    static const int all[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
    for (int i = 0; i < LENGTH(all); i++)
        on_signal(all[i], tell, SA_SIGINFO);
}

static void do_read(void) { prepare(); *(volatile char *)target; }
static void do_write(void) { prepare(); *(volatile char *)target = 1; }
static void do_jump(void) { prepare(); ((void (*)(void))target)(); }

static void watch(const char *what, void (*work)(void), void *address)
{
    target = address;
    *report = (struct report){0};
    int status = in_child(work);
    if (status || !report->signo)
        show_status(what, status);
    else
        printf("%s: SIG%s, code %d, address %s\n", what, signal_name(report->signo), report->code,
               report->address == address ? "as accessed" : "other");
}

void test_fault_codes(void)
{
    report = shared_page();
    char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    watch("read at 0", do_read, NULL);
    watch("write at 8", do_write, (void *)8);
    watch("write to a read-only page", do_write, page + 4100);
    watch("read of PROT_NONE", do_read, none + 5);
    watch("write to code", do_write, (void *)(long)test_fault_codes);
    watch("jump to data", do_jump, page);
    watch("jump to nowhere", do_jump, (void *)0x123450);
    syscall(SYS_munmap, page, 4096);
    watch("read of an unmapped page", do_read, page + 16);
    watch("the page behind it", do_read, page + 4096);
    watch("read in the upper half", do_read, (void *)0xffffffff80000000ul);
    int fds[2];
    pipe(fds);
    result("the kernel itself answers EFAULT", write(fds[1], page, 10));
}

void test_fault_bus(void)
{
    report = shared_page();
    int fd = open("short", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(fd, "hello", 5);
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("the file: %s\n", map);
    result("zeros up to the end of its page", map[4095]);
    watch("the page behind it", do_read, map + 4096);
    syscall(SYS_ftruncate, fd, 0);
    watch("after truncation", do_read, map);
    syscall(SYS_unlinkat, AT_FDCWD, "short", 0);
}

#ifdef __riscv
#define ILLEGAL ".word 0"
#define BREAKPOINT "ebreak"
#else
#define ILLEGAL "ud2"
#define BREAKPOINT "int3"
#endif

static void do_illegal(void) { prepare(); __asm__ volatile(ILLEGAL); }
static void do_break(void) { prepare(); __asm__ volatile(BREAKPOINT); }
static void do_illegal_bare(void) { __asm__ volatile(ILLEGAL); }
static void do_break_bare(void) { __asm__ volatile(BREAKPOINT); }

void test_fault_instructions(void)
{
    report = shared_page();
    in_child(do_illegal);
    printf("illegal instruction: SIG%s, code %d\n", signal_name(report->signo), report->code);
    in_child(do_break);
    printf("breakpoint: SIG%s, code %d\n", signal_name(report->signo), report->code);
    show_status("illegal, default", in_child(do_illegal_bare));
    show_status("breakpoint, default", in_child(do_break_bare));
    on_signal(SIGILL, SIG_IGN, 0);
    show_status("a fault cannot be ignored", in_child(do_illegal_bare));
    set_mask(SIG_BLOCK, BIT(SIGILL), NULL);
    show_status("nor blocked", in_child(do_illegal_bare));
}

/* RISC-V: no trap, the quotient is -1 and the remainder the dividend; the most negative by -1 is itself. */
void test_division(void)
{
#ifdef __riscv
    long quotient, remainder, least = 1l << 63, a = 42, zero = 0, minus = -1;
    __asm__ volatile("div %0, %1, %2" : "=r"(quotient) : "r"(a), "r"(zero));
    __asm__ volatile("rem %0, %1, %2" : "=r"(remainder) : "r"(a), "r"(zero));
    printf("42 / 0: %ld rest %ld\n", quotient, remainder);
    __asm__ volatile("div %0, %1, %2" : "=r"(quotient) : "r"(least), "r"(minus));
    __asm__ volatile("rem %0, %1, %2" : "=r"(remainder) : "r"(least), "r"(minus));
    printf("least / -1: is least %d, rest %ld\n", quotient == least, remainder);
    __asm__ volatile("divuw %0, %1, %2" : "=r"(quotient) : "r"(a), "r"(zero));
    printf("unsigned word: %ld\n", quotient);
#else
    printf("42 / 0: -1 rest 42\nleast / -1: is least 1, rest 0\nunsigned word: -1\n");
#endif
}
