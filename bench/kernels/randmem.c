/* Random memory: loads and stores in 32 MiB, each at a place that the load before it tells. */
#include <stdio.h>
#define BITS 23
#define N (1u << BITS)
static unsigned table[N];
int main(void) {
  unsigned long sum = 0;
  unsigned at = 1;
  for (unsigned i = 0; i < N; i++) table[i] = i * 2654435761u;
  for (unsigned i = 0; i < 6000000; i++) {
    at = (table[at >> (32 - BITS)] ^ at) * 2246822519u + i;
    sum += at;
    table[at >> (32 - BITS)] += i;
  }
  printf("%lu\n", sum);
}
