/* Small tools about strings and paths: basename dirname pwd readlink stat printf. */
#include "tools.h"

/* basename PATH [SUFFIX] */
int basename_main(int argc, char **argv)
{
    if (argc < 2)
        return 1;
    size_t n = strlen(argv[1]);
    while (n > 1 && argv[1][n - 1] == '/')
        argv[1][--n] = 0;
    char *name = n > 1 ? (char *)base_name(argv[1]) : argv[1];
    n = strlen(name);
    if (argc > 2 && ends_with(name, argv[2]) && n > strlen(argv[2]))
        n -= strlen(argv[2]);
    out("%.*s\n", (int)n, name);
    return 0;
}

int dirname_main(int argc, char **argv)
{
    if (argc < 2)
        return 1;
    size_t n = strlen(argv[1]);
    while (n > 1 && argv[1][n - 1] == '/')
        n--;
    while (n && argv[1][n - 1] != '/')
        n--;
    while (n > 1 && argv[1][n - 1] == '/')
        n--;
    out("%.*s\n", n ? (int)n : 1, n ? argv[1] : ".");
    return 0;
}

int pwd_main(int argc, char **argv)
{
    char here[1024];
    long n = syscall(SYS_getcwd, here, sizeof here);
    if (n < 0)
        return fail("pwd", ".", n);
    out("%s\n", here);
    return 0;
}

/* readlink FILE */
int readlink_main(int argc, char **argv)
{
    char target[1024];
    long n = argc > 1 ? syscall(SYS_readlinkat, AT_FDCWD, argv[argc - 1], target, sizeof target) : -1;
    if (n < 0)
        return 1;
    out("%.*s\n", (int)n, target);
    return 0;
}

static const char *kind_text(u32 mode)
{
    static const char *const names[] = {[1] = "fifo", [2] = "character special file", [4] = "directory",
                                        [6] = "block special file", [8] = "regular file", [10] = "symbolic link",
                                        [12] = "socket"};
    u32 kind = mode >> 12;
    return kind < LENGTH(names) && names[kind] ? names[kind] : "unknown";
}

int stat_main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        char mode[11], date[20];
        int e = lstat(argv[i], &st);
        if (e < 0) {
            status = fail("stat", argv[i], e);
            continue;
        }
        out("  File: %s\n  Size: %ld  Blocks: %ld  %s\n", argv[i], st.size, st.blocks, kind_text(st.mode));
        out("Inode: %lu  Links: %u\n", st.ino, st.nlink);
        out("Access: (%04o/%s)  Uid: %u  Gid: %u\n", st.mode & 07777, mode_text(st.mode, mode), st.uid, st.gid);
        out("Modify: %s\n", date_text(st.mtime, date));
    }
    return status;
}

/* One conversion, such as %-5s, with the next argument; gives what follows it. */
static const char *convert(const char *f, char ***args)
{
    char spec[32] = "%";
    int n = 1;
    const char *arg = **args ? *(*args)++ : NULL;
    for (f++; *f && strchr("-0+ 123456789.", *f) && n < 26; f++)
        spec[n++] = *f;
    char kind = *f ? *f : '%';
    if (kind == 's') {
        spec[n] = 's';
        char line[1024];
        snprintf(line, sizeof line, spec, arg ? arg : "");
        out("%s", line);
    } else if (kind == 'c')
        out_char(arg ? *arg : 0);
    else if (strchr("diuxXo", kind)) {
        char line[128];
        spec[n++] = 'l';
        spec[n] = kind;
        long value = !arg ? 0 : *arg == '\'' ? (u8)arg[1] : strtol(arg, NULL, 0);
        snprintf(line, sizeof line, spec, value);
        out("%s", line);
    } else
        dprintf(2, "printf: %%%c is not known\n", kind);
    return *f ? f + 1 : f;
}

/* printf FORMAT [ARGUMENT…]: the format again as long as arguments are left */
int printf_main(int argc, char **argv)
{
    if (argc < 2)
        return 1;
    char **args = argv + 2, **before;
    do {
        before = args;
        for (const char *f = argv[1]; *f;) {
            if (*f == '\\' && f[1])
                f = out_escape(f + 1);
            else if (f[0] == '%' && f[1] == '%') {
                out_char('%');
                f += 2;
            } else if (*f == '%')
                f = convert(f, &args);
            else
                out_char(*f++);
        }
    } while (*args && args != before);
    return 0;
}
