/* Compound commands: if, for, case, while, functions, groups. */
#include "parse.h"

static struct node *parse_body(struct parser *p, const char *open, const char *close)
{
    expect_word(p, open);
    struct node *body = parse_list(p);
    expect_word(p, close);
    return body;
}

/* Behind "if" or "elif". */
static struct node *parse_if(struct parser *p)
{
    next_token(p);
    struct node *n = new_node(IF, parse_list(p), NULL);
    expect_word(p, "then");
    n->right = parse_list(p);
    if (at_word(p, "elif")) {
        n->other = parse_if(p);
        return n;
    }
    if (at_word(p, "else")) {
        next_token(p);
        n->other = parse_list(p);
    }
    expect_word(p, "fi");
    return n;
}

static struct node *parse_for(struct parser *p)
{
    next_token(p);
    struct node *n = new_node(FOR, NULL, NULL);
    int count = 0;
    n->detail = p->word;
    expect(p, T_WORD);
    skip_newlines(p);
    if (at_word(p, "in")) {
        add_word(&n->words, &count, take_text("", 0));
        for (next_token(p); p->token == T_WORD; next_token(p))
            add_word(&n->words, &count, p->word);
    }
    if (p->token == T_SEMI)
        next_token(p);
    skip_newlines(p);
    n->right = parse_body(p, "do", "done");
    return n;
}

static struct node *parse_case(struct parser *p)
{
    next_token(p);
    struct node *n = new_node(CASE, NULL, NULL), **end = &n->left;
    n->detail = p->word;
    expect(p, T_WORD);
    skip_newlines(p);
    expect_word(p, "in");
    skip_newlines(p);
    while (!p->error && !at_word(p, "esac")) {
        struct node *item = new_node(CASE, NULL, NULL);
        int count = 0;
        if (p->token == T_OPEN)
            next_token(p);
        for (;;) {
            add_word(&item->words, &count, p->word);
            expect(p, T_WORD);
            if (p->token != T_PIPE)
                break;
            next_token(p);
        }
        expect(p, T_CLOSE);
        item->right = parse_list(p);
        *end = item;
        end = &item->next;
        if (p->token != T_DSEMI)
            break;
        next_token(p);
        skip_newlines(p);
    }
    expect_word(p, "esac");
    return n;
}

static struct node *parse_while(struct parser *p, enum kind kind)
{
    next_token(p);
    struct node *n = new_node(kind, parse_list(p), NULL);
    n->right = parse_body(p, "do", "done");
    return n;
}

/* name() { …; }: the body is kept as text and parsed again when it is defined, to last. */
struct node *parse_function(struct parser *p, char *name)
{
    struct node *n = new_node(FUNCTION, NULL, NULL);
    n->words = take(sizeof *n->words);
    n->words[0] = name;
    expect(p, T_CLOSE);
    skip_newlines(p);
    const char *start = p->token_start;
    parse_body(p, "{", "}");
    n->detail = take_text(start, p->previous_end - start);
    return n;
}

struct node *parse_compound(struct parser *p)
{
    if (p->token == T_OPEN) {
        next_token(p);
        struct node *n = new_node(SUBSHELL, parse_list(p), NULL);
        expect(p, T_CLOSE);
        return n;
    }
    if (at_word(p, "{"))
        return new_node(GROUP, parse_body(p, "{", "}"), NULL);
    if (at_word(p, "if"))
        return parse_if(p);
    if (at_word(p, "while"))
        return parse_while(p, WHILE);
    if (at_word(p, "until"))
        return parse_while(p, UNTIL);
    if (at_word(p, "for"))
        return parse_for(p);
    if (at_word(p, "case"))
        return parse_case(p);
    return NULL;
}
