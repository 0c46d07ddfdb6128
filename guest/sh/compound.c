/* Compound commands: conditions, loops, cases, groups. */
#include "sh.h"

int run_condition(struct node *n)
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

int run_compound(struct node *n)
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

int run_redirected(struct node *n)
{
    struct saved *saved = NULL;
    int status = redirect_all(n->redirects, &saved);
    if (!status)
        status = run_compound(n);
    restore_all(saved);
    return status;
}
