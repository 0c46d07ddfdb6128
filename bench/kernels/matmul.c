/* Matrices of doubles: fused multiply-add, inexact from the first turn on. */
#include <stdio.h>
#include <string.h>
#define N 160
static double a[N][N], b[N][N], c[N][N];
int main(void) {
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) a[i][k] = 1.0 / (i + k + 1), b[i][k] = (double)(i - k) / (i + 2 * k + 3);
  for (int round = 0; round < 40; round++)
    for (int i = 0; i < N; i++)
      for (int k = 0; k < N; k++) {
        double sum = round;
        for (int j = 0; j < N; j++) sum += a[i][j] * b[j][k];
        c[i][k] += sum;
      }
  double total = 0;
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) total += c[i][k] * (i + 1);
  unsigned long bits;
  memcpy(&bits, &total, 8);
  printf("%lu\n", bits);
}
