/* Expansion of words: quotes, parameters, commands, splitting at blanks, patterns (POSIX 2.6). */
#include "sh.h"

void end_field(struct fields *f)
{
    if (!f->open)
        return;
    if (f->count + 1 >= f->room) {
        char **bigger = take((f->room = f->room * 2 + 8) * sizeof *bigger);
        memcpy(bigger, f->list, f->count * sizeof *bigger);
        f->list = bigger;
    }
    f->list[f->count++] = f->field.s ? f->field.s : take_text("", 0);
    f->list[f->count] = NULL;
    f->field = (struct text){0};
    f->open = false;
}

static void add_quoted(struct fields *f, char c)
{
    f->open = true;
    add_char(&f->field, CTLESC);
    add_char(&f->field, c);
}

/* What came from a variable or a command: unquoted, it is split at blanks. */
void add_value(struct fields *f, const char *value, bool quoted)
{
    for (; *value; value++) {
        if (quoted)
            add_quoted(f, *value);
        else if (isspace(*value))
            end_field(f);
        else {
            f->open = true;
            add_char(&f->field, *value);
        }
    }
}

static const char *expand_double(struct fields *f, const char *s)
{
    f->open = true;
    while (*s && *s != '"') {
        if (*s == '$')
            s = expand_dollar(f, s, true);
        else if (*s == '\\' && s[1] == '\n')
            s += 2;
        else if (*s == '\\' && s[1] && strchr("$`\"\\", s[1])) {
            add_quoted(f, s[1]);
            s += 2;
        } else
            add_quoted(f, *s++);
    }
    return *s ? s + 1 : s;
}

static void expand(struct fields *f, const char *s)
{
    if (*s == '~' && (!s[1] || s[1] == '/')) {
        const char *home = get_var("HOME");
        add_value(f, home ? home : "/", true);
        s++;
    }
    while (*s) {
        if (*s == '\'') {
            f->open = true;
            for (s++; *s && *s != '\''; s++)
                add_quoted(f, *s);
            s += *s != 0;
        } else if (*s == '"')
            s = expand_double(f, s + 1);
        else if (*s == '\\' && s[1]) {
            if (s[1] != '\n')
                add_quoted(f, s[1]);
            s += 2;
        } else if (*s == '$')
            s = expand_dollar(f, s, false);
        else {
            f->open = true;
            add_char(&f->field, *s++);
        }
    }
}

char *remove_escapes(const char *s)
{
    char *plain = take(strlen(s) + 1), *to = plain;
    for (; *s; s++) {
        if (*s == CTLESC && s[1])
            s++;
        *to++ = *s;
    }
    *to = 0;
    return plain;
}

/* The fields of all words, with file names for patterns. */
char **expand_words(char **words, int *count)
{
    struct fields all = {0};
    for (; *words; words++) {
        struct fields f = {0};
        expand(&f, *words);
        end_field(&f);
        for (int i = 0; i < f.count; i++)
            add_matches(&all, f.list[i]);
    }
    *count = all.count;
    return all.list ? all.list : take(8);
}

/* One string without splitting, its quoted characters still marked. */
char *expand_pattern(const char *word)
{
    struct fields f = {0};
    struct text t = {0};
    expand(&f, word);
    end_field(&f);
    for (int i = 0; i < f.count; i++) {
        if (i)
            add_char(&t, ' ');
        add_text(&t, f.list[i]);
    }
    return t.s ? t.s : take_text("", 0);
}

/* The right side of an assignment or a file name: a value keeps its blanks. */
char *expand_text(const char *word)
{
    struct fields f = {0};
    const char *s = word;
    struct text inside = {0};
    /* As if within double quotes, outside of the quotes that are there. */
    if (*s == '~' && (!s[1] || s[1] == '/'))
        return remove_escapes(expand_pattern(word));
    while (*s) {
        if (*s == '$')
            s = expand_dollar(&f, s, true);
        else if (*s == '\'' || *s == '"' || *s == '\\') {
            const char *end = skip_quoted(s);
            expand(&f, take_text(s, end - s));
            s = end;
        } else
            add_quoted(&f, *s++);
    }
    end_field(&f);
    for (int i = 0; i < f.count; i++) {
        if (i)
            add_char(&inside, ' ');
        add_text(&inside, f.list[i]);
    }
    return inside.s ? remove_escapes(inside.s) : take_text("", 0);
}

/* A here-document's body: only $ and \ mean something. */
char *expand_here(const char *s)
{
    struct fields f = {0};
    while (*s) {
        if (*s == '$')
            s = expand_dollar(&f, s, true);
        else if (*s == '\\' && s[1] && strchr("$\\`\n", s[1])) {
            if (s[1] != '\n')
                add_quoted(&f, s[1]);
            s += 2;
        } else
            add_quoted(&f, *s++);
    }
    return f.field.s ? remove_escapes(f.field.s) : take_text("", 0);
}
