/* The whole C library of the tiny image. Calls fail as the kernel says it: they return -errno. */
#ifndef TINY_H
#define TINY_H

#include "linux.h"
#include <stdarg.h>
#include <stdbool.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
#define NORETURN __attribute__((noreturn))

#ifdef __riscv
/* Number in a7, arguments in a0 to a5, the answer in a0. */
static inline long ecall(long number, long a, long b, long c, long d, long e, long f)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}
#else
long ecall(long number, long a, long b, long c, long d, long e, long f); /* tests/native.c */
#endif
#define SYSCALL6(n, a, b, c, d, e, f, ...) \
    ecall(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define syscall(...) SYSCALL6(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* start.c */
extern char **environ;
extern unsigned long *auxv;
int main(int argc, char **argv);
void exit(int status) NORETURN;

/* string.c */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int byte, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);
bool starts_with(const char *s, const char *prefix);
bool ends_with(const char *s, const char *suffix);
bool isdigit(int c);
bool isalpha(int c);
bool isspace(int c);
int tolower(int c);
int toupper(int c);
long strtol(const char *s, char **end, int base);
bool to_number(const char *s, long *value);
const char *strerror(long error);
const char *signal_name(int signo);
int signal_number(const char *name);

/* print.c: printf writes at once, with one write(2); out gathers until the program ends or forks. */
int vsnprintf(char *to, size_t size, const char *format, va_list args);
int snprintf(char *to, size_t size, const char *format, ...) PRINTF(3, 4);
int printf(const char *format, ...) PRINTF(1, 2);
int dprintf(int fd, const char *format, ...) PRINTF(2, 3);
void out(const char *format, ...) PRINTF(1, 2);
void out_bytes(const char *bytes, size_t n);
void out_char(int c);
void out_flush(void);
int fail(const char *program, const char *what, long error);

/* memory.c */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void free(void *block);
char *strdup(const char *s);
char *strndup(const char *s, size_t n);
void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset);
bool is_error(const void *address);

/* process.c */
int fork(void);
int waitpid(int pid, int *status, int options);
int execve(const char *path, char *const *argv, char *const *envp);
int exec_path(char **argv);
int run_program(char **argv) NORETURN;
void set_name(const char *name);
int sleep_ns(long ns);
long now_ns(int clock);
const char *getenv(const char *name);
int status_code(int status);

/* file.c */
int open(const char *path, int flags, int mode);
int close(int fd);
ssize_t read(int fd, void *to, size_t n);
ssize_t write(int fd, const void *from, size_t n);
ssize_t write_all(int fd, const void *from, size_t n);
int pipe(int fds[2]);
int dup2(int from, int to);
int stat(const char *path, struct stat *st);
int lstat(const char *path, struct stat *st);
bool is_dir(const char *path);
bool isatty(int fd);
char *read_file(const char *path, size_t *length);
const char *base_name(const char *path);
void path_join(char *to, size_t size, const char *dir, const char *name);
char **list_dir(const char *path, int *count);
void free_list(char **list);
void sort_strings(char **list, int count, int (*order)(const char *, const char *));

/* A stream of lines: read_line gives a line without its newline, or NULL at the end. */
struct reader {
    int fd, have, at;
    bool newline; /* the last line ended with one */
    char *line;
    size_t room;
    char buffer[4096];
};
void reader_init(struct reader *r, int fd);
char *read_line(struct reader *r);
void reader_done(struct reader *r);

/* signal.c */
int on_signal(int signo, handler h, u64 flags);
int kill(int pid, int signo);
int set_mask(int how, u64 mask, u64 *old);
#define BIT(signo) (1ul << ((signo) - 1))

/* thread.c */
struct thread {
    int tid; /* the kernel writes 0 here and wakes who waits when the thread is gone */
    int (*run)(void *arg);
    void *arg, *stack;
    int result;
};
int thread_start(struct thread *t, int (*run)(void *arg), void *arg);
int thread_join(struct thread *t);
struct thread *thread_self(void);
long futex(int *word, int op, int value, const struct timespec *timeout, int *other, int value3);
void lock(int *mutex);
void unlock(int *mutex);

/* applets.c (of the program) */
struct applet {
    const char *name;
    int (*main)(int argc, char **argv);
    const char *help;
};
const struct applet *find_applet(const char *name);

#endif
