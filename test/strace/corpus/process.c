/* Processes: identity, limits, scheduling, children, programs. */
#include "corpus.h"
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* <linux/sched/types.h> and <sched.h> do not go together. */
struct sched_attr {
    uint32_t size, sched_policy;
    uint64_t sched_flags;
    int32_t sched_nice;
    uint32_t sched_priority;
    uint64_t sched_runtime, sched_deadline, sched_period;
};

#define CHILD(code) ({ long pid = child(); if (pid == 0) { code; S(exit_group, Z); } pid; })

PROGRAM(process)
{
    static char buf[256];
    static int status;
    static siginfo_t info;
    static struct rusage usage;
    begin();
    S(getpid); S(gettid); S(getuid); S(geteuid); S(getgid); S(getegid);
    S(getpgid, 999999L);
    S(getresuid, buf, buf + 4, buf + 8);
    S(getresgid, buf, buf + 4, buf + 8);
    S(getresuid, BAD, buf + 4, buf + 8);
    S(setuid, Z); S(setgid, Z); S(setreuid, -1L, Z); S(setresuid, -1L, -1L, Z); S(setresgid, Z, Z, Z);
    S(setregid, -1L, -1L); S(setfsuid, Z); S(setfsgid, Z);
    gid_t groups[3] = { 1, 2, 3 };
    S(setgroups, 3L, groups);
    S(getgroups, Z, Z);
    S(getgroups, 3L, groups);
    S(getgroups, 1L, groups);
    S(setgroups, Z, Z);
    S(setpgid, 999999L, Z);
    struct rlimit limit = { 100, 200 };
    S(prlimit64, Z, (long)RLIMIT_NOFILE, &limit, Z);
    S(prlimit64, Z, (long)RLIMIT_NOFILE, Z, buf);
    S(prlimit64, Z, (long)RLIMIT_NOFILE, &limit, buf);
    S(prlimit64, Z, 99L, &limit, Z);
    S(setrlimit, (long)RLIMIT_NOFILE, &limit);
    S(getrlimit, (long)RLIMIT_NOFILE, buf);
    limit.rlim_cur = 4096; limit.rlim_max = 1024 * 1024;
    S(setrlimit, (long)RLIMIT_FSIZE, BAD);
    S(prlimit64, 999999L, (long)RLIMIT_MEMLOCK, &limit, Z);
    S(getrusage, 55L, &usage);
    S(personality, 0xffffffffL);
    S(getpriority, (long)PRIO_PROCESS, Z);
    S(setpriority, (long)PRIO_PROCESS, Z, 5L);
    S(setpriority, (long)PRIO_PGRP, 999999L, -5L);
    S(getpriority, 9L, Z);
    S(ioprio_get, 1L, Z);
    S(sched_getscheduler, Z);
    S(sched_getparam, Z, buf);
    struct sched_param prio = { 10 };
    S(sched_setscheduler, Z, 9L, &prio);
    S(sched_setscheduler, 999999L, (long)SCHED_FIFO, &prio);
    S(sched_setparam, 999999L, &prio);
    S(sched_get_priority_max, (long)SCHED_RR);
    S(sched_get_priority_min, (long)SCHED_OTHER);
    S(sched_get_priority_min, 99L);
    S(sched_yield);
    unsigned long mask = 1;
    S(sched_setaffinity, Z, 8L, &mask);
    S(sched_getaffinity, Z, 8L, &mask);
    S(sched_getaffinity, Z, 1L, &mask);
    struct sched_attr attr = { .size = sizeof attr };
    S(sched_getattr, Z, &attr, sizeof attr, Z);
    attr.sched_policy = SCHED_BATCH; attr.sched_nice = 7;
    S(sched_setattr, Z, &attr, Z);
    S(sched_setattr, 999999L, &attr, Z);
    S(getcpu, buf, Z, Z);
    struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];
    S(capget, &head, Z);
    head.pid = 999999;
    S(capget, &head, data);
    data[0].effective = 1 << CAP_KILL | 1 << CAP_CHOWN; data[0].permitted = 0; data[0].inheritable = 0;
    data[1].effective = data[1].permitted = data[1].inheritable = 0;
    S(capset, &head, data);
    S(prctl, (long)PR_SET_NAME, "a name of more than 15");
    S(prctl, (long)PR_GET_NAME, buf);
    S(prctl, (long)PR_SET_PDEATHSIG, (long)SIGTERM);
    S(prctl, (long)PR_GET_PDEATHSIG, buf);
    S(prctl, (long)PR_SET_DUMPABLE, 1L);
    S(prctl, (long)PR_GET_DUMPABLE);
    S(prctl, (long)PR_SET_CHILD_SUBREAPER, 1L);
    S(prctl, (long)PR_GET_CHILD_SUBREAPER, buf);
    S(prctl, (long)PR_SET_KEEPCAPS, Z);
    S(prctl, (long)PR_GET_KEEPCAPS);
    S(prctl, (long)PR_GET_NO_NEW_PRIVS, Z, Z, Z, Z);
    S(prctl, (long)PR_GET_SECCOMP);
    S(prctl, (long)PR_CAPBSET_READ, (long)CAP_SYS_ADMIN);
    S(prctl, (long)PR_GET_TIMERSLACK);
    S(prctl, (long)PR_SET_TIMERSLACK, 50000L);
    S(prctl, (long)PR_GET_SECUREBITS);
    S(prctl, (long)PR_CAP_AMBIENT, (long)PR_CAP_AMBIENT_CLEAR_ALL, Z, Z, Z);
    S(prctl, (long)PR_CAP_AMBIENT, (long)PR_CAP_AMBIENT_IS_SET, (long)CAP_KILL, Z, Z);
    S(prctl, 123456L, 1L, 2L, 3L, 4L);
    S(kcmp, 999999L, 999999L, Z, 1L, 2L);
    S(getrandom, buf, Z, 3L);
    S(getrandom, BAD, 16L, Z);
    S(execve, "/missing", (char *[]){ "missing", "a b", 0 }, (char *[]){ "A=1", "B=2", 0 });
    S(execve, "/missing", Z, Z);
    S(execve, "/missing", (char *[]){ 0 }, (char *[]){ "A=1", 0 });
    S(execveat, -100L, "/missing", (char *[]){ "x", 0 }, (char *[]){ 0 }, (long)AT_EMPTY_PATH);
    S(wait4, -1L, &status, Z, Z);
    long p = CHILD(S(exit_group, 7L));
    S(wait4, p, &status, Z, Z);
    p = CHILD(S(kill, S(getpid), (long)SIGTERM));
    S(wait4, -1L, &status, (long)(WUNTRACED | WCONTINUED), Z);
    p = CHILD(S(kill, S(getpid), (long)SIGSTOP));
    S(wait4, p, &status, (long)WUNTRACED, Z);
    S(kill, p, (long)SIGKILL);
    S(waitid, (long)P_PID, p, &info, (long)WEXITED, Z);
    p = CHILD(S(exit_group, 3L));
    S(waitid, (long)P_ALL, Z, &info, (long)(WEXITED | WNOWAIT), Z);
    S(waitid, (long)P_PID, p, Z, (long)WEXITED, Z);
    S(waitid, (long)P_PID, p, &info, (long)(WEXITED | WNOHANG), Z);
    p = CHILD(*(volatile int *)0 = 1);
    S(wait4, p, &status, (long)__WALL, Z);
    p = CHILD(S(execve, "/bin/missing", (char *[]){ "x", 0 }, Z); S(exit, 2L));
    S(wait4, p, &status, Z, Z);
    S(wait4, -1L, Z, (long)WNOHANG, Z);
    struct clone_args args = { .flags = 0, .exit_signal = SIGCHLD };
    p = S(clone3, &args, sizeof args);
    if (p == 0) S(exit, 1L);
    reap(p);
    args.flags = CLONE_VFORK | CLONE_PIDFD; args.pidfd = (uint64_t)buf;
    p = S(clone3, &args, sizeof args);
    if (p == 0) S(exit, 1L);
    reap(p);
    S(clone3, &args, 8L);
    S(clone3, BAD, sizeof args);
    S(clone, (long)(CLONE_THREAD | SIGCHLD), Z, Z, Z, Z);
    p = S(clone, (long)(CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD), Z, buf, Z, Z);
    if (p == 0) S(exit, 1L);
    reap(p);
    p = S(pidfd_open, 999999L, Z);
    p = S(pidfd_open, S(getpid), Z);
    S(pidfd_send_signal, p, Z, Z, Z);
    S(pidfd_getfd, p, Z, Z);
    S(unshare, Z);
    S(unshare, (long)(CLONE_FS | CLONE_FILES));
    S(setns, 99L, (long)CLONE_NEWNET);
    S(set_tid_address, buf);
    p = CHILD(S(setsid); S(setpgid, Z, Z); S(getpgid, Z));
    reap(p);
    S(getrusage, (long)RUSAGE_CHILDREN, &usage);
    S(wait4, -1L, &status, (long)WNOHANG, &usage);
    S(exit_group, 300L);
}
