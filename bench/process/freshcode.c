/* Writes N MiB of functions, each different, and makes each hot: a loop, then a long body. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef unsigned long function(unsigned long value, long turns);
#define BYTES 1024
#define WORDS (BYTES / 4)
/* So often is code jumped to before our processor certainly compiles it. */
#define HOT 48000

#if defined(__riscv)
static uint32_t next(unsigned *seed) { return *seed = *seed * 1664525 + 1013904223; }

static void emit(uint32_t *code, unsigned seed) {
  code[0] = 0xfff58593; /* addi a1, a1, -1 */
  code[1] = 0xfe059ee3; /* bnez a1, -4 */
  for (int i = 2; i < WORDS - 1; i++) {
    uint32_t bits = next(&seed);
    code[i] = (bits & 0x100000 ? 0x00054513 /* xori a0, a0 */ : 0x00050513 /* addi a0, a0 */) | bits >> 21 << 20;
  }
  code[WORDS - 1] = 0x00008067; /* ret */
}

static unsigned long expected(unsigned long value, unsigned seed) {
  for (int i = 2; i < WORDS - 1; i++) {
    uint32_t bits = next(&seed);
    long immediate = (int32_t)(bits >> 21 << 20) >> 20;
    value = bits & 0x100000 ? value ^ immediate : value + immediate;
  }
  return value;
}
#endif

int main(int argc, char **argv) {
  long mebibytes = argc > 1 ? atol(argv[1]) : 0, wrong = 0;
#if defined(__riscv)
  size_t count = mebibytes * ((1 << 20) / BYTES), size = count * BYTES + 1;
  char *code = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) return 1;
  for (size_t i = 0; i < count; i++) emit((uint32_t *)(code + i * BYTES), i);
  __builtin___clear_cache(code, code + size);
  for (size_t i = 0; i < count; i++) {
    function *run = (function *)(code + i * BYTES);
    unsigned long value = run(run(run(i, 1), HOT), 2);
    if (value != expected(expected(expected(i, i), i), i)) wrong++;
  }
#endif
  printf("%ld\n", wrong);
  return wrong != 0;
}
