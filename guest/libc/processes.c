/* Processes by glibc: buffered output across fork, posix_spawn, atexit, waitpid, pipes as streams. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void bye(void)
{
    printf("atexit in %s\n", getenv("WHO"));
}

static void buffers(void)
{
    printf("in the buffer before fork, so it comes out twice\n");
    if (fork() == 0)
        exit(0);
    wait(NULL);
}

static void streams(void)
{
    int fds[2];
    char line[64];
    pipe(fds);
    pid_t pid = fork();
    if (pid == 0) {
        FILE *to = fdopen(fds[1], "w");
        fprintf(to, "line %d\nline %d\n", 1, 2);
        fflush(to);
        _exit(5);
    }
    close(fds[1]);
    FILE *from = fdopen(fds[0], "r");
    while (fgets(line, sizeof line, from))
        printf("read: %s", line);
    int status;
    waitpid(pid, &status, 0);
    printf("status %d\n", WEXITSTATUS(status));
}

static void spawn(const char *self)
{
    char *args[] = {(char *)self, "spawned", NULL}, *env[] = {"WHO=spawned", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    printf("posix_spawn: %d\n", posix_spawn(&pid, "/proc/self/exe", &actions, NULL, args, env));
    waitpid(pid, &status, 0);
    printf("status %d\n", WEXITSTATUS(status));
    printf("posix_spawn of nothing: %d\n", posix_spawn(&pid, "/nowhere", NULL, NULL, args, env));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        fprintf(stderr, "%s with WHO=%s\n", argv[1], getenv("WHO"));
        return 9;
    }
    setenv("WHO", "the first", 1);
    atexit(bye);
    buffers();
    setvbuf(stdout, NULL, _IOLBF, 0);
    streams();
    fflush(stdout);
    spawn(argv[0]);
    return 3;
}
