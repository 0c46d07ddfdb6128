/* grep: lines that match a pattern of . * ^ $ [set] and \. (the matcher follows Rob Pike's). */
#include "tools.h"

static const char *pattern;
static u64 options;
static bool found, names;

static const char *atom_end(const char *p)
{
    if (*p == '\\' && p[1])
        return p + 2;
    if (*p == '[') {
        const char *end = strchr(p + 2, ']');
        return end ? end + 1 : p + 1;
    }
    return p + 1;
}

static bool in_set(const char *p, const char *end, int c)
{
    bool not = *p == '^', hit = false;
    for (p += not; p < end; p++) {
        int low = (u8)*p, high = p[1] == '-' && p + 2 < end ? (u8)*(p += 2) : low;
        hit |= c >= low && c <= high;
    }
    return hit != not;
}

static bool atom_matches(const char *p, const char *end, int c)
{
    if (!c)
        return false;
    if (*p == '.' && !(options & OPTION('F')))
        return true;
    if (*p == '[' && end > p + 1)
        return in_set(p + 1, end - 1, c);
    int want = *p == '\\' && end > p + 1 ? p[1] : *p;
    return options & OPTION('i') ? tolower(want) == tolower(c) : want == c;
}

static bool match_here(const char *p, const char *s)
{
    if (!*p)
        return true;
    if (*p == '$' && !p[1])
        return !*s;
    const char *end = atom_end(p);
    if (*end == '*') {
        do
            if (match_here(end + 1, s))
                return true;
        while (atom_matches(p, end, (u8)*s++));
        return false;
    }
    return atom_matches(p, end, (u8)*s) && match_here(end, s + 1);
}

static bool match_fixed(const char *s)
{
    for (;; s++) {
        const char *p = pattern, *t = s;
        while (*p && (options & OPTION('i') ? tolower(*p) == tolower(*t) : *p == *t))
            p++, t++;
        if (!*p)
            return true;
        if (!*s)
            return false;
    }
}

static bool match_line(const char *s)
{
    if (options & OPTION('F'))
        return match_fixed(s);
    if (*pattern == '^')
        return match_here(pattern + 1, s);
    do
        if (match_here(pattern, s))
            return true;
    while (*s++);
    return false;
}

static int grep_file(int fd, const char *name)
{
    struct reader r;
    char *line;
    long number = 0, hits = 0;
    reader_init(&r, fd);
    while ((line = read_line(&r))) {
        number++;
        if (match_line(line) == !!(options & OPTION('v')))
            continue;
        hits++;
        found = true;
        if (options & OPTION('q'))
            break;
        if (options & OPTION('c'))
            continue;
        if (names)
            out("%s:", name);
        if (options & OPTION('n'))
            out("%ld:", number);
        out_bytes(line, strlen(line));
        out_char('\n');
    }
    if (options & OPTION('c')) {
        if (names)
            out("%s:", name);
        out("%ld\n", hits);
    }
    reader_done(&r);
    return 0;
}

/* grep [-i] [-v] [-n] [-c] [-q] [-F] PATTERN [FILE…] */
int grep_main(int argc, char **argv)
{
    int i = read_options(argc, argv, "ivncqFE", &options);
    if (i < 0 || i >= argc) {
        dprintf(2, "grep: grep [-i] [-v] [-n] [-c] [-q] [-F] PATTERN [FILE…]\n");
        return 2;
    }
    pattern = argv[i++];
    found = false;
    names = argc - i > 1;
    return each_file("grep", argc - i, argv + i, grep_file) ? 2 : !found;
}
