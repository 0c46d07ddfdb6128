/* Sieve of Eratosthenes: byte stores with a stride, byte loads in order. */
#include <stdio.h>
#define N 2000000
static unsigned char composite[N + 1];
int main(void) {
  unsigned long sum = 0;
  for (int round = 0; round < 100; round++) {
    for (int i = 0; i <= N; i++) composite[i] = 0;
    for (int i = 2; i * i <= N; i++)
      if (!composite[i])
        for (int k = i * i; k <= N; k += i) composite[k] = 1;
    for (int i = 2; i <= N; i++)
      if (!composite[i]) sum += i;
  }
  printf("%lu\n", sum);
}
