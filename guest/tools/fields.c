/* cut and tr: parts of lines, and characters for characters. */
#include "tools.h"

static const char *ranges;
static char delimiter;
static bool by_field;

/* 1,3-5,7- */
static bool selected(long n)
{
    for (const char *s = ranges; *s;) {
        char *end;
        long low = *s == '-' ? 1 : strtol(s, &end, 10), high = low;
        if (*s == '-')
            end = (char *)s;
        if (*end == '-') {
            end++;
            high = isdigit(*end) ? strtol(end, &end, 10) : 1l << 60;
        }
        if (n >= low && n <= high)
            return true;
        s = *end ? end + 1 : end;
    }
    return false;
}

static void cut_fields(char *line)
{
    bool first = true;
    if (!strchr(line, delimiter)) {
        out("%s\n", line);
        return;
    }
    for (long n = 1; line; n++) {
        char *end = strchr(line, delimiter);
        if (end)
            *end++ = 0;
        if (selected(n)) {
            if (!first)
                out_char(delimiter);
            out_bytes(line, strlen(line));
            first = false;
        }
        line = end;
    }
    out_char('\n');
}

static int cut_file(int fd, const char *name)
{
    struct reader r;
    char *line;
    for (reader_init(&r, fd); (line = read_line(&r));) {
        if (by_field) {
            cut_fields(line);
            continue;
        }
        for (long n = 1; line[n - 1]; n++)
            if (selected(n))
                out_char(line[n - 1]);
        out_char('\n');
    }
    reader_done(&r);
    return 0;
}

/* cut (-f LIST [-d CHARACTER] | -c LIST) [FILE…] */
int cut_main(int argc, char **argv)
{
    int i = 1;
    delimiter = '\t';
    ranges = NULL;
    for (; i < argc && *argv[i] == '-' && argv[i][1]; i++) {
        char option = argv[i][1], *value = argv[i][2] ? argv[i] + 2 : i + 1 < argc ? argv[++i] : "";
        if (option == 'd')
            delimiter = *value;
        else {
            ranges = value;
            by_field = option == 'f';
        }
    }
    if (!ranges) {
        dprintf(2, "cut: cut (-f LIST [-d CHARACTER] | -c LIST) [FILE…]\n");
        return 1;
    }
    return each_file("cut", argc - i, argv + i, cut_file);
}

static const struct {
    const char *name;
    bool (*is)(int c);
} classes[] = {{"[:digit:]", isdigit}, {"[:alpha:]", isalpha}, {"[:space:]", isspace}};

static int expand_set(const char *s, u8 set[1024])
{
    int n = 0;
    while (*s && n < 700) {
        bool known = false;
        for (int i = 0; i < LENGTH(classes) && !known; i++)
            if ((known = starts_with(s, classes[i].name))) {
                for (int c = 0; c < 128; c++)
                    if (classes[i].is(c))
                        set[n++] = c;
                s += strlen(classes[i].name);
            }
        if (known)
            continue;
        bool lower = starts_with(s, "[:lower:]"), upper = starts_with(s, "[:upper:]");
        if (lower || upper) {
            for (int c = 0; c < 26; c++)
                set[n++] = c + (lower ? 'a' : 'A');
            s += 9;
            continue;
        }
        int c = (u8)*s++;
        if (c == '\\' && *s) {
            c = *s == 'n' ? '\n' : *s == 't' ? '\t' : *s;
            s++;
        }
        int high = s[0] == '-' && s[1] ? (u8)s[1] : c;
        s += high != c || (s[0] == '-' && s[1]) ? 2 : 0;
        for (; c <= high; c++)
            set[n++] = c;
    }
    return n;
}

/* tr [-d] [-s] SET1 [SET2] */
int tr_main(int argc, char **argv)
{
    u64 options;
    u8 from[1024], to[1024];
    short map[256];
    char buffer[4096];
    int last = -1, i = read_options(argc, argv, "ds", &options);
    if (i < 0 || i >= argc)
        return 1;
    bool drop = options & OPTION('d'), squeeze = options & OPTION('s');
    bool in_squeeze[256] = {false};
    int n = expand_set(argv[i], from), m = i + 1 < argc ? expand_set(argv[i + 1], to) : 0;
    for (int c = 0; c < 256; c++)
        map[c] = c;
    for (int k = 0; k < n; k++)
        map[from[k]] = drop ? -1 : m ? to[k < m ? k : m - 1] : from[k];
    for (int k = 0; k < (m ? m : n); k++)
        in_squeeze[m ? to[k] : from[k]] = squeeze;
    for (ssize_t got; (got = read(0, buffer, sizeof buffer)) > 0; out_flush())
        for (ssize_t k = 0; k < got; k++) {
            int c = map[(u8)buffer[k]];
            if (c < 0 || (c == last && in_squeeze[c]))
                continue;
            out_char(c);
            last = c;
        }
    return 0;
}
