/* What the tests of the kernel share. They print no ids and no addresses, so what they print is known exactly. */
#ifndef TESTS_H
#define TESTS_H

#include "../lib/tiny.h"

/* suite.c */
void result(const char *what, long answer); /* "open: ENOENT", "read: 5" */
void yes(const char *what, bool condition); /* "same inode: yes" */
const char *status_text(int status);        /* "exit 3", "signal 9", "stop 19", "continue" */
void show_status(const char *what, int status);
int wait_for(int pid); /* its wait status */
int in_child(void (*work)(void));
void *shared_page(void);
void say_byte(int fd);
void await_byte(int fd); /* also comes back when nobody can write any more */
void await_zero(volatile int *word);
void make_file(const char *path, const char *text);
void interrupt_in(long ms); /* SIGALRM, once */

static inline int getpid(void) { return syscall(SYS_getpid); }
static inline int getppid(void) { return syscall(SYS_getppid); }
static inline int gettid(void) { return syscall(SYS_gettid); }
static inline int tgkill(int pid, int tid, int signo) { return syscall(SYS_tgkill, pid, tid, signo); }
#define MS 1000000l

#define TEST(name) void test_##name(void);
#include "list.h"
#undef TEST

#endif
