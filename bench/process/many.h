/* N operations while many of something live: `PROGRAM N LIVE`. With N doubled, the difference is what N cost. */
#include <stdio.h>
#include <stdlib.h>

/* Which of them is next: far from the last one, and every one once before any twice (LIVE is no multiple of it). */
static long stride(long i, long live) { return i * 7919 % live; }
