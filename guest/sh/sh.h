/* The shell's own words. Read in this order: main.c, lex.c, parse.c, run.c, jobs.c, word.c. */
#ifndef SH_H
#define SH_H

#include "../lib/tiny.h"

/* arena.c: memory that is given back together, when a command line is done. */
struct mark {
    struct chunk *chunk;
    size_t used;
};
void *take(size_t n);
char *take_text(const char *s, size_t n);
struct mark mark(void);
void release(struct mark m);
extern int lasting; /* while above zero, take() gives memory for good (bodies of functions) */

/* A growing string in the arena. */
struct text {
    char *s;
    size_t n, room;
};
void add_char(struct text *t, char c);
void add_text(struct text *t, const char *s);

/* lex.c */
enum token { T_END, T_NEWLINE, T_WORD, T_AND, T_OR, T_DSEMI, T_SEMI, T_AMP, T_PIPE, T_OPEN, T_CLOSE, T_REDIRECT };
struct redirect {
    struct redirect *next;
    char kind; /* '<' '>' 'a' for >>, 'h' for a here-document, '&' for a duplicate */
    int fd;
    char *word; /* the file, the descriptor, or the body of a here-document */
    bool quoted;
};
struct parser {
    const char *at, *token_start, *previous_end;
    enum token token;
    char *word;
    struct redirect *redirect;
    struct redirect *pending[8]; /* here-documents whose body comes after the newline */
    int pending_count;
    bool incomplete;
    const char *error;
};
void next_token(struct parser *p);
void parse_fail(struct parser *p, const char *error);
const char *skip_quoted(const char *s);
char *unquote(const char *s);

/* parse.c */
enum kind { SIMPLE, PIPE, AND, OR, NOT, SEQUENCE, BACKGROUND, SUBSHELL, GROUP, IF, WHILE, UNTIL, FOR, CASE, FUNCTION };
struct node {
    enum kind kind;
    struct node *left, *right, *other; /* condition, body, else; the two sides; the first item of a case */
    struct node *next;                 /* the next stage of a pipe, the next item of a case */
    char **words;                      /* of a simple command, a for, the patterns of a case */
    struct redirect *redirects;
    char *detail;                      /* the variable of a for, the word of a case, the body of a function */
    char *text;                        /* how it was written, for jobs */
};
struct node *parse_command(struct parser *p);

/* word.c, param.c, arith.c, glob.c: from a written word to fields. CTLESC marks a quoted character. */
#define CTLESC '\1'
struct fields {
    char **list;
    int count, room;
    struct text field;
    bool open; /* there is a field under construction, maybe an empty one */
};
char **expand_words(char **words, int *count);
char *expand_text(const char *word);
char *expand_pattern(const char *word);
char *expand_here(const char *body);
const char *expand_dollar(struct fields *f, const char *s, bool quoted);
void add_value(struct fields *f, const char *value, bool quoted);
void end_field(struct fields *f);
char *remove_escapes(const char *s);
long arithmetic(const char *s);
bool match(const char *pattern, const char *s);
void add_matches(struct fields *f, char *pattern);
char *substitute_command(const char *command);

/* vars.c */
const char *get_var(const char *name);
void set_var(const char *name, const char *value);
void export_var(const char *name);
void unset_var(const char *name);
bool set_assignment(const char *word);
size_t name_length(const char *s);
void list_vars(bool exported);
void import_environment(void);
char **environment(void);
extern char **positional; /* $0 first */
extern int positional_count;
void set_positional(char *zero, char **list, int count);
const char *special_var(char c);

/* run.c */
enum flow { GOING, BREAKING, CONTINUING, RETURNING };
extern enum flow flow;
extern int flow_levels, last_status, last_background;
extern bool exit_on_error, trace_commands;
extern int tested; /* above zero in conditions, where set -e does not apply */
int run(struct node *n);
int run_string(const char *source);
void leave(int status) NORETURN;
void become_child(void);
int run_here(struct node *n);

/* compound.c */
int run_condition(struct node *n);
int run_compound(struct node *n);
int run_redirected(struct node *n);

/* jobs.c */
extern bool job_control, interactive;
extern int shell_pid;
int start_pipeline(struct node *stages, bool background);
void jobs_init(void);
void jobs_forget(void);
void report_jobs(bool all);
int continue_job(const char *name, bool foreground);
int wait_jobs(char **names);
int job_group(const char *name);

/* redirect.c */
struct saved {
    struct saved *next;
    int fd, copy;
};
int redirect_all(struct redirect *list, struct saved **saved);
void restore_all(struct saved *saved);

/* builtins.c, functions.c, trap.c */
typedef int (*builtin)(int argc, char **argv);
builtin find_builtin(const char *name);
void define_function(const char *name, const char *text);
struct node *find_function(const char *name);
int source_file(const char *path);
int run_source(const char *source);
extern volatile int interrupted;
int trap_command(int argc, char **argv);
void run_traps(void);
void run_exit_trap(void);
void reset_traps(void);
void catch_interrupt(void);

#endif
