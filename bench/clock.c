/* Runs a command and tells on descriptor 3 what it took: wall, user and system seconds and the largest resident set in
 * KiB, of the command and of all its children that were waited for. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  struct rusage used;
  int status;
  double start = now();
  pid_t child = argc > 1 ? fork() : -1;
  if (child < 0) return 125;
  if (child == 0) {
    close(3);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  if (wait4(child, &status, 0, &used) != child) return 125;
  dprintf(3, "[%.6f,%.6f,%.6f,%ld]\n", now() - start, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
