/* What the tools share. */
#ifndef TOOLS_H
#define TOOLS_H

#include "../lib/tiny.h"

const char *mode_text(u32 mode, char text[11]);
const char *date_text(i64 seconds, char text[20]);
const char *out_escape(const char *s);

/* Runs work on each named file, or on standard input when there is none. */
int each_file(const char *program, int count, char **names, int (*work)(int fd, const char *name));

/* The letters of the leading options as bits; gives the index of the first argument behind them. */
int read_options(int argc, char **argv, const char *known, u64 *options);
#define OPTION(letter) (1ul << ((letter) & 63))

/* A command in a child; its wait status, and what it used. */
int run_command(char **argv, struct rusage *used);

/* One line of /proc/PID/stat. */
struct task_stat {
    int pid, ppid, group, session;
    char state, name[20];
    long ticks; /* user and system time, in hundredths of a second */
};
bool read_task(const char *dir, struct task_stat *t);
void read_command(const char *dir, const struct task_stat *t, char *to, size_t size);

#endif
