/* Words for errors and signals. */
#include "tiny.h"

static const char *const error_text[] = {
    [EPERM] = "Operation not permitted", [ENOENT] = "No such file or directory",
    [ESRCH] = "No such process", [EINTR] = "Interrupted system call", [EIO] = "Input/output error",
    [ENXIO] = "No such device or address", [E2BIG] = "Argument list too long",
    [ENOEXEC] = "Exec format error", [EBADF] = "Bad file descriptor", [ECHILD] = "No child processes",
    [EAGAIN] = "Resource temporarily unavailable", [ENOMEM] = "Cannot allocate memory",
    [EACCES] = "Permission denied", [EFAULT] = "Bad address", [EBUSY] = "Device or resource busy",
    [EEXIST] = "File exists", [EXDEV] = "Invalid cross-device link", [ENODEV] = "No such device",
    [ENOTDIR] = "Not a directory", [EISDIR] = "Is a directory", [EINVAL] = "Invalid argument",
    [ENFILE] = "Too many open files in system", [EMFILE] = "Too many open files",
    [ENOTTY] = "Inappropriate ioctl for device", [ETXTBSY] = "Text file busy", [EFBIG] = "File too large",
    [ENOSPC] = "No space left on device", [ESPIPE] = "Illegal seek", [EROFS] = "Read-only file system",
    [EMLINK] = "Too many links", [EPIPE] = "Broken pipe", [EDOM] = "Numerical argument out of domain",
    [ERANGE] = "Numerical result out of range", [EDEADLK] = "Resource deadlock avoided",
    [ENAMETOOLONG] = "File name too long", [ENOSYS] = "Function not implemented",
    [ENOTEMPTY] = "Directory not empty", [ELOOP] = "Too many levels of symbolic links",
};

const char *strerror(long error)
{
    if (error < 0)
        error = -error;
    if (error == ETIMEDOUT)
        return "Connection timed out";
    const char *text = error < LENGTH(error_text) ? error_text[error] : NULL;
    return text ? text : "Unknown error";
}

static const char *const signal_text[] = {
    "0",    "HUP",  "INT",    "QUIT", "ILL",  "TRAP", "ABRT", "BUS",  "FPE",  "KILL",   "USR1",
    "SEGV", "USR2", "PIPE",   "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU",   "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};

const char *signal_name(int signo)
{
    return signo >= 0 && signo < LENGTH(signal_text) ? signal_text[signo] : "RT";
}

/* TERM, SIGTERM or 15; -1 for anything else. */
int signal_number(const char *name)
{
    long number;
    if (to_number(name, &number))
        return number >= 0 && number <= NSIG ? (int)number : -1;
    if (starts_with(name, "SIG"))
        name += 3;
    for (int i = 1; i < LENGTH(signal_text); i++)
        if (!strcmp(name, signal_text[i]))
            return i;
    return -1;
}
