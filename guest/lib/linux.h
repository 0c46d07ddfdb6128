/* What Linux promises to riscv64 programs: numbers of calls, flags and records.
   Sources: the headers of Linux below include/uapi/asm-generic and arch/riscv/include/uapi/asm. */
#ifndef LINUX_H
#define LINUX_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int i32;
typedef long i64;
typedef unsigned long size_t;
typedef long ssize_t;
#define NULL ((void *)0)

/* Numbers of system calls (asm-generic/unistd.h). */
enum {
    SYS_getcwd = 17, SYS_eventfd2 = 19, SYS_epoll_create1 = 20, SYS_epoll_ctl = 21, SYS_epoll_pwait = 22,
    SYS_dup = 23, SYS_dup3 = 24, SYS_fcntl = 25, SYS_ioctl = 29, SYS_mknodat = 33, SYS_mkdirat = 34, SYS_umount2 = 39,
    SYS_unlinkat = 35, SYS_symlinkat = 36, SYS_linkat = 37, SYS_truncate = 45, SYS_ftruncate = 46,
    SYS_faccessat = 48, SYS_chdir = 49, SYS_fchdir = 50, SYS_fchmod = 52, SYS_fchmodat = 53,
    SYS_fchown = 55, SYS_sync = 81, SYS_reboot = 142,
    SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_getdents64 = 61, SYS_lseek = 62, SYS_read = 63,
    SYS_write = 64, SYS_readv = 65, SYS_writev = 66, SYS_pread64 = 67, SYS_pwrite64 = 68,
    SYS_sendfile = 71, SYS_pselect6 = 72, SYS_ppoll = 73, SYS_readlinkat = 78, SYS_newfstatat = 79,
    SYS_fstat = 80, SYS_timerfd_create = 85, SYS_timerfd_settime = 86, SYS_timerfd_gettime = 87,
    SYS_utimensat = 88, SYS_exit = 93, SYS_exit_group = 94, SYS_waitid = 95,
    SYS_set_tid_address = 96, SYS_futex = 98, SYS_nanosleep = 101, SYS_getitimer = 102,
    SYS_setitimer = 103, SYS_clock_gettime = 113, SYS_clock_nanosleep = 115, SYS_sched_getaffinity = 123,
    SYS_sched_yield = 124, SYS_kill = 129, SYS_tkill = 130, SYS_tgkill = 131, SYS_sigaltstack = 132,
    SYS_rt_sigsuspend = 133, SYS_rt_sigaction = 134, SYS_rt_sigprocmask = 135, SYS_rt_sigpending = 136,
    SYS_rt_sigtimedwait = 137, SYS_rt_sigqueueinfo = 138, SYS_setpriority = 140, SYS_getpriority = 141,
    SYS_setpgid = 154, SYS_getpgid = 155, SYS_getsid = 156, SYS_setsid = 157, SYS_times = 153,
    SYS_uname = 160, SYS_sethostname = 161, SYS_getrusage = 165, SYS_umask = 166, SYS_prctl = 167,
    SYS_getpid = 172, SYS_getppid = 173, SYS_getuid = 174, SYS_geteuid = 175, SYS_getgid = 176,
    SYS_getegid = 177, SYS_gettid = 178, SYS_sysinfo = 179, SYS_socketpair = 199, SYS_brk = 214,
    SYS_munmap = 215, SYS_mremap = 216, SYS_clone = 220, SYS_execve = 221, SYS_mmap = 222,
    SYS_mprotect = 226, SYS_msync = 227, SYS_mincore = 232, SYS_madvise = 233, SYS_wait4 = 260,
    SYS_prlimit64 = 261, SYS_renameat2 = 276, SYS_getrandom = 278, SYS_memfd_create = 279,
    SYS_execveat = 281, SYS_statx = 291, SYS_pidfd_open = 434, SYS_clone3 = 435, SYS_close_range = 436,
};

/* Errors: a call that fails returns the negative of one of these. */
enum {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, ENOEXEC = 8, EBADF = 9,
    ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, EXDEV = 18,
    ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOTTY = 25,
    ETXTBSY = 26, EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EMLINK = 31, EPIPE = 32, EDOM = 33,
    ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40,
    ETIMEDOUT = 110,
};

/* Files. */
enum {
    AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400,
    AT_EMPTY_PATH = 0x1000,
    O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_NOCTTY = 0400,
    O_TRUNC = 01000, O_APPEND = 02000, O_NONBLOCK = 04000, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000,
    O_CLOEXEC = 02000000,
    SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2,
    F_OK = 0, X_OK = 1, W_OK = 2, R_OK = 4,
    F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030,
    F_GETPIPE_SZ = 1032, FD_CLOEXEC = 1,
    S_IFMT = 0170000, S_IFSOCK = 0140000, S_IFLNK = 0120000, S_IFREG = 0100000, S_IFBLK = 0060000,
    S_IFDIR = 0040000, S_IFCHR = 0020000, S_IFIFO = 0010000,
    DT_DIR = 4, DT_REG = 8, DT_LNK = 10,
};

struct stat {
    u64 dev, ino;
    u32 mode, nlink, uid, gid;
    u64 rdev, pad1;
    i64 size;
    i32 blksize, pad2;
    i64 blocks, atime;
    u64 atime_nsec;
    i64 mtime;
    u64 mtime_nsec;
    i64 ctime;
    u64 ctime_nsec;
    u32 pad3, pad4;
};

struct dirent64 {
    u64 ino;
    i64 off;
    u16 reclen;
    u8 type;
    char name[];
};

/* Processes and threads. */
enum {
    CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_PIDFD = 0x1000,
    CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000, CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000,
    CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_CLEARTID = 0x200000,
    CLONE_CHILD_SETTID = 0x1000000,
    WNOHANG = 1, WUNTRACED = 2, WSTOPPED = 2, WEXITED = 4, WCONTINUED = 8, WNOWAIT = 0x1000000,
    P_ALL = 0, P_PID = 1, P_PGID = 2,
    PRIO_PROCESS = 0,
    PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4,
    PR_SET_NAME = 15, PR_GET_NAME = 16, PR_SET_CHILD_SUBREAPER = 36, PR_GET_CHILD_SUBREAPER = 37,
    PR_SET_NO_NEW_PRIVS = 38, PR_GET_NO_NEW_PRIVS = 39,
    RLIMIT_CPU = 0, RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_STACK = 3, RLIMIT_CORE = 4,
    RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7, RLIMIT_AS = 9,
};
#define WIFEXITED(s) (((s) & 0x7f) == 0)
#define WEXITSTATUS(s) (((s) >> 8) & 0xff)
#define WTERMSIG(s) ((s) & 0x7f)
#define WIFSIGNALED(s) (WTERMSIG(s) != 0 && WTERMSIG(s) != 0x7f)
#define WIFSTOPPED(s) (((s) & 0xff) == 0x7f)
#define WSTOPSIG(s) WEXITSTATUS(s)
#define WIFCONTINUED(s) ((s) == 0xffff)

/* Futexes. */
enum {
    FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5,
    FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE = 128, FUTEX_CLOCK_REALTIME = 256,
};

/* Signals. */
enum {
    SIGHUP = 1, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV,
    SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
    SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS,
    NSIG = 64,
    SA_NOCLDSTOP = 1, SA_NOCLDWAIT = 2, SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000,
    SA_NODEFER = 0x40000000, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2, SS_ONSTACK = 1,
    SS_DISABLE = 2,
};
#define SA_RESETHAND 0x80000000ul

struct siginfo {
    int signo, err, code, pad;
    union {
        struct { int pid; u32 uid; int status; int pad2; i64 utime, stime; } child;
        struct { int pid; u32 uid; i64 value; } from;
        struct { void *addr; } fault;
        char room[112];
    };
};
typedef void (*handler)(int signo, struct siginfo *info, void *context);
#define SIG_DFL ((handler)0)
#define SIG_IGN ((handler)1)

/* riscv64 has no restorer: the kernel's own page holds the code that ends a handler. */
struct sigaction {
    handler handler;
    u64 flags, mask;
};
struct sigstack {
    void *sp;
    int flags;
    size_t size;
};

/* Memory. */
enum {
    PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4,
    MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_GROWSDOWN = 0x100,
    MAP_NORESERVE = 0x4000, MAP_FIXED_NOREPLACE = 0x100000,
    MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MADV_DONTNEED = 4, MADV_FREE = 8, MS_SYNC = 4,
};

/* The end of the machine: man 2 reboot. */
#define RB_MAGIC1 0xfee1deadu
#define RB_MAGIC2 672274793u
#define RB_AUTOBOOT 0x01234567u
#define RB_HALT_SYSTEM 0xcdef0123u
#define RB_POWER_OFF 0x4321fedcu

/* Time, and the rest. */
enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, TIMER_ABSTIME = 1, ITIMER_REAL = 0 };
struct timespec { i64 sec, nsec; };
struct timeval { i64 sec, usec; };
struct itimerval { struct timeval interval, value; };
struct rlimit { u64 cur, max; };
#define RLIM_INFINITY (~0ul)
struct rusage { struct timeval utime, stime; i64 maxrss, rest[13]; };
struct utsname { char sysname[65], nodename[65], release[65], version[65], machine[65], domain[65]; };
struct sysinfo {
    i64 uptime;
    u64 loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    u16 procs, pad;
    u64 totalhigh, freehigh;
    u32 unit;
};
struct iovec { void *base; size_t len; };
struct pollfd { int fd; short events, revents; };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };
struct epoll_event { u32 events, pad; u64 data; };
enum { EPOLLIN = 1, EPOLLOUT = 4, EPOLLHUP = 16, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };
#define EPOLLET 0x80000000u
#define EPOLLONESHOT 0x40000000u

/* The terminal (asm-generic/termbits.h). */
enum {
    TCGETS = 0x5401, TCSETS = 0x5402, TIOCGPGRP = 0x540f, TIOCSPGRP = 0x5410, TIOCSCTTY = 0x540e,
    TIOCGWINSZ = 0x5413, TIOCNOTTY = 0x5422,
    BRKINT = 2, ICRNL = 0400, IXON = 02000, OPOST = 1, ONLCR = 4, ISIG = 1, ICANON = 2, ECHO = 010,
    ECHOE = 020, ECHOK = 040, NOFLSH = 0200, TOSTOP = 0400, ECHOCTL = 01000, ECHOKE = 04000,
    IEXTEN = 0100000,
    VINTR = 0, VQUIT = 1, VERASE = 2, VKILL = 3, VEOF = 4, VSUSP = 10,
};
struct termios { u32 iflag, oflag, cflag, lflag; u8 line, cc[19]; };
struct winsize { u16 rows, cols, xpixel, ypixel; };

#endif
