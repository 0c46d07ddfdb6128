/* Reading line by line. */
#include "tiny.h"

void reader_init(struct reader *r, int fd)
{
    r->fd = fd;
    r->have = r->at = 0;
    r->newline = false;
    r->line = malloc(r->room = 112);
}

static bool refill(struct reader *r)
{
    r->at = 0;
    do
        r->have = read(r->fd, r->buffer, sizeof r->buffer);
    while (r->have == -EINTR);
    return r->have > 0;
}

char *read_line(struct reader *r)
{
    size_t n = 0;
    for (r->newline = false; !r->newline;) {
        if (r->at >= r->have && !refill(r))
            break;
        char c = r->buffer[r->at++];
        if (n + 1 == r->room)
            r->line = realloc(r->line, r->room = r->room * 2 + 16);
        r->line[n++] = c;
        r->newline = c == '\n';
    }
    if (n == 0)
        return NULL;
    r->line[r->newline ? n - 1 : n] = 0;
    return r->line;
}

void reader_done(struct reader *r)
{
    free(r->line);
}
