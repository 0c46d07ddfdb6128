/* Redirections: done in order, and undone for commands that run in the shell itself. */
#include "sh.h"

static int open_here(struct redirect *r)
{
    char *body = r->quoted ? r->word : expand_here(r->word);
    size_t n = strlen(body);
    int fds[2], error = pipe(fds);
    if (error < 0)
        return error;
    if (n <= 4096)
        write_all(fds[1], body, n); /* a pipe holds this much without a reader */
    else if (fork() == 0) {
        close(fds[0]);
        write_all(fds[1], body, n);
        exit(0);
    }
    close(fds[1]);
    return fds[0];
}

static int open_target(struct redirect *r, char **name)
{
    *name = "here-document";
    if (r->kind == 'h')
        return open_here(r);
    *name = expand_text(r->word);
    int flags = r->kind == '<' ? O_RDONLY : O_WRONLY | O_CREAT | (r->kind == 'a' ? O_APPEND : O_TRUNC);
    return open(*name, flags, 0666);
}

/* Out of the way of the descriptors that scripts use, and closed by exec. */
static void save(int fd, struct saved **saved)
{
    struct saved *s = take(sizeof *s);
    *s = (struct saved){*saved, fd, syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 20)};
    *saved = s;
}

static int duplicate(struct redirect *r)
{
    char *from = expand_text(r->word);
    long number;
    if (!strcmp(from, "-"))
        return close(r->fd), 0;
    if (!to_number(from, &number))
        return fail("sh", from, EBADF), -EBADF;
    int e = number == r->fd ? 0 : dup2(number, r->fd);
    if (e < 0)
        fail("sh", from, e);
    return e;
}

int redirect_all(struct redirect *r, struct saved **saved)
{
    for (; r; r = r->next) {
        char *name;
        if (saved)
            save(r->fd, saved);
        if (r->kind == '&') {
            if (duplicate(r) < 0)
                return 1;
            continue;
        }
        int fd = open_target(r, &name);
        if (fd < 0)
            return fail("sh", name, fd);
        if (fd != r->fd) {
            dup2(fd, r->fd);
            close(fd);
        }
    }
    return 0;
}

void restore_all(struct saved *s)
{
    for (; s; s = s->next) {
        if (s->copy < 0)
            close(s->fd);
        else {
            dup2(s->copy, s->fd);
            close(s->copy);
        }
    }
}
