/* N times map, touch and unmap one page. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 0, sum = 0;
  for (long i = 0; i < n; i++) {
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[i % 4096] = 1;
    sum += page[i % 4096];
    munmap(page, 4096);
  }
  printf("%ld\n", sum);
  return 0;
}
