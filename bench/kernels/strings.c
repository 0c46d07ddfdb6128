/* The C library's loops over strings: strlen, memcpy, strcmp, memchr of the static glibc, on lengths of many kinds. */
#include <stdio.h>
#include <string.h>
#define LINES 512
static char text[LINES][256], copy[LINES][256];
int main(void) {
  unsigned long sum = 0;
  unsigned seed = 1;
  for (int i = 0; i < LINES; i++) {
    seed = seed * 1664525 + 1013904223;
    int length = (seed >> 24) % 200 + 20;
    for (int k = 0; k < length; k++) text[i][k] = (char)('a' + (k * 7 + i) % 26);
    text[i][length] = 0;
  }
  for (int round = 0; round < 6000; round++)
    for (int i = 0; i < LINES; i++) {
      size_t length = strlen(text[i]);
      memcpy(copy[i], text[i], length + 1);
      text[i][round % 20] ^= 1;
      copy[i][round % 20] ^= 1;
      sum += length + (strcmp(text[i], copy[i]) == 0) + (strcmp(text[i], copy[(i + 1) % LINES]) > 0);
      char *found = memchr(text[i], 'z' - i % 3, length);
      if (found) sum += found - text[i];
    }
  printf("%lu\n", sum);
}
