/* A job: the processes of one pipeline. */
#ifndef JOBS_H
#define JOBS_H

#include "sh.h"

#define STAGES 16
enum state { RUNNING, STOPPED, DONE };
struct job {
    struct job *next;
    int id, group, count, status;
    int pids[STAGES];
    enum state states[STAGES], told;
    bool background;
    char *text;
};
struct job *new_job(const char *text, bool background);
void drop_job(struct job *j);
int wait_foreground(struct job *j);
void set_terminal(int group);

#endif
