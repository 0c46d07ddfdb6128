/* N writes of 64 KiB into a pipe, read by another process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[65536];

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, total = 0;
  int ends[2];
  ssize_t got;
  if (pipe(ends)) return 1;
  memset(buffer, 1, sizeof buffer);
  if (fork() == 0) {
    close(ends[0]);
    for (long i = 0; i < n; i++) {
      buffer[i % sizeof buffer]++;
      if (write(ends[1], buffer, sizeof buffer) != sizeof buffer) _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
  while ((got = read(ends[0], buffer, sizeof buffer)) > 0) total += got;
  wait(NULL);
  printf("%ld\n", total);
  return 0;
}
