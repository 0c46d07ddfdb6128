/* Writes N MiB of functions, each different, and runs each 200 times, as a program with much code does. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef unsigned long function(unsigned long);
#define BYTES 256

#if defined(__riscv)
/* addi a0, a0, imm; xori a0, a0, imm; slli a1, a0, 1; add a0, a0, a1; ...; ret */
static void emit(void *at, unsigned seed) {
  uint32_t *code = at;
  for (int i = 0; i < BYTES / 4 - 1; i++) {
    seed = seed * 1664525 + 1013904223;
    uint32_t immediate = seed >> 21 << 20;
    code[i] = (seed & 0x100000 ? 0x00054513 /* xori a0, a0 */ : 0x00050513 /* addi a0, a0 */) | immediate;
  }
  code[BYTES / 4 - 1] = 0x00008067; /* ret */
}
static unsigned long expected(unsigned seed, unsigned long value) {
  for (int i = 0; i < BYTES / 4 - 1; i++) {
    seed = seed * 1664525 + 1013904223;
    long immediate = (int32_t)(seed >> 21 << 20) >> 20;
    value = seed & 0x100000 ? value ^ immediate : value + immediate;
  }
  return value;
}
#endif

int main(int argc, char **argv) {
  long mebibytes = argc > 1 ? atol(argv[1]) : 0, count = mebibytes * ((1 << 20) / BYTES), wrong = 0;
#if defined(__riscv)
  if (count == 0) return puts("0") < 0;
  char *code = mmap(NULL, count * BYTES, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) return 1;
  for (long i = 0; i < count; i++) emit(code + i * BYTES, i);
  __builtin___clear_cache(code, code + count * BYTES);
  for (long i = 0; i < count; i++) {
    unsigned long value = 1;
    function *run = (function *)(code + i * BYTES);
    for (int turn = 0; turn < 200; turn++) value = run(value);
    unsigned long right = 1;
    for (int turn = 0; turn < 200 && i % 64 == 0; turn++) right = expected(i, right);
    wrong += i % 64 == 0 && value != right;
  }
#endif
  printf("%ld\n", wrong);
  return wrong != 0;
}
