/* How handlers run: flags, the alternate stack, one within another. */
#include "tests.h"

static volatile int count, depth, deepest, answer;
static u64 mask_inside;
static char alternate[16384] __attribute__((aligned(16)));
static volatile bool on_alternate;
static struct sigstack inside_stack;

static void note(int signo, struct siginfo *info, void *context)
{
    count = count + 1;
}

static void again(int signo, struct siginfo *info, void *context)
{
    depth = depth + 1;
    if (depth > deepest)
        deepest = depth;
    if (count++ == 0)
        kill(getpid(), SIGUSR1);
    depth = depth - 1;
}

static void look_at_mask(int signo, struct siginfo *info, void *context)
{
    set_mask(SIG_BLOCK, 0, &mask_inside);
}

void test_signal_flags(void)
{
    struct sigaction now;
    on_signal(SIGUSR1, again, 0);
    kill(getpid(), SIGUSR1);
    printf("without SA_NODEFER: %d runs, %d deep\n", count, deepest);
    count = deepest = 0;
    on_signal(SIGUSR1, again, SA_NODEFER);
    kill(getpid(), SIGUSR1);
    printf("with SA_NODEFER: %d runs, %d deep\n", count, deepest);
    on_signal(SIGUSR1, note, SA_SIGINFO | SA_RESETHAND);
    kill(getpid(), SIGUSR1);
    syscall(SYS_rt_sigaction, SIGUSR1, NULL, &now, 8);
    yes("SA_RESETHAND: the default again", now.handler == SIG_DFL);
    struct sigaction masked = {look_at_mask, 0, BIT(SIGUSR2)};
    syscall(SYS_rt_sigaction, SIGUSR1, &masked, NULL, 8);
    kill(getpid(), SIGUSR1);
    yes("sa_mask and the signal itself are blocked inside", mask_inside == (BIT(SIGUSR1) | BIT(SIGUSR2)));
    set_mask(SIG_BLOCK, 0, &mask_inside);
    result("and not afterwards", mask_inside);
    syscall(SYS_rt_sigaction, SIGUSR1, NULL, &now, 8);
    yes("sigaction gives back what was set", now.handler == look_at_mask && now.mask == BIT(SIGUSR2));
}

static void where(int signo, struct siginfo *info, void *context)
{
    char here;
    on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
    syscall(SYS_sigaltstack, NULL, &inside_stack);
    answer = syscall(SYS_sigaltstack, &inside_stack, NULL);
}

void test_signal_altstack(void)
{
    struct sigstack stack = {alternate, 0, sizeof alternate}, now;
    syscall(SYS_sigaltstack, NULL, &now);
    result("at first disabled", now.flags);
    result("set", syscall(SYS_sigaltstack, &stack, NULL));
    on_signal(SIGUSR1, where, 0);
    kill(getpid(), SIGUSR1);
    yes("without SA_ONSTACK: on it", on_alternate);
    on_signal(SIGUSR1, where, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    yes("with SA_ONSTACK: on it", on_alternate);
    result("flags inside", inside_stack.flags);
    result("changing it inside", answer);
    stack.size = 100;
    result("too small", syscall(SYS_sigaltstack, &stack, NULL));
    stack.flags = 64;
    result("bad flags", syscall(SYS_sigaltstack, &stack, NULL));
    stack.flags = SS_DISABLE;
    result("disable", syscall(SYS_sigaltstack, &stack, NULL));
    kill(getpid(), SIGUSR1);
    yes("disabled: on it", on_alternate);
}

static void outer(int signo, struct siginfo *info, void *context)
{
    printf("outer begins\n");
    kill(getpid(), SIGUSR2);
    printf("outer ends\n");
}

static void inner(int signo, struct siginfo *info, void *context)
{
    printf("inner\n");
}

/* A handler must leave every register as it was: integer and floating point. */
void test_signal_nested(void)
{
    on_signal(SIGUSR1, outer, 0);
    on_signal(SIGUSR2, inner, 0);
    volatile double before = 1.5;
    double x = before * 3;
    kill(getpid(), SIGUSR1);
    yes("registers survive", x == 4.5);
    on_signal(SIGALRM, note, SA_SIGINFO);
    interrupt_in(5);
    long sum = 0;
    for (long i = 1; !count || i <= 1000; i++)
        sum += i & 1;
    yes("a handler may come between any two instructions", sum >= 500);
}
