/* Signals: actions, masks, sending, waiting, handlers. */
#include "corpus.h"
#include <sys/signalfd.h>

static void handler(int signo) { }

PROGRAM(signals)
{
    static sigset_t set, old;
    static siginfo_t info;
    static stack_t alt, was;
    begin();
    struct kernel_action { void *handler; unsigned long flags; unsigned long mask; void *more; };
    struct sigaction act = { .sa_handler = handler };
    sigaction(SIGUSR1, &act, 0);
    act.sa_flags = SA_RESTART | SA_SIGINFO | SA_NODEFER;
    sigemptyset(&act.sa_mask);
    sigaddset(&act.sa_mask, SIGINT);
    sigaddset(&act.sa_mask, SIGRTMIN + 3);
    sigaction(SIGUSR2, &act, &act);
    sigaction(SIGUSR2, 0, &act);
    act.sa_handler = SIG_IGN;
    sigaction(SIGHUP, &act, 0);
    act.sa_handler = SIG_DFL;
    act.sa_flags = SA_RESETHAND | SA_ONSTACK | SA_NOCLDSTOP | SA_NOCLDWAIT;
    sigfillset(&act.sa_mask);
    sigaction(SIGRTMIN + 1, &act, 0);
    S(rt_sigaction, (long)SIGKILL, Z, Z, 8L);
    S(rt_sigaction, 99L, BAD, Z, 8L);
    S(rt_sigaction, (long)SIGINT, Z, Z, 4L);
    sigemptyset(&set);
    S(rt_sigprocmask, (long)SIG_BLOCK, &set, &old, 8L);
    sigaddset(&set, SIGALRM);
    sigaddset(&set, SIGRTMIN);
    S(rt_sigprocmask, (long)SIG_BLOCK, &set, &old, 8L);
    S(rt_sigprocmask, (long)SIG_SETMASK, Z, &old, 8L);
    sigfillset(&set);
    S(rt_sigprocmask, (long)SIG_UNBLOCK, &set, Z, 8L);
    S(rt_sigprocmask, (long)SIG_SETMASK, BAD, Z, 8L);
    S(rt_sigprocmask, 9L, &set, Z, 8L);
    S(rt_sigprocmask, (long)SIG_SETMASK, &set, Z, 4L);
    for (int n = 40; n <= 46; n++) {
        sigemptyset(&set);
        for (int i = 1; i <= n; i++) sigaddset(&set, i);
        S(rt_sigprocmask, 9L, &set, Z, 8L);
    }
    long pid = S(getpid);
    S(kill, pid, Z);
    S(kill, pid, (long)SIGUSR1);
    S(tkill, pid, (long)SIGUSR1);
    S(tgkill, pid, pid, (long)SIGUSR2);
    S(kill, 999999L, (long)SIGTERM);
    S(kill, pid, 99L);
    S(kill, pid, (long)SIGURG);
    S(kill, pid, (long)SIGHUP);
    S(kill, pid, (long)(SIGRTMAX));
    return 0;
}
