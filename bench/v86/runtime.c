/* Starts a kernel as a multiboot program on a bare PC with SSE2; its output is the serial port. */
typedef unsigned int word;
typedef unsigned long long wide;

__asm__(".balign 4\n"
        ".long 0x1badb002, 0, -0x1badb002\n"
        ".globl _start\n"
        "_start: lea stack + 65536, %esp\n"
        "mov %cr0, %eax\n"
        "and $~0xc, %eax\n" /* neither emulate nor trap the floating-point unit */
        "or $2, %eax\n"
        "mov %eax, %cr0\n"
        "mov %cr4, %eax\n"
        "or $0x600, %eax\n" /* OSFXSR, OSXMMEXCPT: SSE is there */
        "mov %eax, %cr4\n"
        "call main\n"
        "halt: cli\n"
        "hlt\n"
        "jmp halt\n");
__attribute__((used, aligned(16))) char stack[65536];

static void put(char byte) { __asm__ volatile("outb %b0, %w1" : : "a"(byte), "d"(0x3f8)); }

static word divide(word high, word low, word by, word *rest) {
  word quotient;
  __asm__("divl %4" : "=a"(quotient), "=d"(*rest) : "a"(low), "d"(high), "r"(by));
  return quotient;
}

/* The compiler calls it for a 64-bit remainder; no kernel divides by more than 32 bits. */
wide __umoddi3(wide value, wide by) {
  word rest = (word)(value >> 32) % (word)by;
  divide(rest, (word)value, (word)by, &rest);
  return rest;
}

int printf(const char *format, wide value) {
  char digits[24];
  int count = 0;
  (void)format;
  do {
    word high, rest;
    word top = divide(0, (word)(value >> 32), 10, &high), bottom = divide(high, (word)value, 10, &rest);
    digits[count++] = (char)('0' + rest);
    value = (wide)top << 32 | bottom;
  } while (value);
  while (count) put(digits[--count]);
  put('\n');
  return 0;
}

void *memcpy(void *to, const void *from, __SIZE_TYPE__ size) {
  void *end = to;
  __asm__ volatile("rep movsb" : "+D"(end), "+S"(from), "+c"(size) : : "memory");
  return to;
}

void *memset(void *to, int byte, __SIZE_TYPE__ size) {
  void *end = to;
  __asm__ volatile("rep stosb" : "+D"(end), "+c"(size) : "a"(byte) : "memory");
  return to;
}
