/* The orderly end: commands of the table, TERM to all, after a while KILL, what was mounted goes, and the machine. */
#include "init.h"

enum { PATIENCE = 5 }; /* seconds between TERM and KILL, as sysvinit has them */

static long left_until(long deadline)
{
    long left = deadline - now_ns(CLOCK_MONOTONIC);
    return left > 0 ? left : 0;
}

/* Until no child is left or the time is over; true when all have gone. */
static bool reap_until(long deadline)
{
    u64 children = BIT(SIGCHLD);
    for (;;) {
        int pid = waitpid(-1, NULL, WNOHANG);
        if (pid == -ECHILD)
            return true;
        if (pid > 0)
            continue;
        long left = left_until(deadline);
        if (left == 0)
            return false;
        struct timespec t = {left / 1000000000, left % 1000000000};
        syscall(SYS_rt_sigtimedwait, &children, NULL, &t, 8);
    }
}

/* Interactive shells ignore TERM; that their terminal is gone they do hear. */
static void hang_up_terminals(void)
{
    int count;
    char path[64], **names = list_dir("/proc", &count);
    for (int i = 0; names && i < count; i++) {
        long pid, tty;
        if (!to_number(names[i], &pid) || pid == 1)
            continue;
        snprintf(path, sizeof path, "/proc/%ld/stat", pid);
        char *text = read_file(path, NULL), *p = text ? strrchr(text, ')') : NULL;
        for (int field = 2; p && field < 7; field++) /* proc_pid_stat(5): (7) tty_nr */
            p = (p = strchr(p, ' ')) ? p + 1 : NULL;
        tty = p ? strtol(p, NULL, 10) : 0;
        free(text);
        if (tty != 0)
            kill((int)pid, SIGHUP);
    }
    free_list(names);
}

static void end_processes(void)
{
    long now = now_ns(CLOCK_MONOTONIC);
    say("asking all processes to end (TERM)");
    kill(-1, SIGTERM);
    hang_up_terminals();
    kill(-1, SIGCONT);
    if (reap_until(now + PATIENCE * 1000000000l))
        return;
    say("ending the processes that are left (KILL)");
    kill(-1, SIGKILL);
    reap_until(now_ns(CLOCK_MONOTONIC) + PATIENCE * 1000000000l);
}

/* The lines of /proc/mounts, in the order in which they were mounted. */
static int read_mounts(char **text, char *points[], int most)
{
    int count = 0;
    *text = read_file("/proc/mounts", NULL);
    for (char *line = *text; line && *line && count < most; count++) {
        char *end = strchr(line, '\n'), *from = strchr(line, ' ');
        if (end)
            *end = 0;
        char *to = from ? strchr(from + 1, ' ') : NULL;
        if (to)
            *to = 0;
        points[count] = from ? from + 1 : line;
        line = end ? end + 1 : NULL;
    }
    return count;
}

enum { MOST_MOUNTS = 256 };

int count_mounts(void)
{
    char *text, *points[MOST_MOUNTS];
    int count = read_mounts(&text, points, MOST_MOUNTS);
    free(text);
    return count;
}

/* What was mounted since the start; what the machine began with ends with it. */
static void unmount(int first)
{
    char *text, *points[MOST_MOUNTS];
    for (int i = read_mounts(&text, points, MOST_MOUNTS) - 1; i >= first; i--) {
        int error = syscall(SYS_umount2, points[i], 0);
        if (error < 0)
            say("%s stays mounted: %s", points[i], strerror(-error));
    }
}

static const struct {
    int signo;
    const char *words;
    u32 command;
} ends[] = {
    {HALT_SIGNAL, "the system halts", RB_HALT_SYSTEM},
    {POWEROFF_SIGNAL, "power off", RB_POWER_OFF},
    {SIGINT, "power off", RB_POWER_OFF},
    {REBOOT_SIGNAL, "the system restarts", RB_AUTOBOOT},
};

void stop_system(int signo, struct table *t, int mounts)
{
    int end = 0;
    while (ends[end].signo != signo)
        end++;
    record(RUN_LVL, 0, "~~");
    for (int i = 0; i < t->count; i++)
        if (t->entries[i].action == SHUTDOWN && start_entry(&t->entries[i]) > 0)
            while (waitpid(t->entries[i].pid, NULL, 0) == -EINTR)
                ;
    end_processes();
    syscall(SYS_sync);
    unmount(mounts);
    say("%s", ends[end].words);
    syscall(SYS_reboot, RB_MAGIC1, RB_MAGIC2, ends[end].command, NULL);
    exit(0); /* where there is no machine to end, in a container say, this ends what init is first of */
}
