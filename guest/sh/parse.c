/* From tokens to a tree, by recursive descent. The grammar is POSIX's, without its rare corners. */
#include "parse.h"

struct node *new_node(enum kind kind, struct node *left, struct node *right)
{
    struct node *n = take(sizeof *n);
    *n = (struct node){.kind = kind, .left = left, .right = right};
    return n;
}

bool at_word(struct parser *p, const char *word)
{
    return !p->error && p->token == T_WORD && !strcmp(p->word, word);
}

void unexpected(struct parser *p)
{
    if (p->token == T_END && !p->error)
        p->incomplete = true;
    parse_fail(p, "syntax error");
}

void expect_word(struct parser *p, const char *word)
{
    if (at_word(p, word))
        next_token(p);
    else
        unexpected(p);
}

void expect(struct parser *p, enum token token)
{
    if (!p->error && p->token == token)
        next_token(p);
    else
        unexpected(p);
}

void skip_newlines(struct parser *p)
{
    while (p->token == T_NEWLINE)
        next_token(p);
}

void add_word(char ***list, int *count, char *word)
{
    if ((*count & 7) == 0) {
        char **bigger = take((*count + 9) * sizeof *bigger);
        memcpy(bigger, *list, *count * sizeof *bigger);
        *list = bigger;
    }
    (*list)[(*count)++] = word;
    (*list)[*count] = NULL;
}

static void parse_redirects(struct parser *p, struct node *n)
{
    struct redirect **end = &n->redirects;
    while (*end)
        end = &(*end)->next;
    while (p->token == T_REDIRECT) {
        *end = p->redirect;
        end = &p->redirect->next;
        next_token(p);
    }
}

static struct node *parse_simple(struct parser *p)
{
    struct node *n = new_node(SIMPLE, NULL, NULL);
    int count = 0;
    n->words = take(sizeof *n->words);
    n->words[0] = NULL;
    while (p->token == T_WORD || p->token == T_REDIRECT) {
        if (p->token == T_REDIRECT) {
            parse_redirects(p, n);
            continue;
        }
        add_word(&n->words, &count, p->word);
        next_token(p);
        if (count == 1 && !n->redirects && p->token == T_OPEN) {
            next_token(p);
            return parse_function(p, n->words[0]);
        }
    }
    if (!count && !n->redirects)
        unexpected(p);
    return n;
}

static struct node *parse_stage(struct parser *p)
{
    struct node *n = parse_compound(p);
    if (!n)
        return parse_simple(p);
    parse_redirects(p, n);
    return n;
}

static struct node *parse_pipeline(struct parser *p)
{
    if (at_word(p, "!")) {
        next_token(p);
        return new_node(NOT, parse_pipeline(p), NULL);
    }
    const char *start = p->token_start;
    struct node *first = parse_stage(p), *n = first;
    while (!p->error && p->token == T_PIPE) {
        next_token(p);
        skip_newlines(p);
        n = n->next = parse_stage(p);
    }
    first->text = take_text(start, p->previous_end - start);
    return first->next ? new_node(PIPE, first, NULL) : first;
}

static struct node *parse_and_or(struct parser *p)
{
    const char *start = p->token_start;
    struct node *left = parse_pipeline(p);
    while (!p->error && (p->token == T_AND || p->token == T_OR)) {
        enum kind kind = p->token == T_AND ? AND : OR;
        next_token(p);
        skip_newlines(p);
        left = new_node(kind, left, parse_pipeline(p));
        left->text = take_text(start, p->previous_end - start);
    }
    return left;
}

static bool at_list_end(struct parser *p)
{
    static const char *const closers[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
    if (p->error || p->token == T_END || p->token == T_CLOSE || p->token == T_DSEMI)
        return true;
    for (int i = 0; i < LENGTH(closers); i++)
        if (at_word(p, closers[i]))
            return true;
    return false;
}

/* Commands up to a closing word; newlines separate as ; does. */
struct node *parse_list(struct parser *p)
{
    struct node *list = NULL;
    skip_newlines(p);
    while (!at_list_end(p)) {
        struct node *n = parse_and_or(p);
        if (p->token == T_AMP)
            n = new_node(BACKGROUND, n, NULL);
        list = list ? new_node(SEQUENCE, list, n) : n;
        if (p->token != T_AMP && p->token != T_SEMI && p->token != T_NEWLINE)
            break;
        next_token(p);
        skip_newlines(p);
    }
    if (!list && !p->error && p->token != T_DSEMI)
        unexpected(p);
    return list;
}

/* One line of commands, or NULL when there is none left (or p->error says why). */
struct node *parse_command(struct parser *p)
{
    struct node *list = NULL;
    next_token(p);
    skip_newlines(p);
    while (!p->error && p->token != T_END) {
        struct node *n = parse_and_or(p);
        if (p->token == T_AMP)
            n = new_node(BACKGROUND, n, NULL);
        list = list ? new_node(SEQUENCE, list, n) : n;
        if (p->token == T_NEWLINE || p->token == T_END)
            break;
        if (p->token != T_AMP && p->token != T_SEMI)
            unexpected(p);
        next_token(p);
        if (p->token == T_NEWLINE)
            break;
    }
    return p->error ? NULL : list;
}
