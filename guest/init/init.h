/* What the parts of init share. */
#ifndef INIT_H
#define INIT_H

#include "../lib/tiny.h"

/* When the command of a line of /etc/inittab is started, and whether it is waited for or started anew. */
enum action { SYSINIT, WAIT, ONCE, RESPAWN, SHUTDOWN };

struct entry {
    enum action action;
    char id[32], *command;
    int pid;       /* of the process that runs it; 0 for none */
    long started;  /* in nanoseconds since the machine began */
    int short_runs; /* how often in a row it ended at once */
};

enum { MAX_ENTRIES = 32 };
struct table {
    struct entry entries[MAX_ENTRIES];
    int count;
};

/* What ends the system: asked for with the signals of poweroff, halt and reboot. */
enum { HALT_SIGNAL = SIGUSR1, POWEROFF_SIGNAL = SIGUSR2, REBOOT_SIGNAL = SIGTERM };

/* command.c: one program, and orphans. */
int run_one(char **command);

/* table.c */
void read_table(struct table *t);

/* start.c */
int start_entry(struct entry *e);
void open_console(const char *terminal);
void say(const char *format, ...) PRINTF(1, 2);

/* stop.c */
int count_mounts(void);
void stop_system(int signo, struct table *t, int mounts) NORETURN;

/* record.c: who is logged in, in /run/utmp and /var/log/wtmp. man 5 utmp */
enum { RUN_LVL = 1, BOOT_TIME = 2, INIT_PROCESS = 5, DEAD_PROCESS = 8 };
void make_records(void);
void record(int type, int pid, const char *id);
#endif
