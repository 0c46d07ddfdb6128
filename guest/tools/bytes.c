/* hexdump and cmp: bytes as they are. */
#include "tools.h"

static void dump_line(long at, const u8 *bytes, int n)
{
    out("%08lx ", at);
    for (int i = 0; i < 16; i++) {
        if (i == 8)
            out(" ");
        if (i < n)
            out(" %02x", bytes[i]);
        else
            out("   ");
    }
    out("  |");
    for (int i = 0; i < n; i++)
        out_char(bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : '.');
    out("|\n");
}

static int dump(int fd, const char *name)
{
    u8 line[16];
    long at = 0;
    for (;;) {
        int n = 0;
        for (ssize_t got; n < 16 && (got = read(fd, line + n, 16 - n)) > 0;)
            n += got;
        if (n)
            dump_line(at, line, n);
        at += n;
        if (n < 16)
            break;
    }
    out("%08lx\n", at);
    return 0;
}

/* hexdump [-C] [FILE…] */
int hexdump_main(int argc, char **argv)
{
    u64 options;
    int i = read_options(argc, argv, "C", &options);
    return i < 0 ? 1 : each_file("hexdump", argc - i, argv + i, dump);
}

int cmp_main(int argc, char **argv)
{
    size_t n[2];
    char *text[2];
    if (argc != 3)
        return 2;
    for (int i = 0; i < 2; i++)
        if (!(text[i] = read_file(argv[i + 1], &n[i])))
            return fail("cmp", argv[i + 1], ENOENT) + 1;
    size_t common = n[0] < n[1] ? n[0] : n[1];
    long line = 1;
    for (size_t i = 0; i < common; i++) {
        if (text[0][i] != text[1][i]) {
            out("%s %s differ: byte %lu, line %ld\n", argv[1], argv[2], i + 1, line);
            return 1;
        }
        line += text[0][i] == '\n';
    }
    if (n[0] == n[1])
        return 0;
    dprintf(2, "cmp: EOF on %s after byte %lu\n", argv[n[0] < n[1] ? 1 : 2], common);
    return 1;
}
