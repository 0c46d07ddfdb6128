/* printf and its family: %d %u %x %X %o %c %s %p %% with flags, width, precision and l. */
#include "tiny.h"

struct sink {
    char *to;
    size_t size, length;
};

static void put(struct sink *s, char c)
{
    if (s->length + 1 < s->size)
        s->to[s->length] = c;
    s->length++;
}

struct spec {
    bool left, zero, plus;
    int width, precision; /* precision -1: not given */
};

static void pad(struct sink *s, char c, int n)
{
    while (n-- > 0)
        put(s, c);
}

static void put_text(struct sink *s, const struct spec *f, const char *text)
{
    int n = 0;
    while (text[n] && (f->precision < 0 || n < f->precision))
        n++;
    if (!f->left)
        pad(s, ' ', f->width - n);
    for (int i = 0; i < n; i++)
        put(s, text[i]);
    if (f->left)
        pad(s, ' ', f->width - n);
}

static void put_number(struct sink *s, const struct spec *f, u64 value, int base, const char *prefix,
                       const char *digits)
{
    char text[24];
    int n = 0, lead = strlen(prefix);
    do
        text[n++] = digits[value % base];
    while (value /= base);
    int zeros = f->precision > n ? f->precision - n : 0;
    if (f->zero && !f->left && f->precision < 0 && f->width > n + lead)
        zeros = f->width - n - lead;
    if (!f->left)
        pad(s, ' ', f->width - n - lead - zeros);
    while (*prefix)
        put(s, *prefix++);
    pad(s, '0', zeros);
    for (int i = n; i-- > 0;)
        put(s, text[i]);
    if (f->left)
        pad(s, ' ', f->width - n - lead - zeros);
}

static const char *read_number(const char *p, int *value, va_list *args)
{
    if (*p == '*') {
        *value = va_arg(*args, int);
        return p + 1;
    }
    for (*value = 0; isdigit(*p); p++)
        *value = *value * 10 + *p - '0';
    return p;
}

static const char *read_spec(const char *p, struct spec *f, bool *wide, va_list *args)
{
    *f = (struct spec){.precision = -1};
    for (;; p++) {
        if (*p == '-')
            f->left = true;
        else if (*p == '0')
            f->zero = true;
        else if (*p == '+')
            f->plus = true;
        else
            break;
    }
    p = read_number(p, &f->width, args);
    if (*p == '.')
        p = read_number(p + 1, &f->precision, args);
    for (*wide = false; *p == 'l' || *p == 'z'; p++)
        *wide = true;
    return p;
}

static void put_spec(struct sink *s, struct spec *f, char kind, bool wide, va_list *args)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    char one[2] = {0, 0};
    const char *text;
    switch (kind) {
    case 'd':
    case 'i': {
        long v = wide ? va_arg(*args, long) : va_arg(*args, int);
        put_number(s, f, v < 0 ? -(u64)v : (u64)v, 10, v < 0 ? "-" : f->plus ? "+" : "", lower);
        return;
    }
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
        u64 v = wide ? va_arg(*args, u64) : va_arg(*args, u32);
        put_number(s, f, v, kind == 'u' ? 10 : kind == 'o' ? 8 : 16, "", kind == 'X' ? upper : lower);
        return;
    }
    case 'p':
        put_number(s, f, va_arg(*args, u64), 16, "0x", lower);
        return;
    case 's':
        text = va_arg(*args, const char *);
        put_text(s, f, text ? text : "(null)");
        return;
    case 'c':
        one[0] = va_arg(*args, int);
        put_text(s, f, one);
        return;
    default:
        put(s, kind);
    }
}

int vsnprintf(char *to, size_t size, const char *format, va_list list)
{
    struct sink s = {to, size, 0};
    va_list args;
    va_copy(args, list);
    for (const char *p = format; *p; p++) {
        struct spec f;
        bool wide;
        if (*p != '%') {
            put(&s, *p);
            continue;
        }
        p = read_spec(p + 1, &f, &wide, &args);
        if (!*p)
            break;
        put_spec(&s, &f, *p, wide, &args);
    }
    va_end(args);
    if (size)
        to[s.length < size ? s.length : size - 1] = 0;
    return s.length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(to, size, format, args);
    va_end(args);
    return n;
}

static int vdprintf(int fd, const char *format, va_list args)
{
    char line[1024];
    int n = vsnprintf(line, sizeof line, format, args);
    return write_all(fd, line, n < (int)sizeof line ? n : (int)sizeof line - 1);
}

int dprintf(int fd, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vdprintf(fd, format, args);
    va_end(args);
    return n;
}

int printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vdprintf(1, format, args);
    va_end(args);
    return n;
}

/* "cat: /nowhere: No such file or directory" on stderr; gives the exit status 1. */
int fail(const char *program, const char *what, long error)
{
    out_flush();
    dprintf(2, "%s: %s: %s\n", program, what, strerror(error));
    return 1;
}
