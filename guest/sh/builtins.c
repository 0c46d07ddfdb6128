/* Commands that must run in the shell itself, and a few that may. */
#include "sh.h"

static int do_cd(int argc, char **argv)
{
    const char *to = argc > 1 ? argv[1] : get_var("HOME");
    char here[512];
    if (!to)
        to = "/";
    int e = syscall(SYS_chdir, to);
    if (e < 0)
        return fail("cd", to, e);
    if (syscall(SYS_getcwd, here, sizeof here) > 0)
        set_var("PWD", here);
    return 0;
}

static int do_exit(int argc, char **argv)
{
    leave(argc > 1 ? (int)(strtol(argv[1], NULL, 10) & 255) : last_status);
}

static int do_export(int argc, char **argv)
{
    if (argc == 1)
        list_vars(true);
    for (int i = 1; i < argc; i++) {
        set_assignment(argv[i]);
        export_var(take_text(argv[i], name_length(argv[i])));
    }
    return 0;
}

static int do_unset(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        unset_var(argv[i]);
    return 0;
}

static int do_set(int argc, char **argv)
{
    int i = 1;
    if (argc == 1)
        list_vars(false);
    for (; i < argc && (*argv[i] == '-' || *argv[i] == '+') && argv[i][1]; i++) {
        if (!strcmp(argv[i], "--")) {
            i++;
            set_positional(positional[0], argv + i, argc - i);
            return 0;
        }
        for (char *o = argv[i] + 1; *o; o++)
            if (*o == 'e')
                exit_on_error = *argv[i] == '-';
            else if (*o == 'x')
                trace_commands = *argv[i] == '-';
    }
    if (i < argc)
        set_positional(positional[0], argv + i, argc - i);
    return 0;
}

static int do_umask(int argc, char **argv)
{
    int old = syscall(SYS_umask, argc > 1 ? strtol(argv[1], NULL, 8) : 0);
    if (argc == 1) {
        syscall(SYS_umask, old);
        out("%04o\n", old);
    }
    return 0;
}

static int do_exec(int argc, char **argv)
{
    if (argc == 1)
        return 0;
    reset_traps();
    run_program(argv + 1);
}

/* read NAME…: byte by byte, since what follows the line belongs to others. */
static int do_read(int argc, char **argv)
{
    struct text line = {0};
    char c = 0;
    int i = argc > 1 && !strcmp(argv[1], "-r") ? 2 : 1;
    add_text(&line, "");
    while (read(0, &c, 1) == 1 && c != '\n')
        add_char(&line, c);
    char *rest = line.n ? line.s : "";
    for (; i < argc; i++) {
        while (isspace(*rest))
            rest++;
        char *end = rest + strlen(rest);
        if (i + 1 < argc)
            for (end = rest; *end && !isspace(*end);)
                end++;
        else
            while (end > rest && isspace(end[-1]))
                end--;
        set_var(argv[i], take_text(rest, end - rest));
        rest = end;
    }
    return c == '\n' ? 0 : 1;
}

static int do_shift(int argc, char **argv)
{
    int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1;
    if (n > positional_count)
        return 1;
    set_positional(positional[0], positional + 1 + n, positional_count - n);
    return 0;
}

static int do_source(int argc, char **argv)
{
    return argc > 1 ? source_file(argv[1]) : 2;
}

static int do_eval(int argc, char **argv)
{
    struct text t = {0};
    for (int i = 1; i < argc; i++) {
        add_text(&t, argv[i]);
        add_char(&t, ' ');
    }
    return t.n ? run_source(t.s) : 0;
}

static int leave_loop(enum flow how, int argc, char **argv)
{
    flow = how;
    flow_levels = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1;
    return 0;
}

static int do_break(int argc, char **argv) { return leave_loop(BREAKING, argc, argv); }
static int do_continue(int argc, char **argv) { return leave_loop(CONTINUING, argc, argv); }

static int do_return(int argc, char **argv)
{
    if (argc > 1)
        last_status = strtol(argv[1], NULL, 10) & 255;
    flow = RETURNING;
    return last_status;
}

static int do_jobs(int argc, char **argv)
{
    report_jobs(true);
    return 0;
}

static int do_fg(int argc, char **argv) { return continue_job(argv[1], true); }
static int do_bg(int argc, char **argv) { return continue_job(argv[1], false); }
static int do_wait(int argc, char **argv) { return wait_jobs(argv + 1); }
static int do_colon(int argc, char **argv) { return 0; }

static int do_kill(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (*argv[i] == '%') {
            char *number = take(16);
            snprintf(number, 16, "%d", job_group(argv[i]));
            argv[i] = number;
        }
    return find_applet("kill")->main(argc, argv);
}

static const struct {
    const char *name;
    builtin run;
} table[] = {
    {".", do_source},       {":", do_colon},   {"bg", do_bg},         {"break", do_break}, {"cd", do_cd},
    {"continue", do_continue}, {"eval", do_eval}, {"exec", do_exec},  {"exit", do_exit},   {"export", do_export},
    {"fg", do_fg},          {"jobs", do_jobs}, {"kill", do_kill},     {"read", do_read},   {"return", do_return},
    {"set", do_set},        {"shift", do_shift}, {"trap", trap_command}, {"umask", do_umask}, {"unset", do_unset},
    {"wait", do_wait},
};

/* Tools that touch nothing but their output need no process of their own. */
static const char *const inside[] = {"echo", "printf", "test", "[", "true", "false", "pwd"};

builtin find_builtin(const char *name)
{
    for (int i = 0; i < LENGTH(table); i++)
        if (!strcmp(table[i].name, name))
            return table[i].run;
    for (int i = 0; i < LENGTH(inside); i++)
        if (!strcmp(inside[i], name))
            return find_applet(name)->main;
    return NULL;
}
