/* N times fork, exit, wait by a process that has touched 32 MiB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOUCHED (32 << 20)

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  char *memory = malloc(TOUCHED);
  memset(memory, 1, TOUCHED);
  for (long i = 0; i < n; i++) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(memory[i] + 6);
    if (waitpid(child, &status, 0) != child) return 1;
    sum += WEXITSTATUS(status);
  }
  printf("%ld\n", sum);
  return 0;
}
