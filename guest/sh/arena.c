/* Memory for one command line at a time. */
#include "sh.h"

struct chunk {
    struct chunk *before;
    size_t size;
    char room[];
};
static struct chunk *current;
static size_t used;
int lasting;

void *take(size_t n)
{
    n = (n + 7) & ~7ul;
    if (lasting)
        return malloc(n);
    if (!current || used + n > current->size) {
        size_t size = n > 8000 ? n : 8000;
        struct chunk *c = malloc(sizeof *c + size);
        *c = (struct chunk){current, size};
        current = c;
        used = 0;
    }
    used += n;
    return current->room + used - n;
}

char *take_text(const char *s, size_t n)
{
    char *copy = take(n + 1);
    memcpy(copy, s, n);
    copy[n] = 0;
    return copy;
}

struct mark mark(void)
{
    return (struct mark){current, used};
}

void release(struct mark m)
{
    while (current != m.chunk) {
        struct chunk *old = current;
        current = old->before;
        free(old);
    }
    used = m.used;
}

void add_char(struct text *t, char c)
{
    if (t->n + 1 >= t->room) {
        char *bigger = take(t->room = t->room * 2 + 32);
        memcpy(bigger, t->s, t->n);
        t->s = bigger;
    }
    t->s[t->n++] = c;
    t->s[t->n] = 0;
}

void add_text(struct text *t, const char *s)
{
    while (*s)
        add_char(t, *s++);
}
