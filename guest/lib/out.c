/* Buffered output to descriptor 1, for tools that write many lines. */
#include "tiny.h"

static char buffer[4096];
static size_t filled;

void out_flush(void)
{
    if (filled)
        write_all(1, buffer, filled);
    filled = 0;
}

void out_bytes(const char *bytes, size_t n)
{
    if (n > sizeof buffer - filled)
        out_flush();
    if (n > sizeof buffer) {
        write_all(1, bytes, n);
        return;
    }
    memcpy(buffer + filled, bytes, n);
    filled += n;
}

void out_char(int c)
{
    char byte = c;
    out_bytes(&byte, 1);
}

void out(const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    out_bytes(line, n < (int)sizeof line ? n : (int)sizeof line - 1);
}
