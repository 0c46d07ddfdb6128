/* cat, echo, yes, seq: text out. */
#include "tools.h"

static int copy(int fd, const char *name)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        if (write_all(1, buffer, n) < 0)
            return 1;
    return n < 0 ? fail("cat", name, n) : 0;
}

int cat_main(int argc, char **argv)
{
    return each_file("cat", argc - 1, argv + 1, copy);
}

static const char escapes[] = "n\nt\tr\r\\\\a\ab\bf\fv\ve\033";

/* Writes what a backslash sequence means; gives what follows it. */
const char *out_escape(const char *s)
{
    if (*s == '0' || (*s >= '1' && *s <= '7')) {
        int value = 0;
        for (int i = 0; i < 3 + (*s == '0' && i == 0) && *s >= '0' && *s <= '7'; i++)
            value = value * 8 + *s++ - '0';
        out_char(value);
        return s;
    }
    for (const char *e = escapes; *e; e += 2)
        if (*e == *s) {
            out_char(e[1]);
            return s + 1;
        }
    out_char('\\');
    return s;
}

int echo_main(int argc, char **argv)
{
    bool newline = true, escaped = false;
    int i = 1;
    for (; i < argc && (!strcmp(argv[i], "-n") || !strcmp(argv[i], "-e") || !strcmp(argv[i], "-ne") ||
                        !strcmp(argv[i], "-en")); i++) {
        newline &= !strchr(argv[i], 'n');
        escaped |= strchr(argv[i], 'e') != NULL;
    }
    for (; i < argc; i++) {
        for (const char *s = argv[i]; *s;) {
            if (*s == '\\' && escaped && s[1])
                s = out_escape(s + 1);
            else
                out_char(*s++);
        }
        if (i + 1 < argc)
            out_char(' ');
    }
    if (newline)
        out_char('\n');
    return 0;
}

int yes_main(int argc, char **argv)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", argc > 1 ? argv[1] : "y");
    while (write_all(1, line, n) > 0)
        ;
    return 1;
}

/* seq [FIRST [STEP]] LAST */
int seq_main(int argc, char **argv)
{
    long first = 1, step = 1, last = 0;
    if (argc < 2 || argc > 4 || !to_number(argv[argc - 1], &last) || (argc > 2 && !to_number(argv[1], &first)) ||
        (argc > 3 && !to_number(argv[2], &step)) || !step) {
        dprintf(2, "seq: seq [FIRST [STEP]] LAST, whole numbers\n");
        return 1;
    }
    for (long i = first; step > 0 ? i <= last : i >= last; i += step)
        out("%ld\n", i);
    return 0;
}
