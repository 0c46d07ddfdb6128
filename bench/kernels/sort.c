/* Quicksort and insertion sort of pseudo-random numbers: recursion and branches nobody predicts. */
#include <stdio.h>
#define N 400000
static long a[N];
static void sort(long *v, int n) {
  while (n > 12) {
    long pivot = v[n / 2];
    int i = 0, k = n - 1;
    while (i <= k) {
      while (v[i] < pivot) i++;
      while (v[k] > pivot) k--;
      if (i <= k) {
        long t = v[i];
        v[i++] = v[k];
        v[k--] = t;
      }
    }
    sort(v, k + 1);
    v += i;
    n -= i;
  }
  for (int i = 1; i < n; i++) {
    long t = v[i];
    int k = i;
    for (; k > 0 && v[k - 1] > t; k--) v[k] = v[k - 1];
    v[k] = t;
  }
}
int main(void) {
  unsigned long seed = 1, sum = 0;
  for (int round = 0; round < 28; round++) {
    for (int i = 0; i < N; i++) a[i] = (seed = seed * 6364136223846793005ul + 1442695040888963407ul) >> 33;
    sort(a, N);
    for (int i = 0; i < N; i += 1000) sum = sum * 31 + a[i];
  }
  printf("%lu\n", sum);
}
