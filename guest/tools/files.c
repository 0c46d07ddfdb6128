/* Tools that change the tree of files: mkdir rmdir rm ln touch chmod mv. cp is in copy.c. */
#include "tools.h"

/* mkdir [-p] DIR… */
int mkdir_main(int argc, char **argv)
{
    u64 options;
    int status = 0, i = read_options(argc, argv, "p", &options);
    for (; i > 0 && i < argc; i++) {
        for (char *slash = argv[i]; options && (slash = strchr(slash + 1, '/'));) {
            *slash = 0;
            syscall(SYS_mkdirat, AT_FDCWD, argv[i], 0777);
            *slash = '/';
        }
        int e = syscall(SYS_mkdirat, AT_FDCWD, argv[i], 0777);
        if (e < 0 && !(options && e == -EEXIST && is_dir(argv[i])))
            status = fail("mkdir", argv[i], e);
    }
    return i < 0 ? 1 : status;
}

int rmdir_main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        int e = syscall(SYS_unlinkat, AT_FDCWD, argv[i], AT_REMOVEDIR);
        if (e < 0)
            status = fail("rmdir", argv[i], e);
    }
    return status;
}

static bool force, recursive;

static int remove_path(const char *path)
{
    struct stat st;
    char below[1024];
    int count, status = 0, e = lstat(path, &st);
    bool folder = e >= 0 && (st.mode & S_IFMT) == S_IFDIR;
    if (e == -ENOENT && force)
        return 0;
    if (e >= 0 && folder && !recursive)
        e = -EISDIR;
    if (e < 0)
        return fail("rm", path, e);
    char **names = folder ? list_dir(path, &count) : NULL;
    for (char **n = names; n && *n; n++)
        if (strcmp(*n, ".") && strcmp(*n, "..")) {
            path_join(below, sizeof below, path, *n);
            status |= remove_path(below);
        }
    free_list(names);
    e = syscall(SYS_unlinkat, AT_FDCWD, path, folder ? AT_REMOVEDIR : 0);
    return e < 0 ? fail("rm", path, e) : status;
}

/* rm [-r] [-f] FILE… */
int rm_main(int argc, char **argv)
{
    u64 options;
    int status = 0, i = read_options(argc, argv, "rRf", &options);
    force = options & OPTION('f');
    recursive = options & (OPTION('r') | OPTION('R'));
    for (; i > 0 && i < argc; i++)
        status |= remove_path(argv[i]);
    return i < 0 ? 1 : status;
}

/* TARGET, or TARGET/NAME when it is a folder. */
static const char *target_path(char *room, size_t size, const char *target, const char *source)
{
    if (!is_dir(target))
        return target;
    path_join(room, size, target, base_name(source));
    return room;
}

/* ln [-s] [-f] TARGET NAME */
int ln_main(int argc, char **argv)
{
    u64 options;
    char room[1024];
    int i = read_options(argc, argv, "sf", &options);
    if (i < 0 || argc - i < 1 || argc - i > 2) {
        dprintf(2, "ln: ln [-s] [-f] TARGET NAME\n");
        return 1;
    }
    const char *name = target_path(room, sizeof room, argc - i > 1 ? argv[i + 1] : ".", argv[i]);
    if (options & OPTION('f'))
        syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    int e = options & OPTION('s') ? syscall(SYS_symlinkat, argv[i], AT_FDCWD, name)
                                  : syscall(SYS_linkat, AT_FDCWD, argv[i], AT_FDCWD, name, 0);
    return e < 0 ? fail("ln", name, e) : 0;
}

int touch_main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        int e = syscall(SYS_utimensat, AT_FDCWD, argv[i], NULL, 0);
        if (e == -ENOENT && (e = open(argv[i], O_WRONLY | O_CREAT, 0666)) >= 0)
            close(e);
        if (e < 0)
            status = fail("touch", argv[i], e);
    }
    return status;
}

/* u+x,go-w on top of an old mode. */
static u32 change_mode(const char *s, u32 mode)
{
    static const char who_names[] = "ogu", bit_names[] = "xwr";
    u32 who = 0, bits = 0;
    for (; *s && strchr("ogua", *s); s++)
        who |= *s == 'a' ? 0777 : 7u << 3 * (strchr(who_names, *s) - who_names);
    who = who ? who : 0777;
    char op = *s ? *s++ : '+';
    for (; *s && strchr(bit_names, *s); s++)
        bits |= 0111u << (strchr(bit_names, *s) - bit_names);
    bits &= who;
    mode = op == '+' ? mode | bits : op == '-' ? mode & ~bits : (mode & ~who) | bits;
    return *s == ',' ? change_mode(s + 1, mode) : mode;
}

/* chmod MODE FILE… */
int chmod_main(int argc, char **argv)
{
    int status = 0;
    for (int i = 2; i < argc; i++) {
        struct stat st;
        int e = stat(argv[i], &st);
        u32 mode = isdigit(*argv[1]) ? (u32)strtol(argv[1], NULL, 8) : change_mode(argv[1], st.mode & 07777);
        if (e >= 0)
            e = syscall(SYS_fchmodat, AT_FDCWD, argv[i], mode);
        if (e < 0)
            status = fail("chmod", argv[i], e);
    }
    return argc < 3 ? 1 : status;
}

/* mv SOURCE… TARGET */
int mv_main(int argc, char **argv)
{
    char room[1024];
    int status = 0;
    if (argc < 3 || (argc > 3 && !is_dir(argv[argc - 1]))) {
        dprintf(2, "mv: mv SOURCE… TARGET\n");
        return 1;
    }
    for (int i = 1; i < argc - 1; i++) {
        const char *to = target_path(room, sizeof room, argv[argc - 1], argv[i]);
        int e = syscall(SYS_renameat2, AT_FDCWD, argv[i], AT_FDCWD, to, 0);
        if (e < 0)
            status = fail("mv", argv[i], e);
    }
    return status;
}
