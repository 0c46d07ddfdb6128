/* What the tools share. */
#include "tools.h"

int each_file(const char *program, int count, char **names, int (*work)(int fd, const char *name))
{
    int status = 0;
    if (count == 0)
        return work(0, "-");
    for (int i = 0; i < count; i++) {
        int fd = strcmp(names[i], "-") ? open(names[i], O_RDONLY, 0) : 0;
        if (fd < 0) {
            status = fail(program, names[i], fd);
            continue;
        }
        status |= work(fd, names[i]);
        if (fd)
            close(fd);
    }
    return status;
}

/* -1 after a message when a letter is not known. */
int read_options(int argc, char **argv, const char *known, u64 *options)
{
    int i = 1;
    for (*options = 0; i < argc && *argv[i] == '-' && argv[i][1]; i++) {
        if (!strcmp(argv[i], "--"))
            return i + 1;
        for (const char *o = argv[i] + 1; *o; o++) {
            if (!strchr(known, *o)) {
                dprintf(2, "%s: unknown option -%c; known: -%s\n", base_name(argv[0]), *o, known);
                return -1;
            }
            *options |= OPTION(*o);
        }
    }
    return i;
}

int run_command(char **argv, struct rusage *used)
{
    int status = 0, pid = fork();
    if (pid < 0)
        return fail("fork", argv[0], pid) << 8;
    if (pid == 0)
        run_program(argv);
    while (syscall(SYS_wait4, pid, &status, 0, used) == -EINTR)
        ;
    return status;
}

/* dir is /proc/PID or /proc/PID/task/TID. The name may hold blanks and brackets: it ends at the last one. */
bool read_task(const char *dir, struct task_stat *t)
{
    char path[64];
    snprintf(path, sizeof path, "%s/stat", dir);
    char *text = read_file(path, NULL), *open_at = text ? strchr(text, '(') : NULL;
    char *p = text ? strrchr(text, ')') : NULL;
    if (!open_at || !p) {
        free(text);
        return false;
    }
    t->pid = strtol(text, NULL, 10);
    snprintf(t->name, sizeof t->name, "%.*s", (int)(p - open_at - 1), open_at + 1);
    t->state = p[2];
    long field[16] = {0};
    p += 3;
    for (int i = 4; i < LENGTH(field); i++)
        field[i] = strtol(p, &p, 10);
    t->ppid = field[4];
    t->group = field[5];
    t->session = field[6];
    t->ticks = field[14] + field[15];
    free(text);
    return true;
}

/* The command line, or the bare name in brackets when there is none (a zombie has no memory left). */
void read_command(const char *dir, const struct task_stat *t, char *to, size_t size)
{
    char path[64];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/cmdline", dir);
    char *text = read_file(path, &n);
    while (n && !text[n - 1])
        n--;
    for (size_t i = 0; i < n; i++)
        if (!text[i])
            text[i] = ' ';
    if (n)
        snprintf(to, size, "%s", text);
    else
        snprintf(to, size, "[%s]%s", t->name, t->state == 'Z' ? " <defunct>" : "");
    free(text);
}
