/* seccomp: what filters answer, which programs are taken, who else they hold, and what a tracer hears. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"

#ifdef __riscv
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH AUDIT_ARCH_X86_64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(k) BPF_STMT(BPF_RET | BPF_K, k)
#define IF(value, yes) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), ANSWER(yes)
#define FILTER(...)                                                     \
    &(struct sock_fprog){sizeof((struct sock_filter[]){__VA_ARGS__}) / 8, (struct sock_filter[]){__VA_ARGS__}}

static long install(unsigned flags, struct sock_fprog *program)
{
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
}

static void child(const char *title, void (*body)(void))
{
    SAY("%s", title);
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        SAY("  killed by %s", sigabbrev_np(WTERMSIG(status)));
    else
        SAY("  exited %d", WEXITSTATUS(status));
}

static void status_lines(void)
{
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, "Seccomp", 7))
            printf("  %s", line);
    fclose(f);
    fflush(stdout);
}

static void strict(void)
{
    R(prctl(PR_GET_SECCOMP));
    R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0));
    write(1, "  still writes\n", 15);
    syscall(SYS_getppid);
    write(1, "  not this\n", 11);
}

static void strict_exit(void)
{
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, 0));
    syscall(SYS_exit, 3);
}

static void errors(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    R(install(0, FILTER(LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS),
                        LOAD(nr), IF(SYS_getppid, SECCOMP_RET_ERRNO | ENOTNAM), IF(SYS_getsid, SECCOMP_RET_ERRNO | 9999),
                        IF(SYS_sync, SECCOMP_RET_ERRNO), IF(SYS_chdir, SECCOMP_RET_TRACE | 5), IF(SYS_umask, SECCOMP_RET_LOG),
                        ANSWER(SECCOMP_RET_ALLOW))));
    R(prctl(PR_GET_SECCOMP));
    R(syscall(SYS_getppid));
    R(errno);
    R(syscall(SYS_sync));
    R(syscall(SYS_getsid, 0));
    R(errno);
    R(syscall(SYS_chdir, "/"));
    R(syscall(SYS_umask, 077) == 022);
    R(install(0, FILTER(LOAD(nr), IF(SYS_getppid, SECCOMP_RET_ALLOW), IF(SYS_chdir, SECCOMP_RET_ERRNO | EPERM), ANSWER(SECCOMP_RET_ALLOW))));
    R(syscall(SYS_getppid));
    R(syscall(SYS_chdir, "/"));
    status_lines();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        R(syscall(SYS_getppid));
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
    R(install(0, FILTER(LOAD(args[0]), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff), BPF_STMT(BPF_MISC | BPF_TAX, 0),
                        BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3),
                        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 3), BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3), LOAD(nr), IF(SYS_close, SECCOMP_RET_ERRNO | EXFULL),
                        ANSWER(SECCOMP_RET_ALLOW))));
    R(close(21));
    R(close(22));
}

/* What an operation makes of args[2] and args[1], in the errno that chdir fails with. */
static void computes(void)
{
    static const int operations[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_OR, BPF_AND, BPF_LSH, BPF_RSH, BPF_XOR, BPF_NEG};
    static const unsigned values[] = {0x80000006, 33, 0, 7};
    install(0, FILTER(ANSWER(SECCOMP_RET_ALLOW)));
    for (int i = 0; i < 10; i++) {
        int x = operations[i] == BPF_NEG ? BPF_K : BPF_X;
        fflush(stdout);
        if (fork() == 0) {
            install(0, FILTER(LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_chdir, 1, 0), ANSWER(SECCOMP_RET_ALLOW),
                              LOAD(args[1]), BPF_STMT(BPF_MISC | BPF_TAX, 0), LOAD(args[2]),
                              BPF_STMT(BPF_ALU | operations[i] | x, 0), BPF_STMT(BPF_ST, 1), BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
                              BPF_STMT(BPF_LDX | BPF_MEM, 1), BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
                              BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7ff), BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
                              BPF_STMT(BPF_RET | BPF_A, 0)));
            printf("  operation %x:", operations[i]);
            for (int a = 0; a < 4; a++)
                for (int b = 0; b < 4; b++)
                    if (operations[i] != BPF_DIV || values[b] != 0)
                        printf(" %d", (errno = 0, syscall(SYS_chdir, 0, values[b], values[a]), errno));
            printf("\n");
            fflush(stdout);
            if (operations[i] == BPF_DIV)
                syscall(SYS_chdir, 0, 0, 1);
            _exit(0);
        }
        int status;
        wait(&status);
        SAY("  status %x", status & 0x7f);
    }
}

static void refused(void)
{
    struct sock_filter many[4097];
    for (int i = 0; i < 4097; i++)
        many[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0);
    many[4096] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
    R(install(0, &(struct sock_fprog){4097, many}));
    R(install(0, &(struct sock_fprog){0, many}));
    R(install(0, &(struct sock_fprog){5, many}));
    R(install(0, &(struct sock_fprog){1, (void *)8}));
    R(install(0, (void *)8));
    R(install(0x1000, FILTER(ANSWER(SECCOMP_RET_ALLOW))));
    R(install(0, FILTER(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_LD | BPF_MEM, 2), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_ST, 16), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), ANSWER(0))));
    R(install(0, FILTER(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 2), ANSWER(0))));
    R(install(0, FILTER(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), ANSWER(0))));
    R(install(0, FILTER(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), ANSWER(0))));
    R(install(0, FILTER(ANSWER(0), BPF_STMT(BPF_LD | BPF_IMM, 0))));
    R(syscall(SYS_seccomp, 99, 0, 0));
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, 0));
    R(prctl(PR_SET_SECCOMP, 7, 0, 0, 0));
    unsigned action = SECCOMP_RET_TRAP;
    R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    action = 0x12340000;
    R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    struct seccomp_notif_sizes sizes;
    R(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
    SAY("  %d %d %d", sizes.seccomp_notif, sizes.seccomp_notif_resp, sizes.seccomp_data);
    setresuid(9, 9, 9);
    R(install(0, FILTER(ANSWER(SECCOMP_RET_ALLOW))));
}

static void caught(int signo, siginfo_t *i, void *context)
{
    SAY("  SIGSYS code %d errno %d, call %d, arch %d, place %d", i->si_code, i->si_errno, i->si_syscall == SYS_getppid,
        i->si_arch == ARCH, i->si_call_addr != 0);
}

static void trapped(void)
{
    struct sigaction a = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &a, NULL);
    R(install(0, FILTER(LOAD(nr), IF(SYS_getppid, SECCOMP_RET_TRAP | 42), ANSWER(SECCOMP_RET_ALLOW))));
    syscall(SYS_getppid);
    SAY("  behind it");
    signal(SIGSYS, SIG_IGN);
    syscall(SYS_getppid);
    SAY("  not here");
}

static void killed(void)
{
    install(0, FILTER(LOAD(nr), IF(SYS_getppid, SECCOMP_RET_KILL_PROCESS), ANSWER(SECCOMP_RET_ALLOW)));
    syscall(SYS_getppid);
    SAY("  not here");
}

static void *asks(void *arg)
{
    syscall(SYS_getppid);
    SAY("  not here");
    return NULL;
}

static void thread_killed(void)
{
    pthread_t t;
    install(0, FILTER(LOAD(nr), IF(SYS_getppid, SECCOMP_RET_KILL_THREAD), ANSWER(SECCOMP_RET_ALLOW)));
    pthread_create(&t, NULL, asks, NULL);
    usleep(20000);
    SAY("  the process lives");
    syscall(SYS_exit_group, 5);
}

static volatile int turn;
static void *obeys(void *arg)
{
    while (turn == 0)
        usleep(1000);
    R(syscall(SYS_getppid));
    return NULL;
}

static void synced(void)
{
    pthread_t t;
    pthread_create(&t, NULL, obeys, NULL);
    R(install(SECCOMP_FILTER_FLAG_TSYNC, FILTER(LOAD(nr), IF(SYS_getppid, SECCOMP_RET_ERRNO | EBADE), ANSWER(SECCOMP_RET_ALLOW))));
    turn = 1;
    pthread_join(t, NULL);
}

static void told(void)
{
    raise(SIGSTOP);
    install(0, FILTER(LOAD(nr), IF(SYS_chdir, SECCOMP_RET_TRACE | 77), ANSWER(SECCOMP_RET_ALLOW)));
    R(syscall(SYS_chdir, "/"));
    R(syscall(SYS_chdir, "/nowhere"));
}

static void tracer(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
        told();
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    syscall(SYS_ptrace, PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD);
    for (;;) {
        syscall(SYS_ptrace, PTRACE_CONT, pid, 0, 0);
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status))
            break;
        unsigned long message;
        syscall(SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0, &message);
        struct ptrace_syscall_info i;
        long size = syscall(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof i, &i);
        SAY("  event %d message %ld kind %d of %ld, chdir %d, data %d", status >> 16, message, i.op, size,
            i.seccomp.nr == SYS_chdir, i.seccomp.ret_data);
    }
}

int main(void)
{
    child("strict", strict);
    child("strict exit", strict_exit);
    child("errors", errors);
    child("computes", computes);
    child("refused", refused);
    child("trapped", trapped);
    child("killed", killed);
    child("a thread is killed", thread_killed);
    child("all threads", synced);
    child("a tracer is told", tracer);
    return 0;
}
