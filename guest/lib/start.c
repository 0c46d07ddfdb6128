/* The first instructions of a program: what the kernel left on the stack becomes main's arguments. */
#include "tiny.h"

char **environ;
unsigned long *auxv;

#ifdef __riscv
/* gp is set without relaxation, because relaxed code would already use it. */
__asm__(".globl _start\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "  la gp, __global_pointer$\n"
        ".option pop\n"
        "  mv a0, sp\n"
        "  andi sp, sp, -16\n"
        "  li ra, 0\n"
        "  tail start_c\n");
#endif

/* The stack holds argc, argv…, NULL, envp…, NULL, then pairs of the auxiliary vector. */
void NORETURN start_c(long *sp)
{
    int argc = sp[0];
    char **argv = (char **)(sp + 1);
    environ = argv + argc + 1;
    char **end = environ;
    while (*end)
        end++;
    auxv = (unsigned long *)(end + 1);
    exit(main(argc, argv));
}

void exit(int status)
{
    out_flush();
    for (;;)
        syscall(SYS_exit_group, status);
}
