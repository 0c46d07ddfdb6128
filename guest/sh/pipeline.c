/* Starting a pipeline: a child for each stage, pipes between them, one process group. */
#include "jobs.h"

static void run_stage(struct node *n, struct job *j, bool background)
{
    bool groups = job_control;
    if (groups) {
        syscall(SYS_setpgid, 0, j->group);
        if (!background)
            set_terminal(j->group ? j->group : (int)syscall(SYS_getpid));
    } else if (background) {
        on_signal(SIGINT, SIG_IGN, 0);
        on_signal(SIGQUIT, SIG_IGN, 0);
    }
    become_child();
    leave(run_here(n));
}

static void connect(int in, int out_fd, bool background)
{
    if (in > 0) {
        dup2(in, 0);
        close(in);
    } else if (background && !job_control) {
        close(0);
        open("/dev/null", O_RDONLY, 0);
    }
    if (out_fd >= 0) {
        dup2(out_fd, 1);
        close(out_fd);
    }
}

static int start_stage(struct node *n, struct job *j, int in, bool background, int *next_in)
{
    int fds[2] = {-1, -1};
    if (n->next && pipe(fds) < 0)
        return -EMFILE;
    int pid = fork();
    if (pid == 0) {
        if (fds[0] >= 0)
            close(fds[0]);
        connect(in, fds[1], background);
        run_stage(n, j, background);
    }
    if (in > 0)
        close(in);
    if (fds[1] >= 0)
        close(fds[1]);
    *next_in = fds[0];
    if (pid < 0)
        return pid;
    if (!j->group)
        j->group = pid;
    if (job_control)
        syscall(SYS_setpgid, pid, j->group);
    j->pids[j->count++] = pid;
    return pid;
}

int start_pipeline(struct node *stage, bool background)
{
    struct job *j = new_job(stage->text, background);
    int in = 0, error = 0;
    for (; stage && error >= 0 && j->count < STAGES; stage = stage->next)
        error = start_stage(stage, j, in, background, &in);
    if (error < 0) {
        fail("sh", "fork", error);
        if (in > 0)
            close(in);
    }
    if (!j->count) {
        drop_job(j);
        return 2;
    }
    if (background) {
        last_background = j->pids[j->count - 1];
        if (interactive)
            dprintf(1, "[%d] %d\n", j->id, last_background);
        return 0;
    }
    if (job_control)
        set_terminal(j->group);
    return wait_foreground(j);
}
