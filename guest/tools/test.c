/* test and [: conditions for the shell. */
#include "tools.h"

static char **at;
static bool wrong;

static bool file_test(char op, const char *path)
{
    struct stat st;
    int e = op == 'L' || op == 'h' ? lstat(path, &st) : stat(path, &st);
    if (e < 0)
        return false;
    u32 kind = st.mode & S_IFMT;
    switch (op) {
    case 'f': return kind == S_IFREG;
    case 'd': return kind == S_IFDIR;
    case 'p': return kind == S_IFIFO;
    case 'c': return kind == S_IFCHR;
    case 'L':
    case 'h': return kind == S_IFLNK;
    case 's': return st.size > 0;
    case 'r': return syscall(SYS_faccessat, AT_FDCWD, path, R_OK) >= 0;
    case 'w': return syscall(SYS_faccessat, AT_FDCWD, path, W_OK) >= 0;
    case 'x': return syscall(SYS_faccessat, AT_FDCWD, path, X_OK) >= 0;
    default: return true;
    }
}

static bool compare(const char *a, const char *op, const char *b)
{
    long x, y;
    if (!strcmp(op, "=") || !strcmp(op, "=="))
        return !strcmp(a, b);
    if (!strcmp(op, "!="))
        return strcmp(a, b) != 0;
    if (!to_number(a, &x) || !to_number(b, &y)) {
        dprintf(2, "test: %s %s %s: whole numbers expected\n", a, op, b);
        wrong = true;
        return false;
    }
    return !strcmp(op, "-eq") ? x == y : !strcmp(op, "-ne") ? x != y : !strcmp(op, "-lt") ? x < y
         : !strcmp(op, "-le") ? x <= y : !strcmp(op, "-gt") ? x > y : x >= y;
}

static bool is_binary(const char *s)
{
    static const char *const known[] = {"=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    for (int i = 0; s && i < LENGTH(known); i++)
        if (!strcmp(s, known[i]))
            return true;
    return false;
}

static bool disjunction(void);

static bool primary(void)
{
    const char *a = *at;
    if (!a)
        return false;
    if (is_binary(at[1]) && at[2]) {
        at += 3;
        return compare(a, at[-2], at[-1]);
    }
    at++;
    if (!strcmp(a, "!") && *at)
        return !primary();
    if (!strcmp(a, "(") && *at) {
        bool value = disjunction();
        if (*at && !strcmp(*at, ")"))
            at++;
        return value;
    }
    if (a[0] == '-' && a[1] && !a[2] && *at) {
        const char *b = *at++;
        long fd;
        return a[1] == 'n' ? *b != 0 : a[1] == 'z' ? !*b
             : a[1] == 't' ? to_number(b, &fd) && isatty(fd) : file_test(a[1], b);
    }
    return *a != 0;
}

static bool conjunction(void)
{
    bool value = primary();
    while (*at && !strcmp(*at, "-a")) {
        at++;
        value &= primary();
    }
    return value;
}

static bool disjunction(void)
{
    bool value = conjunction();
    while (*at && !strcmp(*at, "-o")) {
        at++;
        value |= conjunction();
    }
    return value;
}

int test_main(int argc, char **argv)
{
    if (!strcmp(base_name(argv[0]), "[")) {
        if (strcmp(argv[argc - 1], "]")) {
            dprintf(2, "[: ] is missing\n");
            return 2;
        }
        argv[argc - 1] = NULL;
    }
    at = argv + 1;
    wrong = false;
    bool value = disjunction();
    if (*at && !wrong) {
        dprintf(2, "test: %s: unexpected\n", *at);
        wrong = true;
    }
    return wrong ? 2 : !value;
}
