/* A bytecode interpreter that runs a small program: indirect jumps, as in scripting languages. */
#include <stdio.h>
enum { PUSH, ADD, SUB, DUP, SWAP, LOAD, STORE, JNZ, MUL, HALT };
static const long program[] = {PUSH, 10000000, STORE, 0, PUSH, 1, STORE, 1, LOAD, 1, PUSH, 31, MUL, LOAD, 0, ADD,
                               STORE, 1, LOAD, 0, PUSH, 1, SUB, DUP, STORE, 0, JNZ, 8, HALT};
static long run(const long *code) {
  long stack[16], slot[4] = {0}, *sp = stack;
  for (const long *ip = code;;)
    switch (*ip++) {
      case PUSH: *sp++ = *ip++; break;
      case ADD: sp--; sp[-1] = (unsigned long)sp[-1] + sp[0]; break;
      case SUB: sp--; sp[-1] -= sp[0]; break;
      case MUL: sp--; sp[-1] = (unsigned long)sp[-1] * sp[0]; break;
      case DUP: sp[0] = sp[-1]; sp++; break;
      case SWAP: { long t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; break; }
      case LOAD: *sp++ = slot[*ip++]; break;
      case STORE: slot[*ip++] = *--sp; break;
      case JNZ: if (*--sp) ip = code + *ip; else ip++; break;
      case HALT: return slot[1];
    }
}
int main(void) { printf("%lu\n", (unsigned long)run(program)); }
