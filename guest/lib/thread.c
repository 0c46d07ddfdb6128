/* Threads: tasks that share memory, files and handlers, and a mutex, all on clone and futex. */
#include "tiny.h"

#define STACK_SIZE 0x10000
#define THREAD_FLAGS                                                                                    \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* The child comes out of the same ecall, with a0 = 0 and on its own empty stack: it must not return
   into the parent's frame, so this is written in assembly. tp holds its struct thread. */
long thread_clone(long flags, void *stack, int *parent_tid, void *tls, int *child_tid);
#ifdef __riscv
__asm__("thread_clone:\n"
        "  li a7, 220\n"
        "  ecall\n"
        "  bnez a0, 1f\n"
        "  mv a0, tp\n"
        "  call thread_main\n"
        "  li a7, 93\n"
        "  ecall\n"
        "1:ret\n");
#endif

__attribute__((used)) int thread_main(struct thread *t)
{
    t->result = t->run(t->arg);
    return 0;
}

int thread_start(struct thread *t, int (*run)(void *arg), void *arg)
{
    char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (is_error(stack))
        return (long)stack;
    *t = (struct thread){.run = run, .arg = arg, .stack = stack};
    return thread_clone(THREAD_FLAGS, stack + STACK_SIZE, &t->tid, t, &t->tid);
}

/* The kernel's wake at the thread's end is not a private one, so neither is this wait. */
int thread_join(struct thread *t)
{
    for (int tid; (tid = *(volatile int *)&t->tid) != 0;)
        futex(&t->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
    syscall(SYS_munmap, t->stack, STACK_SIZE);
    return t->result;
}

struct thread *thread_self(void)
{
    struct thread *t;
#ifdef __riscv
    __asm__("mv %0, tp" : "=r"(t));
#else
    __asm__("rdfsbase %0" : "=r"(t));
#endif
    return t;
}

long futex(int *word, int op, int value, const struct timespec *timeout, int *other, int value3)
{
    return syscall(SYS_futex, word, op, value, timeout, other, value3);
}

/* 0: free, 1: held, 2: held and somebody waits (Drepper, "Futexes are tricky", mutex 2). */
void lock(int *mutex)
{
    int seen = 0;
    if (__atomic_compare_exchange_n(mutex, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(mutex, 2, __ATOMIC_ACQUIRE) != 0)
        futex(mutex, FUTEX_WAIT | FUTEX_PRIVATE, 2, NULL, NULL, 0);
}

void unlock(int *mutex)
{
    if (__atomic_exchange_n(mutex, 0, __ATOMIC_RELEASE) == 2)
        futex(mutex, FUTEX_WAKE | FUTEX_PRIVATE, 1, NULL, NULL, 0);
}
