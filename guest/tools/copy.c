/* cp and dd: bytes from file to file. */
#include "tools.h"

static int copy_bytes(int from, int to, const char *name)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0)
        if ((n = write_all(to, buffer, n)) < 0)
            break;
    return n < 0 ? fail("cp", name, n) : 0;
}

static int copy_file(const char *from, const char *to, u32 mode)
{
    int in = open(from, O_RDONLY, 0);
    if (in < 0)
        return fail("cp", from, in);
    int result = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
    int status = result < 0 ? fail("cp", to, result) : copy_bytes(in, result, to);
    if (result >= 0)
        close(result);
    close(in);
    return status;
}

static int copy_tree(const char *from, const char *to, bool recursive)
{
    struct stat st;
    char inside[1024], outside[1024];
    int count, status = 0, e = stat(from, &st);
    if (e >= 0 && (st.mode & S_IFMT) != S_IFDIR)
        return copy_file(from, to, st.mode);
    if (e >= 0 && !recursive)
        e = -EISDIR;
    if (e >= 0 && (e = syscall(SYS_mkdirat, AT_FDCWD, to, st.mode & 07777)) == -EEXIST)
        e = 0;
    char **names = e >= 0 ? list_dir(from, &count) : NULL;
    if (!names)
        return fail("cp", from, e < 0 ? e : count);
    for (char **n = names; *n; n++)
        if (strcmp(*n, ".") && strcmp(*n, "..")) {
            path_join(inside, sizeof inside, from, *n);
            path_join(outside, sizeof outside, to, *n);
            status |= copy_tree(inside, outside, true);
        }
    free_list(names);
    return status;
}

/* cp [-r] SOURCE… TARGET */
int cp_main(int argc, char **argv)
{
    u64 options;
    char room[1024];
    int status = 0, i = read_options(argc, argv, "rRa", &options);
    bool into = is_dir(argv[argc - 1]);
    if (i < 0 || argc - i < 2 || (argc - i > 2 && !into)) {
        dprintf(2, "cp: cp [-r] SOURCE… TARGET\n");
        return 1;
    }
    for (; i < argc - 1; i++) {
        path_join(room, sizeof room, argv[argc - 1], base_name(argv[i]));
        status |= copy_tree(argv[i], into ? room : argv[argc - 1], options != 0);
    }
    return status;
}

/* 512, 4k, 1M */
static long size_of(const char *s)
{
    char *end;
    long n = strtol(s, &end, 10);
    return *end == 'k' || *end == 'K' ? n << 10 : *end == 'M' ? n << 20 : n;
}

/* dd [if=FILE] [of=FILE] [bs=SIZE] [count=N] [skip=N] [seek=N] */
int dd_main(int argc, char **argv)
{
    const char *from = NULL, *to = NULL;
    long size = 512, count = -1, skip = 0, seek = 0, whole = 0, part = 0, bytes = 0;
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value++) {
            dprintf(2, "dd: %s: unknown operand\n", argv[i]);
            return 1;
        }
        from = starts_with(argv[i], "if=") ? value : from;
        to = starts_with(argv[i], "of=") ? value : to;
        size = starts_with(argv[i], "bs=") ? size_of(value) : size;
        count = starts_with(argv[i], "count=") ? size_of(value) : count;
        skip = starts_with(argv[i], "skip=") ? size_of(value) : skip;
        seek = starts_with(argv[i], "seek=") ? size_of(value) : seek;
    }
    int in = from ? open(from, O_RDONLY, 0) : 0;
    int result = to ? open(to, O_WRONLY | O_CREAT | (seek ? 0 : O_TRUNC), 0666) : 1;
    char *block = malloc(size);
    if (in < 0 || result < 0 || !block)
        return fail("dd", in < 0 ? from : to ? to : "bs", in < 0 ? in : result < 0 ? result : ENOMEM);
    if (seek)
        syscall(SYS_lseek, result, seek * size, SEEK_SET);
    for (; skip > 0 && read(in, block, size) > 0; skip--)
        ;
    for (ssize_t n; count != 0 && (n = read(in, block, size)) > 0; count--) {
        *(n == size ? &whole : &part) += 1;
        if ((n = write_all(result, block, n)) < 0)
            return fail("dd", to ? to : "output", n);
        bytes += n;
    }
    dprintf(2, "%ld+%ld records in\n%ld+%ld records out\n%ld bytes copied\n", whole, part, whole, part, bytes);
    return 0;
}
