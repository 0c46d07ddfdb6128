/* Runs the tree. What changes the shell itself runs here, all else in a child (jobs.c). */
#include "sh.h"

enum flow flow;
int flow_levels, last_status, last_background;
bool exit_on_error, trace_commands;
static int tested; /* above zero in conditions, where set -e does not apply */

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

static int run_condition(struct node *n)
{
    tested++;
    int status = run(n);
    tested--;
    return status;
}

/* True when a loop must end: break, return, an interrupt, or continue of an outer loop. */
static bool ends_loop(void)
{
    if (interrupted)
        return true;
    if (flow == BREAKING || flow == CONTINUING) {
        if (--flow_levels > 0)
            return true;
        bool ends = flow == BREAKING;
        flow = GOING;
        return ends;
    }
    return flow == RETURNING;
}

static int run_loop(struct node *n)
{
    int status = 0;
    for (;;) {
        struct mark m = mark();
        if ((run_condition(n->left) == 0) != (n->kind == WHILE))
            break;
        if (flow != GOING && ends_loop())
            break;
        status = run(n->right);
        release(m);
        if (ends_loop())
            break;
    }
    return interrupted ? 130 : status;
}

static int run_for(struct node *n)
{
    int count, status = 0;
    char **list = n->words ? expand_words(n->words + 1, &count) : positional + 1;
    if (!n->words)
        count = positional_count;
    for (int i = 0; i < count; i++) {
        struct mark m = mark();
        set_var(n->detail, list[i]);
        status = run(n->right);
        release(m);
        if (ends_loop())
            break;
    }
    return interrupted ? 130 : status;
}

static int run_case(struct node *n)
{
    char *value = expand_text(n->detail);
    for (struct node *item = n->left; item; item = item->next)
        for (char **pattern = item->words; *pattern; pattern++)
            if (match(expand_pattern(*pattern), value))
                return item->right ? run(item->right) : 0;
    return 0;
}

static int run_if(struct node *n)
{
    if (run_condition(n->left) == 0)
        return run(n->right);
    return !n->other ? 0 : n->other->kind == IF ? run_if(n->other) : run(n->other);
}

static int run_compound(struct node *n)
{
    switch (n->kind) {
    case GROUP:
        return run(n->left);
    case SUBSHELL:
        leave(run(n->left));
    case IF:
        return run_if(n);
    case WHILE:
    case UNTIL:
        return run_loop(n);
    case FOR:
        return run_for(n);
    case CASE:
        return run_case(n);
    default:
        define_function(n->words[0], n->detail);
        return 0;
    }
}

static int run_redirected(struct node *n)
{
    struct saved *saved = NULL;
    int status = redirect_all(n->redirects, &saved);
    if (!status)
        status = run_compound(n);
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
