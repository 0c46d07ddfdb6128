/* Functions of a script, and text that is parsed and run. */
#include "sh.h"

struct function {
    struct function *next;
    char *name;
    struct node *body;
};
static struct function *functions;

static void complain(struct parser *p)
{
    dprintf(2, "sh: %s\n", p->error);
    last_status = 2;
}

/* Command by command, so that each sees what those before it did. */
int run_source(const char *source)
{
    struct parser p = {.at = source};
    int status = 0;
    for (;;) {
        struct mark m = mark();
        struct node *n = parse_command(&p);
        if (p.error) {
            complain(&p);
            return 2;
        }
        if (!n)
            return status;
        status = run(n);
        release(m);
        if (flow != GOING || interrupted)
            return status;
    }
}

int source_file(const char *path)
{
    char *text = read_file(path, NULL);
    if (!text) {
        dprintf(2, "sh: %s: cannot be read\n", path);
        return 127;
    }
    int status = run_source(text);
    if (flow == RETURNING)
        flow = GOING;
    free(text);
    return status;
}

struct node *find_function(const char *name)
{
    for (struct function *f = functions; f; f = f->next)
        if (!strcmp(f->name, name))
            return f->body;
    return NULL;
}

void define_function(const char *name, const char *text)
{
    struct parser p = {.at = strdup(text)};
    struct function *f = malloc(sizeof *f);
    lasting++;
    *f = (struct function){functions, strdup(name), parse_command(&p)};
    lasting--;
    functions = f;
}
