/* ps and pstree: what /proc says of the tasks. */
#include "tools.h"

static int by_number(const char *a, const char *b)
{
    return (int)strtol(a, NULL, 10) - (int)strtol(b, NULL, 10);
}

/* The numeric names in a folder, in the order of numbers. */
static char **list_ids(const char *dir, int *count)
{
    char **names = list_dir(dir, count);
    int n = 0;
    for (char **p = names; p && *p; p++) {
        if (isdigit(**p))
            names[n++] = *p;
        else
            free(*p);
    }
    if (names) {
        names[n] = NULL;
        sort_strings(names, n, by_number);
    }
    *count = n;
    return names;
}

static void print_task(const char *dir, int tgid, bool threads)
{
    struct task_stat t;
    char command[256];
    if (!read_task(dir, &t))
        return; /* it ended meanwhile */
    read_command(dir, &t, command, sizeof command);
    long s = t.ticks / 100;
    out("%5d ", tgid);
    if (threads)
        out("%5d ", t.pid);
    out("%5d %-4c %02ld:%02ld:%02ld %s\n", t.ppid, t.state, s / 3600, s / 60 % 60, s % 60, command);
}

/* ps [-L] [-ef…]: every process, with -L every thread. */
int ps_main(int argc, char **argv)
{
    u64 options;
    int count, tasks;
    char dir[64], task[96];
    if (read_options(argc, argv, "LefaAT", &options) < 0)
        return 1;
    bool threads = options & (OPTION('L') | OPTION('T'));
    char **ids = list_ids("/proc", &count);
    if (!ids)
        return fail("ps", "/proc", ENOENT);
    out(threads ? "  PID   TID  PPID STAT     TIME CMD\n" : "  PID  PPID STAT     TIME CMD\n");
    for (char **id = ids; *id; id++) {
        snprintf(dir, sizeof dir, "/proc/%s", *id);
        if (!threads) {
            print_task(dir, strtol(*id, NULL, 10), false);
            continue;
        }
        snprintf(task, sizeof task, "%s/task", dir);
        char **tids = list_ids(task, &tasks);
        for (char **tid = tids; tid && *tid; tid++) {
            snprintf(task, sizeof task, "%s/task/%s", dir, *tid);
            print_task(task, strtol(*id, NULL, 10), true);
        }
        free_list(tids);
    }
    free_list(ids);
    return 0;
}

static struct task_stat *all;
static int all_count;
static bool show_ids;

/* last has a bit for each level whose line has ended. */
static void print_branch(struct task_stat *t, int level, u64 last)
{
    for (int i = 1; i < level; i++)
        out(last >> i & 1 ? "   " : "|  ");
    if (level)
        out(last >> level & 1 ? "`- " : "|- ");
    out(show_ids ? "%s(%d)\n" : "%s\n", t->name, t->pid);
    int children = 0;
    for (int i = 0; i < all_count; i++)
        children += all[i].ppid == t->pid;
    for (int i = 0; i < all_count && level < 60; i++)
        if (all[i].ppid == t->pid)
            print_branch(&all[i], level + 1, last | (u64)(--children == 0) << (level + 1));
}

/* pstree [-p] [PID] */
int pstree_main(int argc, char **argv)
{
    u64 options;
    int count, at = read_options(argc, argv, "p", &options);
    char dir[64];
    if (at < 0)
        return 1;
    char **ids = list_ids("/proc", &count);
    show_ids = options & OPTION('p');
    all = calloc(count + 1, sizeof *all);
    all_count = 0;
    for (char **id = ids; id && *id; id++) {
        snprintf(dir, sizeof dir, "/proc/%s", *id);
        all_count += read_task(dir, &all[all_count]);
    }
    free_list(ids);
    int root = at < argc ? (int)strtol(argv[at], NULL, 10) : 1;
    for (int i = 0; i < all_count; i++)
        if (all[i].pid == root) {
            print_branch(&all[i], 0, 0);
            return 0;
        }
    return 1;
}
