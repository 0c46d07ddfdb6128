/* An open-addressing hash table of 16 MiB: multiplication and loads at random places. */
#include <stdio.h>
#define BITS 20
static struct { unsigned long key, value; } table[1 << BITS];
static unsigned long *find(unsigned long key) {
  for (unsigned long i = key * 0x9e3779b97f4a7c15ul >> (64 - BITS);; i = (i + 1) & ((1 << BITS) - 1))
    if (table[i].key == key || !table[i].key) return table[i].key = key, &table[i].value;
}
int main(void) {
  unsigned long seed = 1, sum = 0;
  for (int i = 0; i < 36000000; i++) {
    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    unsigned long *value = find((seed >> 40) % 700000 + 1);
    sum += *value += i;
  }
  printf("%lu\n", sum);
}
