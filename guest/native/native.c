/* The suite on an x86-64 Linux: the calls of riscv64 are translated to those of the machine at hand, so that a
   real kernel, and not only qemu-user, says what is right. Never part of the guest programs. */
#include "../lib/tiny.h"

enum { SA_RESTORER = 0x04000000 };

static const short numbers[512] = {
    [SYS_getcwd] = 79, [SYS_eventfd2] = 290, [SYS_epoll_create1] = 291, [SYS_epoll_ctl] = 233,
    [SYS_epoll_pwait] = 281, [SYS_dup] = 32, [SYS_dup3] = 292, [SYS_fcntl] = 72, [SYS_ioctl] = 16,
    [SYS_mknodat] = 259, [SYS_mkdirat] = 258, [SYS_unlinkat] = 263, [SYS_symlinkat] = 266, [SYS_linkat] = 265,
    [SYS_truncate] = 76, [SYS_ftruncate] = 77, [SYS_faccessat] = 269, [SYS_chdir] = 80, [SYS_fchdir] = 81,
    [SYS_fchmod] = 91, [SYS_fchmodat] = 268, [SYS_openat] = 257, [SYS_close] = 3, [SYS_pipe2] = 293,
    [SYS_getdents64] = 217, [SYS_lseek] = 8, [SYS_write] = 1, [SYS_readv] = 19, [SYS_writev] = 20,
    [SYS_pread64] = 17, [SYS_pwrite64] = 18, [SYS_sendfile] = 40, [SYS_pselect6] = 270, [SYS_ppoll] = 271,
    [SYS_readlinkat] = 267, [SYS_newfstatat] = 262, [SYS_fstat] = 5, [SYS_timerfd_create] = 283, [SYS_timerfd_settime] = 286, [SYS_timerfd_gettime] = 287,
    [SYS_utimensat] = 280, [SYS_exit] = 60,
    [SYS_exit_group] = 231, [SYS_waitid] = 247, [SYS_set_tid_address] = 218, [SYS_futex] = 202,
    [SYS_nanosleep] = 35, [SYS_getitimer] = 36, [SYS_setitimer] = 38, [SYS_clock_gettime] = 228,
    [SYS_clock_nanosleep] = 230, [SYS_sched_getaffinity] = 204, [SYS_sched_yield] = 24, [SYS_kill] = 62,
    [SYS_tkill] = 200, [SYS_tgkill] = 234, [SYS_sigaltstack] = 131, [SYS_rt_sigsuspend] = 130,
    [SYS_rt_sigaction] = 13, [SYS_rt_sigprocmask] = 14, [SYS_rt_sigpending] = 127, [SYS_rt_sigtimedwait] = 128,
    [SYS_rt_sigqueueinfo] = 129, [SYS_setpriority] = 141, [SYS_getpriority] = 140, [SYS_times] = 100,
    [SYS_setpgid] = 109, [SYS_getpgid] = 121, [SYS_getsid] = 124, [SYS_setsid] = 112, [SYS_uname] = 63,
    [SYS_sethostname] = 170, [SYS_getrusage] = 98, [SYS_umask] = 95, [SYS_prctl] = 157, [SYS_getpid] = 39,
    [SYS_getppid] = 110, [SYS_getuid] = 102, [SYS_geteuid] = 107, [SYS_getgid] = 104, [SYS_getegid] = 108,
    [SYS_gettid] = 186, [SYS_sysinfo] = 99, [SYS_socketpair] = 53, [SYS_brk] = 12, [SYS_munmap] = 11,
    [SYS_mremap] = 25, [SYS_clone] = 56, [SYS_execve] = 59, [SYS_mmap] = 9, [SYS_mprotect] = 10, [SYS_msync] = 26,
    [SYS_mincore] = 27, [SYS_madvise] = 28, [SYS_wait4] = 61, [SYS_prlimit64] = 302, [SYS_renameat2] = 316,
    [SYS_getrandom] = 318, [SYS_memfd_create] = 319, [SYS_execveat] = 322, [SYS_statx] = 332,
    [SYS_umount2] = 166, [SYS_fchown] = 93, [SYS_sync] = 162, [SYS_reboot] = 169,
    [SYS_pidfd_open] = 434, [SYS_clone3] = 435, [SYS_close_range] = 436,
};

__asm__(".globl _start\n"
        "_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start_c\n"
        ".globl thread_clone\n"
        "thread_clone: mov %rcx, %rax\n mov %r8, %r10\n mov %rax, %r8\n mov $56, %eax\n syscall\n"
        "  test %eax, %eax\n jnz 1f\n rdfsbase %rdi\n call thread_main\n mov $60, %eax\n xor %edi, %edi\n syscall\n"
        "1: ret\n"
        "restore: mov $15, %eax\n syscall\n");
void restore(void);

static inline __attribute__((always_inline)) long raw(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return n;
}

struct native_stat { u64 dev, ino, nlink; u32 mode, uid, gid, pad; u64 rdev; i64 size, blksize, blocks, times[6], rest[3]; };

static long stat_call(long n, long a, long b, struct stat *to, long d)
{
    struct native_stat s;
    long r = n == SYS_fstat ? raw(5, a, (long)&s, 0, 0, 0, 0) : raw(262, a, b, (long)&s, d, 0, 0);
    if (r == 0)
        *to = (struct stat){.dev = s.dev, .ino = s.ino, .mode = s.mode, .nlink = s.nlink, .uid = s.uid, .gid = s.gid,
                            .rdev = s.rdev, .size = s.size, .blksize = s.blksize, .blocks = s.blocks,
                            .mtime = s.times[2]};
    return r;
}

struct native_action { handler handler; u64 flags; void (*restorer)(void); u64 mask; };

static long sigaction_call(long signo, struct sigaction *set, struct sigaction *get, long size)
{
    struct native_action in = {0}, old = {0};
    if (set)
        in = (struct native_action){set->handler, set->flags | SA_RESTORER, restore, set->mask};
    long r = raw(13, signo, (long)(set ? &in : NULL), (long)(get ? &old : NULL), size, 0, 0);
    if (r == 0 && get)
        *get = (struct sigaction){old.handler, old.flags & ~(u64)SA_RESTORER, old.mask};
    return r;
}

struct __attribute__((packed)) native_event { u32 events; u64 data; };

static long epoll_call(long n, long a, long b, long c, struct epoll_event *e, long d, long f)
{
    struct native_event list[16];
    if (n == SYS_epoll_ctl) {
        if (e)
            list[0] = (struct native_event){e->events, e->data};
        return raw(233, a, b, c, (long)(e ? list : NULL), 0, 0);
    }
    struct epoll_event *to = (struct epoll_event *)b;
    long r = raw(281, a, (long)list, c, (long)e, d, f);
    for (long i = 0; i < r; i++)
        to[i] = (struct epoll_event){list[i].events, 0, list[i].data};
    return r;
}

long ecall(long n, long a, long b, long c, long d, long e, long f)
{
    if (n == SYS_newfstatat)
        return stat_call(n, a, b, (struct stat *)c, d);
    if (n == SYS_fstat)
        return stat_call(n, a, 0, (struct stat *)b, 0);
    if (n == SYS_rt_sigaction)
        return sigaction_call(a, (struct sigaction *)b, (struct sigaction *)c, d);
    if (n == SYS_epoll_ctl || n == SYS_epoll_pwait)
        return epoll_call(n, a, b, c, (struct epoll_event *)d, e, f);
    if (n == SYS_clone)
        return raw(56, a, b, c, e, d, 0);
    if (n != SYS_read && (n >= LENGTH(numbers) || !numbers[n]))
        return -ENOSYS;
    return raw(numbers[n], a, b, c, d, e, f);
}
