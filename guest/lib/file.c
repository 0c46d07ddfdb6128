/* Files and folders. */
#include "tiny.h"

int open(const char *path, int flags, int mode)
{
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int close(int fd)
{
    return syscall(SYS_close, fd);
}

ssize_t read(int fd, void *to, size_t n)
{
    return syscall(SYS_read, fd, to, n);
}

ssize_t write(int fd, const void *from, size_t n)
{
    return syscall(SYS_write, fd, from, n);
}

ssize_t write_all(int fd, const void *from, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t w = write(fd, (const char *)from + done, n - done);
        if (w == -EINTR)
            continue;
        if (w < 0)
            return w;
        done += w;
    }
    return n;
}

int pipe(int fds[2])
{
    return syscall(SYS_pipe2, fds, 0);
}

/* riscv64 has dup3 only, which refuses equal descriptors. */
int dup2(int from, int to)
{
    return from == to ? to : syscall(SYS_dup3, from, to, 0);
}

int stat(const char *path, struct stat *st)
{
    return syscall(SYS_newfstatat, AT_FDCWD, path, st, 0);
}

int lstat(const char *path, struct stat *st)
{
    return syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) >= 0 && (st.mode & S_IFMT) == S_IFDIR;
}

bool isatty(int fd)
{
    struct termios t;
    return syscall(SYS_ioctl, fd, TCGETS, &t) >= 0;
}

/* The whole file with a zero behind it, or NULL. */
char *read_file(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY, 0);
    if (fd < 0)
        return NULL;
    size_t room = 1008, n = 0;
    char *text = malloc(room);
    for (ssize_t got; (got = read(fd, text + n, room - n - 1)) > 0;)
        if ((n += got) + 1 == room)
            text = realloc(text, room = room * 2 + 16);
    close(fd);
    text[n] = 0;
    if (length)
        *length = n;
    return text;
}

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void path_join(char *to, size_t size, const char *dir, const char *name)
{
    snprintf(to, size, "%s%s%s", dir, ends_with(dir, "/") ? "" : "/", name);
}

/* The names in a folder, sorted, "." and ".." among them; NULL and -errno in count when it cannot be read. */
char **list_dir(const char *path, int *count)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY, 0), room = 16, n = 0;
    if (fd < 0) {
        *count = fd;
        return NULL;
    }
    char **list = malloc(room * sizeof *list), chunk[2048] __attribute__((aligned(8)));
    for (long got; (got = syscall(SYS_getdents64, fd, chunk, sizeof chunk)) > 0;)
        for (long at = 0; at < got;) {
            struct dirent64 *d = (struct dirent64 *)(chunk + at);
            if (n + 1 == room)
                list = realloc(list, (room *= 2) * sizeof *list);
            list[n++] = strdup(d->name);
            at += d->reclen;
        }
    close(fd);
    list[n] = NULL;
    sort_strings(list, n, strcmp);
    *count = n;
    return list;
}

void free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        free(*p);
    free(list);
}

static void merge(char **from, char **to, int low, int middle, int high, int (*order)(const char *, const char *))
{
    for (int a = low, b = middle, k = low; k < high; k++)
        to[k] = b >= high || (a < middle && order(from[a], from[b]) <= 0) ? from[a++] : from[b++];
}

/* Merge sort, which keeps equal lines in their order. */
void sort_strings(char **list, int count, int (*order)(const char *, const char *))
{
    char **from = list, **to = malloc((count + 1) * sizeof *to), **spare = to;
    for (int width = 1; width < count; width *= 2) {
        for (int low = 0; low < count; low += 2 * width) {
            int middle = low + width < count ? low + width : count;
            int high = low + 2 * width < count ? low + 2 * width : count;
            merge(from, to, low, middle, high, order);
        }
        char **swap = from;
        from = to;
        to = swap;
    }
    if (from != list)
        memcpy(list, from, count * sizeof *list);
    free(spare);
}
