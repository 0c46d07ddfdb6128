/* Processes: fork, exec, wait, sleep. */
#include "tiny.h"

/* On riscv64 fork is clone with nothing shared and SIGCHLD at the end. */
int fork(void)
{
    out_flush();
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

int waitpid(int pid, int *status, int options)
{
    return syscall(SYS_wait4, pid, status, options, 0);
}

int execve(const char *path, char *const *argv, char *const *envp)
{
    return syscall(SYS_execve, path, argv, envp);
}

const char *getenv(const char *name)
{
    size_t n = strlen(name);
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, name, n) && (*e)[n] == '=')
            return *e + n + 1;
    return NULL;
}

/* Executes argv[0], looked for in PATH; comes back only with an error. */
int exec_path(char **argv)
{
    if (strchr(argv[0], '/'))
        return execve(argv[0], argv, environ);
    const char *path = getenv("PATH");
    int error = -ENOENT;
    for (const char *p = path ? path : "/bin"; *p;) {
        const char *end = strchr(p, ':');
        size_t n = end ? (size_t)(end - p) : strlen(p);
        char file[512];
        snprintf(file, sizeof file, "%.*s/%s", (int)n, p, argv[0]);
        int e = execve(file, argv, environ);
        if (e != -ENOENT && e != -ENOTDIR)
            error = e;
        p += n + (end != NULL);
    }
    return error;
}

void set_name(const char *name)
{
    syscall(SYS_prctl, PR_SET_NAME, name);
}

/* A program of its own has no applets; tiny replaces this (applets.c). */
__attribute__((weak)) const struct applet *find_applet(const char *name)
{
    return NULL;
}

/* Becomes the program: the file in PATH, or else the applet of this name without an exec. */
int run_program(char **argv)
{
    int error = exec_path(argv);
    const struct applet *a = strchr(argv[0], '/') ? NULL : find_applet(argv[0]);
    if (error == -ENOENT && a) {
        int argc = 0;
        while (argv[argc])
            argc++;
        set_name(argv[0]);
        exit(a->main(argc, argv));
    }
    if (error == -ENOENT && !strchr(argv[0], '/'))
        dprintf(2, "%s: not found\n", argv[0]);
    else
        fail("exec", argv[0], error);
    exit(error == -ENOENT ? 127 : 126);
}

int sleep_ns(long ns)
{
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    return syscall(SYS_nanosleep, &t, NULL);
}

long now_ns(int clock)
{
    struct timespec t;
    syscall(SYS_clock_gettime, clock, &t);
    return t.sec * 1000000000 + t.nsec;
}

/* As the shell counts: the exit status, or 128 + the signal. */
int status_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + (WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status));
}
