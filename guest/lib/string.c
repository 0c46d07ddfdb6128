/* Bytes and strings. */
#include "tiny.h"

void *memcpy(void *to, const void *from, size_t n)
{
    u8 *d = to;
    const u8 *s = from;
    if ((((u64)d | (u64)s) & 7) == 0)
        for (; n >= 8; n -= 8, d += 8, s += 8)
            *(u64 *)d = *(const u64 *)s;
    while (n--)
        *d++ = *s++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    u8 *d = to;
    const u8 *s = from;
    if (d <= s || d >= s + n)
        return memcpy(to, from, n);
    while (n--)
        d[n] = s[n];
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    u8 *d = to;
    u64 word = (u8)byte * 0x0101010101010101ul;
    if (((u64)d & 7) == 0)
        for (; n >= 8; n -= 8, d += 8)
            *(u64 *)d = word;
    while (n--)
        *d++ = byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const u8 *x = a, *y = b;
    for (; n; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *memchr(const void *s, int byte, size_t n)
{
    for (const u8 *p = s; n; n--, p++)
        if (*p == (u8)byte)
            return (void *)p;
    return NULL;
}

size_t strlen(const char *s)
{
    const char *p = s;
    while (*p)
        p++;
    return p - s;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n; n--, a++, b++)
        if (*a != *b || !*a)
            return (u8)*a - (u8)*b;
    return 0;
}

char *strcpy(char *to, const char *from)
{
    return memcpy(to, from, strlen(from) + 1);
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)s;
        if (!*s)
            return NULL;
    }
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;
    for (; *s; s++)
        if (*s == (char)c)
            found = s;
    return (char *)found;
}

char *strstr(const char *s, const char *part)
{
    size_t n = strlen(part);
    for (; *s || !n; s++)
        if (!strncmp(s, part, n))
            return (char *)s;
    return NULL;
}

bool starts_with(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

bool ends_with(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && !strcmp(s + n - m, suffix);
}

bool isdigit(int c) { return c >= '0' && c <= '9'; }
bool isalpha(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
int tolower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
int toupper(int c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

static int digit(int c)
{
    return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

long strtol(const char *s, char **end, int base)
{
    const char *p = s;
    while (isspace(*p))
        p++;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    if (base == 0)
        base = p[0] != '0' ? 10 : (p[1] | 32) == 'x' ? 16 : 8;
    if (base == 16 && p[0] == '0' && (p[1] | 32) == 'x')
        p += 2;
    const char *first = p;
    u64 value = 0;
    for (; digit(*p) < base; p++)
        value = value * base + digit(*p);
    if (end)
        *end = (char *)(p == first ? s : p);
    return negative ? -value : value;
}

/* A whole decimal number and nothing else. */
bool to_number(const char *s, long *value)
{
    char *end;
    *value = strtol(s, &end, 10);
    return end != s && *end == 0;
}
