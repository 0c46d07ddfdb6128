/* What the two halves of the parser share. */
#ifndef PARSE_H
#define PARSE_H

#include "sh.h"

struct node *new_node(enum kind kind, struct node *left, struct node *right);
bool at_word(struct parser *p, const char *word);
void unexpected(struct parser *p);
void expect_word(struct parser *p, const char *word);
void expect(struct parser *p, enum token token);
void skip_newlines(struct parser *p);
void add_word(char ***list, int *count, char *word);
struct node *parse_list(struct parser *p);
struct node *parse_compound(struct parser *p); /* NULL when none begins here */
struct node *parse_function(struct parser *p, char *name);

#endif
