/** Which system calls belong to which class of `strace -e trace=%CLASS`: asked of Debian's strace 6.13, call by call. */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Names of calls by class. */
export const TRACE_CLASSES: Readonly<Record<string, readonly string[]>> = {
  file: words(`
    acct chdir chroot execve execveat faccessat faccessat2 fanotify_mark fchmodat fchmodat2 fchownat
    fsconfig fspick getcwd getxattr inotify_add_watch lgetxattr linkat listxattr llistxattr lremovexattr
    lsetxattr mkdirat mknodat mount mount_setattr move_mount name_to_handle_at newfstatat open_tree openat
    openat2 pivot_root quotactl readlinkat removexattr renameat2 setxattr statfs statx swapoff swapon
    symlinkat truncate umount2 unlinkat utimensat
  `),
  process: words(`
    clone clone3 execve execveat exit exit_group kill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo
    tgkill tkill wait4 waitid
  `),
  network: words(`
    accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendfile
    sendmmsg sendmsg sendto setsockopt shutdown socket socketpair
  `),
  signal: words(`
    io_uring_enter kill pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
    rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd4 tgkill tkill
  `),
  ipc: words(`
    msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget
  `),
  desc: words(`
    bpf cachestat close copy_file_range dup dup3 epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 eventfd2
    execveat faccessat faccessat2 fadvise64 fallocate fanotify_init fanotify_mark fchdir fchmod fchmodat
    fchmodat2 fchown fchownat fcntl fdatasync fgetxattr finit_module flistxattr flock fremovexattr fsconfig
    fsetxattr fsmount fsopen fspick fstat fstatfs fsync ftruncate getdents64 inotify_add_watch inotify_init1
    inotify_rm_watch io_uring_enter io_uring_register io_uring_setup ioctl kexec_file_load landlock_add_rule
    landlock_create_ruleset landlock_restrict_self linkat lseek memfd_create memfd_secret mkdirat mknodat
    mmap mount_setattr move_mount mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend
    name_to_handle_at newfstatat open_by_handle_at open_tree openat openat2 perf_event_open pidfd_getfd
    pidfd_open pidfd_send_signal pipe2 ppoll pread64 preadv preadv2 process_madvise process_mrelease
    pselect6 pwrite64 pwritev pwritev2 quotactl_fd read readahead readlinkat readv renameat2 sendfile setns
    signalfd4 splice statx symlinkat sync_file_range syncfs tee timerfd_create timerfd_gettime
    timerfd_settime unlinkat userfaultfd utimensat vmsplice write writev
  `),
  memory: words(`
    brk get_mempolicy io_destroy io_setup io_uring_register madvise map_shadow_stack mbind migrate_pages
    mincore mlock mlock2 mlockall mmap move_pages mprotect mremap mseal msync munlock munlockall munmap
    pkey_mprotect remap_file_pages set_mempolicy set_mempolicy_home_node shmat shmdt
  `),
  creds: words(`
    capget capset getegid geteuid getgid getgroups getresgid getresuid getuid prctl setfsgid setfsuid setgid
    setgroups setregid setresgid setresuid setreuid setuid
  `),
  clock: words(`
    adjtimex clock_adjtime clock_getres clock_gettime clock_settime gettimeofday settimeofday
  `),
  pure: words(`
    getegid geteuid getgid getpid getppid gettid getuid
  `),
};
