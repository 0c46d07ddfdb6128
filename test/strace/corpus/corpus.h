/* What the programs of the corpus share: calls by their numbers, so that every C library makes the same ones. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define S(name, ...) syscall(SYS_##name __VA_OPT__(,) __VA_ARGS__)
/* Zero as a 64-bit argument: a plain 0 may leave the upper half of its register as it was. */
#define Z 0L
/* An address that nothing is at. */
#define BAD ((void *)0x10L)

/* One of the programs of the corpus. */
#define PROGRAM(name) int name##_program(void); int name##_program(void)

static inline void begin(void) { S(chdir, "/begin"); }

/* A child of its own, without what libc does on the way. */
static inline long child(void) { return S(clone, (long)SIGCHLD, Z, Z, Z, Z); }
static inline void reap(long pid) { S(wait4, pid, Z, Z, Z); }
/* A thread; tid is set to 0 and woken when it has ended. */
long thread_clone(void (*run)(void), void *stack, int *tid);
