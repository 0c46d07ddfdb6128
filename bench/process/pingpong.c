/* N round trips of one byte through two pipes between two processes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  int there[2], back[2];
  char byte = 1;
  if (pipe(there) || pipe(back)) return 1;
  if (fork() == 0) {
    for (long i = 0; i < n; i++)
      if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  for (long i = 0; i < n; i++) {
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return 1;
    sum += byte;
  }
  wait(NULL);
  printf("%ld\n", sum);
  return 0;
}
