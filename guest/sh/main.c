/* sh: reads commands from the terminal, a string (-c) or a file, and runs them one by one. */
#include "sh.h"

static bool at_end;

/* One more line of standard input. A terminal gives a line at a time; from elsewhere we read byte by
   byte, because what follows belongs to the commands. */
static bool more_input(struct text *t)
{
    char line[1024];
    size_t n = 0;
    for (;;) {
        ssize_t got = read(0, line, interactive ? sizeof line : 1);
        if (got == -EINTR && interrupted)
            return false;
        if (got == -EINTR || got == -EAGAIN)
            continue;
        if (got <= 0) {
            at_end = true;
            return n > 0;
        }
        for (ssize_t i = 0; i < got; i++)
            add_char(t, line[i]);
        n += got;
        if (line[got - 1] == '\n')
            return true;
    }
}

static void prompt(bool more)
{
    char here[512];
    if (!interactive)
        return;
    if (more) {
        dprintf(1, "> ");
        return;
    }
    report_jobs(false);
    if (syscall(SYS_getcwd, here, sizeof here) <= 0)
        strcpy(here, "?");
    dprintf(1, "%s %s ", here, syscall(SYS_geteuid) ? "$" : "#");
}

static void forget_line(void)
{
    interrupted = 0;
    last_status = 130;
    dprintf(1, "\n");
}

/* Reads until a whole command is there, runs it, and begins again. */
static int run_input(void)
{
    while (!at_end) {
        struct mark m = mark();
        struct text t = {0};
        bool whole = false;
        for (bool more = false; !whole; more = true) {
            prompt(more);
            if (!more_input(&t))
                break;
            struct parser p = {.at = t.s};
            struct node *n = parse_command(&p);
            if (p.incomplete)
                continue;
            whole = true;
            if (p.error) {
                dprintf(2, "sh: %s\n", p.error);
                last_status = 2;
            } else if (n)
                run(n);
        }
        if (!whole && interrupted)
            forget_line();
        interrupted = 0;
        flow = GOING;
        release(m);
        if (!whole && at_end && t.n)
            dprintf(2, "sh: unexpected end of input\n");
    }
    if (interactive)
        dprintf(1, "exit\n");
    return last_status;
}

int sh_main(int argc, char **argv)
{
    int i = 1;
    char *command = NULL;
    bool from_string = false, forced = false;
    for (; i < argc && *argv[i] == '-' && argv[i][1]; i++)
        for (char *o = argv[i] + 1; *o; o++) {
            from_string |= *o == 'c';
            forced |= *o == 'i';
            exit_on_error |= *o == 'e';
            trace_commands |= *o == 'x';
        }
    if (from_string && i < argc)
        command = argv[i++];
    char *zero = i < argc ? argv[i] : argv[0];
    set_positional(zero, argv + i + 1, i < argc ? argc - i - 1 : 0);
    shell_pid = syscall(SYS_getpid);
    import_environment();
    if (command)
        leave(run_source(command));
    if (i < argc)
        leave(source_file(argv[i]));
    interactive = forced || (isatty(0) && isatty(1));
    if (interactive) {
        catch_interrupt();
        jobs_init();
    }
    leave(run_input());
}
