/* How init starts a command: a session of its own, the terminal that its line names, no signal blocked. */
#include "init.h"

/* init keeps no terminal open: a login may hang the console up, and then only a new look at it sees it. */
void say(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
    dprintf(fd < 0 ? 2 : fd, "init: %s\n", text);
    if (fd >= 0)
        close(fd);
}

/* Standard streams at a terminal of /dev, which becomes the controlling one; or at the console, which does not. */
void open_console(const char *terminal)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/dev/%s", terminal);
    bool is_own = *terminal && stat(path, &st) >= 0 && (st.mode & S_IFMT) == S_IFCHR;
    int fd = open(is_own ? path : "/dev/console", O_RDWR | O_NOCTTY, 0);
    if (fd < 0)
        return;
    if (is_own)
        syscall(SYS_ioctl, fd, TIOCSCTTY, 1);
    for (int to = 0; to < 3; to++)
        if (fd != to)
            dup2(fd, to);
    if (fd > 2)
        close(fd);
}

/* Words between blanks; what needs a shell gets one. */
static void NORETURN become(char *command)
{
    char *words[64], *shell[] = {"/bin/sh", "-c", NULL, NULL}, line[512];
    int count = 0;
    bool is_login = *command == '-';
    for (const char *c = command; *c; c++)
        if (strchr("~`!$^&*()=|\\{}[];\"'<>?", *c)) {
            snprintf(line, sizeof line, "exec %s", command);
            shell[2] = line;
            run_program(shell);
        }
    for (char *c = command; *c && count < LENGTH(words) - 1;) {
        while (isspace(*c))
            *c++ = 0;
        if (*c)
            words[count++] = c;
        while (*c && !isspace(*c))
            c++;
    }
    words[count] = NULL;
    if (!count)
        exit(0);
    if (is_login) { /* argv[0] begins with - : a login shell */
        execve(command + 1, words, environ);
        fail("init", command + 1, ENOENT);
        exit(127);
    }
    run_program(words);
}

/* What a login would set, for a shell that is started without one. */
static char *home[] = {"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh"};
enum { MOST_VARIABLES = 64 };

static void log_in(const char *shell)
{
    static char *all[MOST_VARIABLES + LENGTH(home) + 1], variable[64];
    int count = 0;
    snprintf(variable, sizeof variable, "SHELL=%s", shell);
    home[3] = variable;
    for (; count < LENGTH(home); count++)
        all[count] = home[count];
    for (char **e = environ; *e && count < MOST_VARIABLES; e++)
        if (!starts_with(*e, "HOME="))
            all[count++] = *e;
    environ = all;
    syscall(SYS_chdir, "/root");
}

int start_entry(struct entry *e)
{
    int pid = fork();
    if (pid < 0) {
        say("cannot start %s: %s", e->command, strerror(-pid));
        return pid;
    }
    if (pid == 0) {
        for (int signo = 1; signo <= NSIG; signo++)
            on_signal(signo, SIG_DFL, 0);
        set_mask(SIG_SETMASK, 0, NULL);
        syscall(SYS_setsid);
        open_console(e->id);
        if (*e->command == '-')
            log_in(e->command + 1);
        become(e->command);
    }
    e->pid = pid;
    e->started = now_ns(CLOCK_MONOTONIC);
    if (e->action == RESPAWN)
        record(INIT_PROCESS, pid, e->id);
    return pid;
}
