/* Signals. */
#include "tiny.h"

int on_signal(int signo, handler h, u64 flags)
{
    struct sigaction action = {h, flags, 0};
    return syscall(SYS_rt_sigaction, signo, &action, NULL, 8);
}

int kill(int pid, int signo)
{
    return syscall(SYS_kill, pid, signo);
}

int set_mask(int how, u64 mask, u64 *old)
{
    return syscall(SYS_rt_sigprocmask, how, &mask, old, 8);
}
