/* find [PATH…] [-name PATTERN] [-type f|d|l] */
#include "tools.h"
#include "../sh/sh.h"

static const char *name_pattern;
static char type;

static void visit(const char *path)
{
    struct stat st;
    char below[1024];
    int count;
    if (lstat(path, &st) < 0)
        return;
    u32 kind = st.mode & S_IFMT;
    char letter = kind == S_IFDIR ? 'd' : kind == S_IFLNK ? 'l' : kind == S_IFREG ? 'f' : '?';
    if ((!type || type == letter) && (!name_pattern || match(name_pattern, base_name(path))))
        out("%s\n", path);
    char **names = kind == S_IFDIR ? list_dir(path, &count) : NULL;
    for (char **n = names; n && *n; n++)
        if (strcmp(*n, ".") && strcmp(*n, "..")) {
            path_join(below, sizeof below, path, *n);
            visit(below);
        }
    free_list(names);
}

int find_main(int argc, char **argv)
{
    int paths = 1, status = 0;
    struct stat st;
    while (paths < argc && *argv[paths] != '-')
        paths++;
    for (int i = paths; i < argc; i += 2) {
        if (i + 1 < argc && !strcmp(argv[i], "-name"))
            name_pattern = argv[i + 1];
        else if (i + 1 < argc && !strcmp(argv[i], "-type"))
            type = *argv[i + 1];
        else {
            dprintf(2, "find: find [PATH…] [-name PATTERN] [-type f|d|l]\n");
            return 1;
        }
    }
    if (paths == 1)
        visit(".");
    for (int i = 1; i < paths; i++) {
        int e = lstat(argv[i], &st);
        if (e < 0)
            status = fail("find", argv[i], e);
        else
            visit(argv[i]);
    }
    return status;
}
