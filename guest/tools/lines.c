/* Tools that work line by line: wc head tail uniq sort tee cut tr. */
#include "tools.h"

static u64 wanted;
static long totals[3];

static void print_counts(const long n[3], const char *name)
{
    static const char letters[] = "lwc";
    bool single = (wanted & (wanted - 1)) == 0, first = true;
    for (int i = 0; i < 3; i++)
        if (wanted & OPTION(letters[i])) {
            out(first && single ? "%ld" : "%7ld", n[i]);
            first = false;
        }
    out(strcmp(name, "-") ? " %s\n" : "\n", name);
}

static int count_file(int fd, const char *name)
{
    char buffer[4096];
    long n[3] = {0};
    bool inside = false;
    for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0; n[2] += got)
        for (ssize_t i = 0; i < got; i++) {
            n[0] += buffer[i] == '\n';
            n[1] += !inside && !isspace(buffer[i]);
            inside = !isspace(buffer[i]);
        }
    for (int i = 0; i < 3; i++)
        totals[i] += n[i];
    print_counts(n, name);
    return 0;
}

/* wc [-l] [-w] [-c] [FILE…] */
int wc_main(int argc, char **argv)
{
    int i = read_options(argc, argv, "lwc", &wanted);
    if (i < 0)
        return 1;
    if (!wanted)
        wanted = OPTION('l') | OPTION('w') | OPTION('c');
    int status = each_file("wc", argc - i, argv + i, count_file);
    if (argc - i > 1)
        print_counts(totals, "total");
    return status;
}

static long line_count;

/* -n 5, -n5 or -5; gives the index of the first file */
static int read_count(int argc, char **argv)
{
    line_count = 10;
    if (argc > 2 && !strcmp(argv[1], "-n"))
        return to_number(argv[2], &line_count) ? 3 : -1;
    if (argc > 1 && argv[1][0] == '-' && argv[1][1])
        return to_number(argv[1] + (argv[1][1] == 'n' ? 2 : 1), &line_count) ? 2 : -1;
    return 1;
}

static void put_line(struct reader *r, const char *line)
{
    out_bytes(line, strlen(line));
    if (r->newline)
        out_char('\n');
}

static int head_file(int fd, const char *name)
{
    struct reader r;
    char *line;
    reader_init(&r, fd);
    for (long i = 0; i < line_count && (line = read_line(&r)); i++)
        put_line(&r, line);
    reader_done(&r);
    return 0;
}

int head_main(int argc, char **argv)
{
    int i = read_count(argc, argv);
    return i < 0 ? 1 : each_file("head", argc - i, argv + i, head_file);
}

static int tail_file(int fd, const char *name)
{
    struct reader r;
    char *line, **last = calloc(line_count + 1, sizeof *last);
    long n = 0;
    reader_init(&r, fd);
    for (; (line = read_line(&r)); n++)
        if (line_count) {
            free(last[n % line_count]);
            last[n % line_count] = strdup(line);
        }
    for (long i = n > line_count ? n - line_count : 0; i < n; i++)
        out("%s\n", last[i % line_count]);
    reader_done(&r);
    return 0;
}

int tail_main(int argc, char **argv)
{
    int i = read_count(argc, argv);
    return i < 0 ? 1 : each_file("tail", argc - i, argv + i, tail_file);
}

static void put_group(const char *line, long count, bool counted)
{
    if (counted)
        out("%7ld ", count);
    out_bytes(line, strlen(line));
    out_char('\n');
}

/* uniq [-c] [FILE] */
int uniq_main(int argc, char **argv)
{
    u64 options;
    struct reader r;
    char *line, *last = NULL;
    long count = 0;
    int i = read_options(argc, argv, "c", &options), fd = i > 0 && i < argc ? open(argv[i], O_RDONLY, 0) : 0;
    if (i < 0 || fd < 0)
        return i < 0 ? 1 : fail("uniq", argv[i], fd);
    for (reader_init(&r, fd); (line = read_line(&r)); count++) {
        if (last && !strcmp(last, line))
            continue;
        if (last)
            put_group(last, count, options);
        free(last);
        last = strdup(line);
        count = 0;
    }
    if (last)
        put_group(last, count, options);
    return 0;
}

static char **lines;
static int lines_count, lines_room;

static int collect(int fd, const char *name)
{
    struct reader r;
    char *line;
    for (reader_init(&r, fd); (line = read_line(&r));) {
        if (lines_count == lines_room)
            lines = realloc(lines, (lines_room = lines_room * 2 + 64) * sizeof *lines);
        lines[lines_count++] = strdup(line);
    }
    reader_done(&r);
    return 0;
}

static int by_number(const char *a, const char *b)
{
    long x = strtol(a, NULL, 10), y = strtol(b, NULL, 10);
    return x < y ? -1 : x > y ? 1 : strcmp(a, b);
}

/* sort [-n] [-r] [-u] [FILE…] */
int sort_main(int argc, char **argv)
{
    u64 options;
    int i = read_options(argc, argv, "nru", &options);
    if (i < 0)
        return 1;
    bool number = options & OPTION('n'), reverse = options & OPTION('r'), unique = options & OPTION('u');
    lines_count = 0;
    int status = each_file("sort", argc - i, argv + i, collect);
    sort_strings(lines, lines_count, number ? by_number : strcmp);
    for (int k = 0; k < lines_count; k++) {
        int at = reverse ? lines_count - 1 - k : k;
        if (unique && k && !strcmp(lines[at], lines[reverse ? at + 1 : at - 1]))
            continue;
        out_bytes(lines[at], strlen(lines[at]));
        out_char('\n');
    }
    return status;
}

/* tee [-a] FILE… */
int tee_main(int argc, char **argv)
{
    u64 options;
    char buffer[4096];
    int fds[16], count = 0, status = 0, i = read_options(argc, argv, "a", &options);
    if (i < 0)
        return 1;
    for (; i < argc && count < LENGTH(fds); i++) {
        int fd = open(argv[i], O_WRONLY | O_CREAT | (options ? O_APPEND : O_TRUNC), 0666);
        if (fd < 0)
            status = fail("tee", argv[i], fd);
        else
            fds[count++] = fd;
    }
    for (ssize_t n; (n = read(0, buffer, sizeof buffer)) > 0;) {
        write_all(1, buffer, n);
        for (int k = 0; k < count; k++)
            write_all(fds[k], buffer, n);
    }
    return status;
}
