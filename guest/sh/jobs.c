/* The table of jobs: waiting, reporting, bringing to the foreground. pipeline.c starts them. */
#include "jobs.h"

static struct job *jobs;
bool job_control, interactive;
int shell_pid;
static int shell_group;
static struct termios shell_modes;

void set_terminal(int group)
{
    if (job_control)
        syscall(SYS_ioctl, 0, TIOCSPGRP, &group);
}

/* The shell leads its own group in the foreground; the keys' signals are for its jobs. */
void jobs_init(void)
{
    int owner;
    if (!interactive || syscall(SYS_ioctl, 0, TIOCGPGRP, &owner) < 0)
        return;
    while (syscall(SYS_ioctl, 0, TIOCGPGRP, &owner) >= 0 && owner != (shell_group = syscall(SYS_getpgid, 0)))
        kill(0, SIGTTIN); /* started in the background: stop until somebody brings us forward */
    on_signal(SIGTSTP, SIG_IGN, 0);
    on_signal(SIGTTIN, SIG_IGN, 0);
    on_signal(SIGTTOU, SIG_IGN, 0);
    syscall(SYS_setpgid, 0, 0);
    shell_group = syscall(SYS_getpgid, 0);
    job_control = true;
    set_terminal(shell_group);
    syscall(SYS_ioctl, 0, TCGETS, &shell_modes);
}

void jobs_forget(void)
{
    jobs = NULL;
}

struct job *new_job(const char *text, bool background)
{
    struct job *j = calloc(1, sizeof *j), **end = &jobs;
    for (j->id = 1; *end; end = &(*end)->next)
        j->id = (*end)->id + 1;
    j->text = strdup(text ? text : "");
    j->background = background;
    return *end = j;
}

void drop_job(struct job *j)
{
    struct job **link = &jobs;
    while (*link && *link != j)
        link = &(*link)->next;
    if (*link)
        *link = j->next;
    free(j->text);
    free(j);
}

static enum state state_of(struct job *j)
{
    enum state state = DONE;
    for (int i = 0; i < j->count; i++)
        if (j->states[i] == RUNNING)
            return RUNNING;
        else if (j->states[i] == STOPPED)
            state = STOPPED;
    return state;
}

static void note(int pid, int status)
{
    for (struct job *j = jobs; j; j = j->next)
        for (int i = 0; i < j->count; i++)
            if (j->pids[i] == pid) {
                j->states[i] = WIFSTOPPED(status) ? STOPPED : WIFCONTINUED(status) ? RUNNING : DONE;
                if (i == j->count - 1 || WIFSTOPPED(status))
                    j->status = status;
            }
}

static int wait_once(int options)
{
    int status, pid = waitpid(-1, &status, options);
    if (pid > 0)
        note(pid, status);
    return pid;
}

static const char *state_text(struct job *j, char room[32])
{
    int s = j->status;
    if (state_of(j) == RUNNING)
        return "Running";
    if (state_of(j) == STOPPED)
        return "Stopped";
    if (WIFSIGNALED(s))
        snprintf(room, 32, "Killed by SIG%s", signal_name(WTERMSIG(s)));
    else if (s)
        snprintf(room, 32, "Exit %d", WEXITSTATUS(s));
    else
        return "Done";
    return room;
}

static void print_job(struct job *j)
{
    char room[32];
    dprintf(1, "[%d] %s\t%s\n", j->id, state_text(j, room), j->text);
    j->told = state_of(j);
}

/* Tells of jobs that ended or stopped; with all, of every job. Ended ones are forgotten. */
void report_jobs(bool all)
{
    while (wait_once(WNOHANG | WUNTRACED | WCONTINUED) > 0)
        ;
    for (struct job *j = jobs, *next; j; j = next) {
        next = j->next;
        enum state state = state_of(j);
        if (all || (interactive && state != RUNNING && state != j->told))
            print_job(j);
        if (state == DONE && (all || interactive))
            drop_job(j);
    }
}

int wait_foreground(struct job *j)
{
    while (state_of(j) == RUNNING && wait_once(WUNTRACED) != -ECHILD)
        ;
    int status = j->status;
    if (job_control) {
        set_terminal(shell_group);
        if (WIFSIGNALED(status) || WIFSTOPPED(status))
            syscall(SYS_ioctl, 0, TCSETS, &shell_modes);
    }
    if (state_of(j) == STOPPED) {
        dprintf(1, "\n");
        j->background = true;
        print_job(j);
        return status_code(status);
    }
    if (WIFSIGNALED(status)) {
        int signo = WTERMSIG(status);
        if (signo == SIGINT && interactive)
            interrupted = 1;
        if (interactive && signo == SIGINT)
            dprintf(1, "\n");
        else if (signo != SIGPIPE && signo != SIGINT)
            dprintf(2, "sh: killed by SIG%s%s\n", signal_name(signo), signo == SIGSEGV ? " (segmentation fault)" : "");
    }
    drop_job(j);
    return status_code(status);
}

/* %1, a process id, or the newest job. */
static struct job *find_job(const char *name)
{
    long number;
    struct job *newest = jobs;
    if (!name || !strcmp(name, "%%") || !strcmp(name, "%+")) {
        for (struct job *j = jobs; j; j = j->next)
            newest = j;
        return newest;
    }
    if (!to_number(name + (*name == '%'), &number))
        return NULL;
    for (struct job *j = jobs; j; j = j->next) {
        if (*name == '%' && j->id == number)
            return j;
        for (int i = 0; *name != '%' && i < j->count; i++)
            if (j->pids[i] == number)
                return j;
    }
    return NULL;
}

/* What kill needs for %1: the group, or without job control the process. */
int job_group(const char *name)
{
    struct job *j = find_job(name);
    return !j ? 0 : job_control ? -j->group : j->pids[j->count - 1];
}

int continue_job(const char *name, bool foreground)
{
    struct job *j = find_job(name);
    if (!j) {
        dprintf(2, "sh: %s: no such job\n", foreground ? "fg" : "bg");
        return 1;
    }
    dprintf(1, foreground ? "%s\n" : "%s &\n", j->text);
    for (int i = 0; i < j->count; i++)
        if (j->states[i] == STOPPED)
            j->states[i] = RUNNING;
    j->told = RUNNING;
    j->background = !foreground;
    if (foreground)
        set_terminal(j->group);
    kill(job_control ? -j->group : j->pids[0], SIGCONT);
    return foreground ? wait_foreground(j) : 0;
}

static bool wait_job(struct job *j)
{
    while (state_of(j) == RUNNING) {
        int e = wait_once(WUNTRACED);
        if (e == -ECHILD || (e == -EINTR && interrupted))
            return false;
        run_traps();
    }
    return true;
}

static int wait_all(void)
{
    for (struct job *j = jobs; j; j = j->next)
        if (!wait_job(j))
            return 130;
    report_jobs(false);
    return 0;
}

/* Waits for the named jobs, or for all of them. */
int wait_jobs(char **names)
{
    int status = 0;
    if (!*names)
        return wait_all();
    for (struct job *j; *names; names++) {
        if (!(j = find_job(*names))) {
            status = 127;
            continue;
        }
        if (!wait_job(j))
            return 130;
        status = status_code(j->status);
        if (state_of(j) == DONE)
            drop_job(j);
    }
    return status;
}
