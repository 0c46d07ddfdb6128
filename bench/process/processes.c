/* N times fork, exit, wait while other processes live: 10,000 unless a second argument says how many. With N of 0
 * they are made and ended all the same, so that the difference is what the N cost. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends when the last writer has closed the pipe. */
static void wait_for_end(int gate) {
  char byte;
  _exit(read(gate, &byte, 1) == 0 ? 7 : 1);
}

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  long live = argc > 2 ? atol(argv[2]) : 10000;
  int gate[2], status;
  if (pipe(gate) != 0) return 1;
  for (long i = 0; i < live; i++) {
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) {
      close(gate[1]);
      wait_for_end(gate[0]);
    }
  }
  for (long i = 0; i < n; i++) {
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) _exit((int)(i & 63));
    if (waitpid(child, &status, 0) != child) return 3;
    sum += WEXITSTATUS(status);
  }
  close(gate[1]);
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  printf("%ld\n", sum);
  return 0;
}
