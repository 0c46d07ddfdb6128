/* The queens of a chess board, by recursion: calls, returns and a stack. */
#include <stdio.h>
static int count(int n, unsigned columns, unsigned left, unsigned right) {
  unsigned all = (1u << n) - 1;
  if (columns == all) return 1;
  int found = 0;
  for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
    unsigned bit = free & -free;
    found += count(n, columns | bit, (left | bit) << 1 & all, (right | bit) >> 1);
  }
  return found;
}
int main(void) {
  unsigned long sum = 0;
  for (int round = 0; round < 2; round++)
    for (int n = 4; n <= 14; n++) sum = sum * 7 + count(n, 0, 0, 0);
  printf("%lu\n", sum);
}
