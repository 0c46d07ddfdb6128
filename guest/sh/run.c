/* Runs the tree. What changes the shell itself runs here, all else in a child (jobs.c). */
#include "sh.h"

enum flow flow;
int flow_levels, last_status, last_background;
bool exit_on_error, trace_commands;
int tested;

/* The output of a command without its last newlines. */
char *substitute_command(const char *command)
{
    int fds[2];
    if (pipe(fds) < 0)
        return "";
    int pid = fork();
    if (pid == 0) {
        become_child();
        close(fds[0]);
        dup2(fds[1], 1);
        close(fds[1]);
        leave(run_source(command));
    }
    close(fds[1]);
    struct text t = {0};
    char buffer[512];
    for (ssize_t n; (n = read(fds[0], buffer, sizeof buffer)) > 0 || n == -EINTR;)
        for (ssize_t i = 0; i < n; i++)
            add_char(&t, buffer[i]);
    close(fds[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    last_status = status_code(status);
    while (t.n && t.s[t.n - 1] == '\n')
        t.s[--t.n] = 0;
    return t.n ? t.s : "";
}

/* A forked shell: it asks for no input, knows no jobs, catches nothing. */
void become_child(void)
{
    interactive = job_control = false;
    jobs_forget();
    reset_traps();
}

void leave(int status)
{
    run_exit_trap();
    exit(status);
}

static int assign(const char *word)
{
    size_t n = name_length(word);
    set_var(take_text(word, n), expand_text(word + n + 1));
    return 0;
}

static bool is_assignment(const char *word)
{
    size_t n = name_length(word);
    return n && word[n] == '=';
}

static int call_function(struct node *body, int argc, char **argv)
{
    char **old = positional;
    int old_count = positional_count;
    set_positional(old[0], argv + 1, argc - 1);
    int status = run(body);
    if (flow == RETURNING) {
        flow = GOING;
        status = last_status;
    }
    positional = old;
    positional_count = old_count;
    return status;
}

static void trace(char **argv)
{
    dprintf(2, "+");
    for (; *argv; argv++)
        dprintf(2, " %s", *argv);
    dprintf(2, "\n");
}

/* In this process, after the redirections: a builtin, a function, or (in a child) a program. */
static int run_words(struct node *n, int argc, char **argv)
{
    if (trace_commands)
        trace(argv);
    struct node *function = find_function(argv[0]);
    builtin b = find_builtin(argv[0]);
    if (function)
        return call_function(function, argc, argv);
    if (b)
        return b(argc, argv);
    run_program(argv);
}

static bool runs_inside(const char *name)
{
    return find_function(name) || find_builtin(name);
}

static int run_simple(struct node *n, bool in_child)
{
    struct saved *saved = NULL;
    char **words = n->words;
    int argc, status = 0, substituted = last_status;
    last_status = 0;
    while (*words && is_assignment(*words))
        words++;
    if (!*words) {
        for (char **w = n->words; w < words; w++)
            assign(*w);
        status = last_status;
        if (redirect_all(n->redirects, &saved))
            status = 1;
        restore_all(saved);
        return status;
    }
    last_status = substituted;
    if (!in_child && find_function(*words) == NULL && find_builtin(*words) == NULL && !strchr(*words, '$'))
        return start_pipeline(n, false); /* certainly a program: the child expands for itself */
    char **argv = expand_words(words, &argc);
    if (!argc)
        return last_status;
    if (!in_child && !runs_inside(argv[0]))
        return start_pipeline(n, false);
    for (char **w = n->words; w < words; w++) {
        assign(*w);
        if (in_child)
            export_var(take_text(*w, name_length(*w)));
    }
    status = redirect_all(n->redirects, in_child ? NULL : &saved);
    if (!status)
        status = run_words(n, argc, argv);
    else if (in_child)
        exit(status);
    out_flush();
    if (saved && !(argv[0] && !strcmp(argv[0], "exec")))
        restore_all(saved);
    return status;
}

/* A stage of a pipeline, in the child that was forked for it. */
int run_here(struct node *n)
{
    if (n->kind == SIMPLE)
        return run_simple(n, true);
    if (n->kind <= BACKGROUND)
        return run(n);
    if (redirect_all(n->redirects, NULL))
        return 1;
    return run_compound(n);
}

static int run_node(struct node *n)
{
    switch (n->kind) {
    case SIMPLE:
        return run_simple(n, false);
    case PIPE:
        return start_pipeline(n->left, false);
    case AND:
    case OR: {
        int status = run_condition(n->left);
        return flow == GOING && (status == 0) == (n->kind == AND) ? run(n->right) : status;
    }
    case NOT:
        return !run_condition(n->left);
    case SEQUENCE: {
        int status = run(n->left);
        return flow == GOING && !interrupted ? run(n->right) : status;
    }
    case BACKGROUND:
        return start_pipeline(n->left->kind == PIPE ? n->left->left : n->left, true);
    case SUBSHELL:
        return start_pipeline(n, false);
    default:
        return run_redirected(n);
    }
}

int run(struct node *n)
{
    if (!n)
        return 0;
    int status = run_node(n);
    if (flow != RETURNING)
        last_status = status;
    run_traps();
    bool counts = n->kind == SIMPLE || n->kind == PIPE || n->kind == SUBSHELL;
    if (exit_on_error && status && counts && !tested)
        leave(status);
    return flow == RETURNING ? last_status : status;
}
