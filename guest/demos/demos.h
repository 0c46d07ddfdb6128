/* What the demos share. */
#ifndef DEMOS_H
#define DEMOS_H

#include "../lib/tiny.h"

static inline int getpid(void) { return syscall(SYS_getpid); }
static inline int getppid(void) { return syscall(SYS_getppid); }
static inline int gettid(void) { return syscall(SYS_gettid); }

#endif
