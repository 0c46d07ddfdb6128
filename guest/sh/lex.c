/* From characters to tokens. Words keep their quotes; word.c takes them away. */
#include "sh.h"

void parse_fail(struct parser *p, const char *error)
{
    if (!p->error)
        p->error = error;
    p->token = T_END;
}

/* Behind the closing character, or NULL when it never comes. */
static const char *skip_parentheses(const char *s)
{
    for (int depth = 0; *s;) {
        if (*s == '\'' || *s == '"' || *s == '\\') {
            if (!(s = skip_quoted(s)))
                return NULL;
            continue;
        }
        depth += (*s == '(') - (*s == ')');
        s++;
        if (depth == 0)
            return s;
    }
    return NULL;
}

static const char *skip_braces(const char *s)
{
    while (*s && *s != '}')
        if (!(s = *s == '\'' || *s == '"' || *s == '\\' ? skip_quoted(s) : s + 1))
            return NULL;
    return *s ? s + 1 : NULL;
}

/* s stands at a quote, a backslash or a dollar: behind what it begins. */
const char *skip_quoted(const char *s)
{
    switch (*s) {
    case '\\':
        return s[1] ? s + 2 : NULL;
    case '\'':
        s = strchr(s + 1, '\'');
        return s ? s + 1 : NULL;
    case '"':
        for (s++; s && *s != '"';) {
            if (!*s)
                return NULL;
            s = *s == '\\' || *s == '$' ? skip_quoted(s) : s + 1;
        }
        return s ? s + 1 : NULL;
    case '$':
        return s[1] == '(' ? skip_parentheses(s + 1) : s[1] == '{' ? skip_braces(s + 2) : s + 1;
    default:
        return s + 1;
    }
}

static void skip_blanks(struct parser *p)
{
    for (;;) {
        if (*p->at == ' ' || *p->at == '\t')
            p->at++;
        else if (p->at[0] == '\\' && p->at[1] == '\n')
            p->at += 2;
        else
            break;
    }
    if (*p->at == '#')
        while (*p->at && *p->at != '\n')
            p->at++;
}

static void read_word(struct parser *p)
{
    const char *start = p->at;
    while (*p->at && !strchr(" \t\n;&|()<>", *p->at)) {
        const char *end = skip_quoted(p->at);
        if (!end) {
            p->incomplete = true;
            parse_fail(p, "unfinished quotes");
            return;
        }
        p->at = end;
    }
    p->token = T_WORD;
    p->word = take_text(start, p->at - start);
}

/* A delimiter without its quotes. */
char *unquote(const char *s)
{
    struct text t = {0};
    add_text(&t, "");
    for (; *s; s++)
        if (!strchr("'\"\\", *s))
            add_char(&t, *s);
    return t.n ? t.s : take_text("", 0);
}

static void read_redirect(struct parser *p, int fd)
{
    struct redirect *r = take(sizeof *r);
    char c = *p->at++;
    *r = (struct redirect){.kind = c, .fd = fd >= 0 ? fd : c == '>'};
    bool strip = false;
    if (c == '>' && *p->at == '>')
        p->at++, r->kind = 'a';
    else if (c == '<' && *p->at == '<') {
        p->at++, r->kind = 'h';
        if ((strip = *p->at == '-'))
            p->at++;
    } else if (*p->at == '&')
        p->at++, r->kind = '&';
    else if (c == '>' && *p->at == '|')
        p->at++;
    skip_blanks(p);
    read_word(p);
    if (p->error)
        return;
    if (!*p->word) {
        parse_fail(p, "a file name is missing");
        return;
    }
    r->word = p->word;
    if (r->kind == 'h') {
        r->fd = strip ? -1 : 0; /* until the body is read: -1 means that tabs go */
        r->quoted = strchr(r->word, '\'') || strchr(r->word, '"') || strchr(r->word, '\\');
        if (p->pending_count == LENGTH(p->pending))
            parse_fail(p, "too many here-documents");
        else
            p->pending[p->pending_count++] = r;
    }
    p->token = T_REDIRECT;
    p->redirect = r;
}

/* The lines up to the delimiter become the redirection's word. */
static void read_body(struct parser *p, struct redirect *r)
{
    char *delimiter = unquote(r->word);
    struct text body = {0};
    bool strip = r->fd < 0;
    r->fd = 0;
    for (;;) {
        while (strip && *p->at == '\t')
            p->at++;
        const char *end = strchr(p->at, '\n');
        size_t n = end ? (size_t)(end - p->at) : strlen(p->at);
        if (n == strlen(delimiter) && !strncmp(p->at, delimiter, n)) {
            p->at += n + (end != NULL);
            break;
        }
        if (!end) {
            p->incomplete = true;
            parse_fail(p, "unfinished here-document");
            return;
        }
        for (; p->at <= end; p->at++)
            add_char(&body, *p->at);
    }
    r->word = body.n ? body.s : take_text("", 0);
}

static void read_newline(struct parser *p)
{
    p->at++;
    p->token = T_NEWLINE;
    for (int i = 0; i < p->pending_count && !p->error; i++)
        read_body(p, p->pending[i]);
    p->pending_count = 0;
}

static const struct {
    char text[3];
    enum token token;
} operators[] = {{"&&", T_AND}, {"||", T_OR}, {";;", T_DSEMI}, {";", T_SEMI}, {"&", T_AMP}, {"|", T_PIPE}, {"(", T_OPEN}, {")", T_CLOSE}};

void next_token(struct parser *p)
{
    p->previous_end = p->at;
    if (p->error)
        return;
    skip_blanks(p);
    p->token_start = p->at;
    const char *digits = p->at;
    while (isdigit(*digits))
        digits++;
    if (*digits == '<' || *digits == '>') {
        int fd = digits > p->at ? (int)strtol(p->at, NULL, 10) : -1;
        p->at = digits;
        read_redirect(p, fd);
        return;
    }
    if (!*p->at) {
        p->token = T_END;
        if (p->pending_count) {
            p->incomplete = true;
            parse_fail(p, "unfinished here-document");
        }
        return;
    }
    if (*p->at == '\n') {
        read_newline(p);
        return;
    }
    for (int i = 0; i < LENGTH(operators); i++)
        if (starts_with(p->at, operators[i].text)) {
            p->at += strlen(operators[i].text);
            p->token = operators[i].token;
            return;
        }
    read_word(p);
}
