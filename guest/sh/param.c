/* What a dollar begins: $name, ${name…}, $(command), $((arithmetic)). */
#include "sh.h"

/* "$@" is one field for each parameter. */
static void add_parameters(struct fields *f, bool separate, bool quoted)
{
    for (int i = 1; i <= positional_count; i++) {
        if (i > 1) {
            if (quoted && !separate)
                add_value(f, " ", true);
            else
                end_field(f);
        }
        if (quoted && *positional[i] == 0)
            f->open = true;
        add_value(f, positional[i], quoted);
    }
}

/* ${name#pattern}, ## % %%: takes away the shortest or longest match at one end. */
static char *trim(const char *value, char side, bool longest, const char *pattern)
{
    int n = strlen(value);
    for (int i = 0; i <= n; i++) {
        int cut = longest ? n - i : i;
        char *part = side == '#' ? take_text(value, cut) : take_text(value + n - cut, cut);
        if (match(pattern, part))
            return side == '#' ? take_text(value + cut, n - cut) : take_text(value, n - cut);
    }
    return take_text(value, n);
}

static void expand_operator(struct fields *f, const char *name, const char *value, const char *op, bool quoted)
{
    bool colon = *op == ':';
    bool set = value && (!colon || *value);
    op += colon;
    switch (*op) {
    case '-':
        add_value(f, set ? value : expand_text(op + 1), quoted);
        break;
    case '=':
        if (!set)
            set_var(name, value = expand_text(op + 1));
        add_value(f, value, quoted);
        break;
    case '+':
        if (set)
            add_value(f, expand_text(op + 1), quoted);
        break;
    case '?':
        if (!set) {
            dprintf(2, "sh: %s: %s\n", name, op[1] ? expand_text(op + 1) : "parameter not set");
            leave(2);
        }
        add_value(f, value, quoted);
        break;
    case '#':
    case '%': {
        bool longest = op[1] == *op;
        add_value(f, trim(value ? value : "", *op, longest, expand_pattern(op + 1 + longest)), quoted);
        break;
    }
    default:
        dprintf(2, "sh: bad substitution\n");
    }
}

static bool is_special(char c)
{
    return isdigit(c) || (c && strchr("?$!#", c));
}

static const char *value_of(const char *name)
{
    return is_special(*name) ? special_var(*name) : get_var(name);
}

static void expand_braces(struct fields *f, const char *inside, bool quoted)
{
    if (inside[0] == '#' && inside[1]) {
        const char *value = value_of(inside + 1);
        char number[16];
        snprintf(number, sizeof number, "%d", (int)strlen(value ? value : ""));
        add_value(f, number, quoted);
        return;
    }
    if (*inside == '@' || *inside == '*') {
        add_parameters(f, *inside == '@', quoted);
        return;
    }
    size_t n = is_special(*inside) ? 1 : name_length(inside);
    char *name = take_text(inside, n);
    const char *value = value_of(name);
    if (inside[n])
        expand_operator(f, name, value, inside + n, quoted);
    else if (value)
        add_value(f, value, quoted);
}

static void expand_arithmetic(struct fields *f, const char *text, bool quoted)
{
    char number[24];
    snprintf(number, sizeof number, "%ld", arithmetic(expand_here(text)));
    add_value(f, number, quoted);
}

/* s stands at the dollar; gives what follows the expansion. */
const char *expand_dollar(struct fields *f, const char *s, bool quoted)
{
    const char *end = skip_quoted(s);
    if (s[1] == '(' && s[2] == '(' && end && end[-2] == ')') {
        expand_arithmetic(f, take_text(s + 3, end - s - 5), quoted);
        return end;
    }
    if (s[1] == '(' && end) {
        add_value(f, substitute_command(take_text(s + 2, end - s - 3)), quoted);
        return end;
    }
    if (s[1] == '{' && end) {
        expand_braces(f, take_text(s + 2, end - s - 3), quoted);
        return end;
    }
    size_t n = name_length(s + 1);
    if (n || is_special(s[1])) {
        n = n ? n : 1;
        const char *value = value_of(take_text(s + 1, n));
        if (value)
            add_value(f, value, quoted);
        return s + 1 + n;
    }
    if (s[1] == '@' || s[1] == '*') {
        add_parameters(f, s[1] == '@', quoted);
        return s + 2;
    }
    add_value(f, "$", true);
    return s + 1;
}
