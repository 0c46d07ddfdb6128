/* init, the first process of a system: starts what /etc/inittab says, reaps orphans, and ends it all in order. */
#include "init.h"

enum { SHORT = 1, MOST_SHORT_RUNS = 10, PAUSE = 30 }; /* seconds, and runs in a row */

static struct table table;
static int mounts;

static void start_all(enum action action)
{
    for (int i = 0; i < table.count; i++) {
        struct entry *e = &table.entries[i];
        if (e->action != action || start_entry(e) < 0)
            continue;
        if (action == SYSINIT || action == WAIT)
            while (waitpid(e->pid, NULL, 0) == -EINTR)
                ;
    }
}

/* What ends at once again and again gets a pause, or it would take all of the processor. */
static void note_end(struct entry *e)
{
    long ran = now_ns(CLOCK_MONOTONIC) - e->started;
    record(DEAD_PROCESS, e->pid, e->id);
    e->pid = 0;
    e->short_runs = ran < SHORT * 1000000000l ? e->short_runs + 1 : 0;
    if (e->short_runs >= MOST_SHORT_RUNS)
        say("%s ends as soon as it is started: a pause of %d seconds", e->command, PAUSE);
}

static void reap(void)
{
    for (int pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
        for (int i = 0; i < table.count; i++)
            if (table.entries[i].pid == pid && table.entries[i].action == RESPAWN)
                note_end(&table.entries[i]);
}

/* Starts what has ended; gives how long a paused entry has to wait, or -1. */
static long respawn(void)
{
    long wait = -1;
    for (int i = 0; i < table.count; i++) {
        struct entry *e = &table.entries[i];
        if (e->action != RESPAWN || e->pid)
            continue;
        long left = e->started + PAUSE * 1000000000l - now_ns(CLOCK_MONOTONIC);
        if (e->short_runs >= MOST_SHORT_RUNS && left > 0) {
            wait = wait < 0 || left < wait ? left : wait;
            continue;
        }
        if (e->short_runs >= MOST_SHORT_RUNS)
            e->short_runs = 0;
        start_entry(e);
    }
    return wait;
}

/* The table is read anew: what stays goes on, what has gone is asked to end. */
static void reread(void)
{
    static struct table old;
    old = table;
    read_table(&table);
    for (int i = 0; i < old.count; i++) {
        struct entry *was = &old.entries[i], *is = NULL;
        for (int j = 0; j < table.count && !is; j++)
            if (table.entries[j].action == was->action && !strcmp(table.entries[j].id, was->id) &&
                !strcmp(table.entries[j].command, was->command))
                is = &table.entries[j];
        if (is) {
            is->pid = was->pid;
            is->started = was->started;
        } else if (was->pid && was->action == RESPAWN)
            kill(was->pid, SIGTERM);
        free(was->command);
    }
}

/* They are blocked, and wait until they are asked for, so that none comes between two looks. */
static const u64 awaited =
    BIT(SIGCHLD) | BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGTERM) | BIT(SIGUSR1) | BIT(SIGUSR2);

static void unheard(int signo, struct siginfo *info, void *context)
{
}

/* A handler tells poweroff that somebody listens; none is ever called. */
static void listen_to(u64 signals)
{
    set_mask(SIG_SETMASK, signals, NULL);
    for (int signo = 1; signo <= SIGSYS; signo++)
        if (signals & BIT(signo))
            on_signal(signo, unheard, 0);
}

static void NORETURN serve(void)
{
    for (;;) {
        reap();
        long wait = respawn();
        struct timespec t = {wait / 1000000000, wait % 1000000000};
        int signo = syscall(SYS_rt_sigtimedwait, &awaited, NULL, wait < 0 ? NULL : &t, 8);
        if (signo == SIGHUP)
            reread();
        else if (signo > 0 && signo != SIGCHLD)
            stop_system(signo, &table, mounts);
    }
}

int init_main(int argc, char **argv)
{
    if (argc > 1)
        return run_one(argv + 1);
    if (syscall(SYS_getpid) != 1) {
        dprintf(2, "init: only the first process starts a system; with a command it runs that\n");
        return 1;
    }
    listen_to(awaited);
    syscall(SYS_setsid);
    syscall(SYS_ioctl, 0, TIOCNOTTY, 0);
    mounts = count_mounts();
    make_records();
    record(BOOT_TIME, 0, "~~");
    read_table(&table);
    start_all(SYSINIT);
    start_all(WAIT);
    start_all(ONCE);
    serve();
}
