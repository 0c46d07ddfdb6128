/* Variables, the environment and the positional parameters. */
#include "sh.h"

struct var {
    struct var *next;
    char *name, *value;
    bool exported;
};
static struct var *vars;
char **positional;
int positional_count; /* without $0 */

static struct var *find(const char *name)
{
    struct var *v = vars;
    while (v && strcmp(v->name, name))
        v = v->next;
    return v;
}

const char *get_var(const char *name)
{
    struct var *v = find(name);
    return v ? v->value : NULL;
}

static struct var *need(const char *name)
{
    struct var *v = find(name), **end = &vars;
    if (v)
        return v;
    while (*end)
        end = &(*end)->next;
    v = *end = calloc(1, sizeof *v);
    v->name = strdup(name);
    return v;
}

void set_var(const char *name, const char *value)
{
    struct var *v = need(name);
    char *old = v->value;
    v->value = strdup(value);
    free(old);
    if (v->exported)
        environ = environment();
}

void export_var(const char *name)
{
    struct var *v = need(name);
    v->exported = true;
    environ = environment();
}

void unset_var(const char *name)
{
    for (struct var **link = &vars; *link; link = &(*link)->next)
        if (!strcmp((*link)->name, name)) {
            *link = (*link)->next;
            break;
        }
    environ = environment();
}

size_t name_length(const char *s)
{
    size_t n = 0;
    if (isdigit(*s))
        return 0;
    while (isalpha(s[n]) || isdigit(s[n]) || s[n] == '_')
        n++;
    return n;
}

/* NAME=value, already expanded; false when the word is no assignment. */
bool set_assignment(const char *word)
{
    size_t n = name_length(word);
    if (!n || word[n] != '=')
        return false;
    char *name = strndup(word, n);
    set_var(name, word + n + 1);
    free(name);
    return true;
}

void list_vars(bool exported)
{
    for (struct var *v = vars; v; v = v->next)
        if (v->value && (v->exported || !exported))
            out("%s%s='%s'\n", exported ? "export " : "", v->name, v->value);
}

void import_environment(void)
{
    for (char **e = environ; *e; e++)
        if (set_assignment(*e)) {
            char *name = strndup(*e, name_length(*e));
            find(name)->exported = true;
            free(name);
        }
}

/* The exported variables as execve wants them. */
char **environment(void)
{
    int n = 0;
    for (struct var *v = vars; v; v = v->next)
        n++;
    char **list = malloc((n + 1) * sizeof *list);
    n = 0;
    for (struct var *v = vars; v; v = v->next)
        if (v->exported && v->value) {
            size_t size = strlen(v->name) + strlen(v->value) + 2;
            snprintf(list[n++] = malloc(size), size, "%s=%s", v->name, v->value);
        }
    list[n] = NULL;
    return list;
}

void set_positional(char *zero, char **list, int count)
{
    char **copy = malloc((count + 2) * sizeof *copy);
    copy[0] = strdup(zero);
    for (int i = 0; i < count; i++)
        copy[i + 1] = strdup(list[i]);
    copy[count + 1] = NULL;
    positional = copy;
    positional_count = count;
}

/* $? $$ $! $# and $0 to $9; NULL for one that is not set. */
const char *special_var(char c)
{
    int number = c == '?' ? last_status : c == '$' ? shell_pid : c == '!' ? last_background : positional_count;
    if (isdigit(c))
        return c - '0' <= positional_count ? positional[c - '0'] : NULL;
    if (c == '!' && !last_background)
        return NULL;
    char *text = take(16);
    snprintf(text, 16, "%d", number);
    return text;
}
