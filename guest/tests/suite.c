/* suite: tests of the kernel by name, and what they share. Alone it lists them. */
#include "tests.h"

static const char *const error_names[] = {
    [EPERM] = "EPERM", [ENOENT] = "ENOENT", [ESRCH] = "ESRCH", [EINTR] = "EINTR", [EIO] = "EIO", [ENXIO] = "ENXIO",
    [E2BIG] = "E2BIG", [ENOEXEC] = "ENOEXEC", [EBADF] = "EBADF", [ECHILD] = "ECHILD", [EAGAIN] = "EAGAIN",
    [ENOMEM] = "ENOMEM", [EACCES] = "EACCES", [EFAULT] = "EFAULT", [EBUSY] = "EBUSY", [EEXIST] = "EEXIST",
    [EXDEV] = "EXDEV", [ENODEV] = "ENODEV", [ENOTDIR] = "ENOTDIR", [EISDIR] = "EISDIR", [EINVAL] = "EINVAL",
    [ENFILE] = "ENFILE", [EMFILE] = "EMFILE", [ENOTTY] = "ENOTTY", [ETXTBSY] = "ETXTBSY", [EFBIG] = "EFBIG",
    [ENOSPC] = "ENOSPC", [ESPIPE] = "ESPIPE", [EROFS] = "EROFS", [EMLINK] = "EMLINK", [EPIPE] = "EPIPE",
    [ERANGE] = "ERANGE", [EDEADLK] = "EDEADLK", [ENAMETOOLONG] = "ENAMETOOLONG", [ENOSYS] = "ENOSYS",
    [ENOTEMPTY] = "ENOTEMPTY", [ELOOP] = "ELOOP", [ETIMEDOUT] = "ETIMEDOUT",
};

void result(const char *what, long answer)
{
    const char *name = answer < 0 && -answer < LENGTH(error_names) ? error_names[-answer] : NULL;
    if (name)
        printf("%s: %s\n", what, name);
    else
        printf("%s: %ld\n", what, answer);
}

void yes(const char *what, bool condition)
{
    printf("%s: %s\n", what, condition ? "yes" : "no");
}

const char *status_text(int status)
{
    static char text[32];
    if (WIFCONTINUED(status))
        return "continue";
    if (WIFSTOPPED(status))
        snprintf(text, sizeof text, "stop %d", WSTOPSIG(status));
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "signal %d", WTERMSIG(status));
    else
        snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
    return text;
}

void show_status(const char *what, int status)
{
    printf("%s: %s\n", what, status_text(status));
}

int wait_for(int pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) == -EINTR)
        ;
    return status;
}

int in_child(void (*work)(void))
{
    int pid = fork();
    if (pid == 0) {
        work();
        exit(0);
    }
    return wait_for(pid);
}

void *shared_page(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

void say_byte(int fd)
{
    write(fd, "!", 1);
}

void await_byte(int fd)
{
    char byte;
    while (read(fd, &byte, 1) == -EINTR)
        ;
}

void await_zero(volatile int *word)
{
    for (int seen; (seen = *word) != 0;)
        futex((int *)word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

void make_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    write(fd, text, strlen(text));
    close(fd);
}

void interrupt_in(long ms)
{
    struct itimerval t = {{0, 0}, {0, ms * 1000}};
    syscall(SYS_setitimer, ITIMER_REAL, &t, NULL);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
#define TEST(name) {#name, test_##name},
#include "list.h"
#undef TEST
};

int exec_helper(int argc, char **argv);

/* As the first process it would be everybody's second parent, so the test gets a process of its own. */
static int run_below(int argc, char **argv)
{
    int status, pid, test = fork();
    if (test == 0)
        exit(main(argc, argv));
    do
        pid = waitpid(-1, &status, 0);
    while (pid != test);
    return status_code(status);
}

int main(int argc, char **argv)
{
    if (getpid() == 1)
        return run_below(argc, argv);
    if (argc > 1 && *argv[1] == '+')
        return exec_helper(argc, argv);
    for (int i = 0; i < LENGTH(tests); i++) {
        if (argc < 2)
            out("%s\n", tests[i].name);
        else if (!strcmp(tests[i].name, argv[1])) {
            tests[i].run();
            return 0;
        }
    }
    return argc < 2 ? 0 : 127;
}
