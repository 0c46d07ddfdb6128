/* foreground: a small shell on a terminal of its own, with one job that talks, waits for input, and gets it. */
#include "../lib/example.h"

enum { TIOCSPTLCK = 0x40045431, TIOCGPTN = 0x80045430 };

static void say(const char *text)
{
    write(1, text, strlen(text));
}

static void NORETURN be_job(void)
{
    char line[64];
    say("job: I am in the background and still talk to you\n");
    until_ms(10);
    ssize_t n = read(0, line, sizeof line); /* in the background this stops the job */
    dprintf(1, "job: you typed %.*s", n > 0 ? (int)n : 0, line);
    until_ms(50);
    exit(0);
}

/* The terminal's group in the foreground: a shell may say so from the background only if it does not mind SIGTTOU. */
static void to_foreground(int group)
{
    syscall(SYS_ioctl, 0, TIOCSPGRP, &group);
}

static void NORETURN be_shell(const char *terminal)
{
    int status;
    syscall(SYS_setsid);
    int tty = open(terminal, O_RDWR, 0); /* the first terminal of a session becomes its own */
    for (int fd = 0; fd < 3; fd++)
        dup2(tty, fd);
    on_signal(SIGTTOU, SIG_IGN, 0);
    int job = fork();
    if (job == 0) {
        on_signal(SIGTTOU, SIG_DFL, 0);
        syscall(SYS_setpgid, 0, 0);
        be_job();
    }
    waitpid(job, &status, WUNTRACED);
    dprintf(1, "shell: SIG%s has stopped job %d\n", signal_name(WSTOPSIG(status)), job);
    until_ms(20);
    say("shell: I bring it to the foreground\n");
    to_foreground(job);
    kill(-job, SIGCONT);
    waitpid(job, &status, 0);
    to_foreground(getpid());
    say("shell: the job has ended\n");
    exit(0);
}

int main(int argc, char **argv)
{
    int number, unlocked = 0;
    char name[32], seen[256];
    until_ms(0);
    int screen = open("/dev/ptmx", O_RDWR | O_NOCTTY, 0);
    syscall(SYS_ioctl, screen, TIOCSPTLCK, &unlocked);
    syscall(SYS_ioctl, screen, TIOCGPTN, &number);
    snprintf(name, sizeof name, "/dev/pts/%d", number);
    if (fork() == 0)
        be_shell(name);
    int user = fork();
    if (user == 0) {
        until_ms(40);
        write(screen, "hello\n", 6); /* what somebody types */
        exit(0);
    }
    for (ssize_t n; (n = read(screen, seen, sizeof seen)) > 0;)
        write(1, seen, n);
    return 0;
}
