/* N times fork, exec of this very program, exit, wait. A second argument names a program that must run it (an
 * emulator, where the kernel does not know the format). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "child") == 0) return 7;
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  char *runner = argc > 2 ? argv[2] : NULL;
  char *direct[] = {argv[0], "child", NULL}, *through[] = {runner, argv[0], "child", NULL}, *none[] = {NULL};
  for (long i = 0; i < n; i++) {
    int status;
    pid_t child = fork();
    if (child == 0) {
      if (runner) execve(runner, through, none);
      else execve(argv[0], direct, none);
      _exit(1);
    }
    if (waitpid(child, &status, 0) != child) return 1;
    sum += WEXITSTATUS(status);
  }
  printf("%ld\n", sum);
  return 0;
}
