/** The errno cases as a C program for the Linux the tests run on: the oracle for what no processor decides. */
import { SYSCALL_NAMES } from '../../src/abi/index.ts';
import { type Argument, BUFFER_SIZE, type ErrnoCase } from './errno-case.ts';

function argumentOf(argument: Argument): string {
  if (typeof argument === 'number') return `(long)${argument}LL`;
  if (typeof argument === 'string') return `(long)${JSON.stringify(argument)}`;
  if ('buffer' in argument && typeof argument.buffer === 'number')
    return `(long)(buffer + ${argument.buffer})`;
  if (argument instanceof Uint8Array) return `(long)(unsigned char[]){${argument.join(',')}}`;
  return `(long)(long long[]){${(argument as readonly number[]).map((word) => `${word}LL`).join(',')}}`;
}

/** The program. A call that this machine does not have is ENOSYS. */
export function errnoSource(cases: readonly ErrnoCase[]): string {
  const body = cases.map(({ steps }, i) => {
    const calls = steps.map(
      ([call, args]) =>
        `  answers[at++] = ask(SYS_${call === 'fstatat' ? 'newfstatat' : call}, ${[...args.map(argumentOf), ...Array(6 - args.length).fill('0L')].join(', ')});`,
    );
    return `static void case_${i}(int at) {\n${calls.join('\n')}\n}`;
  });
  const starts: number[] = [];
  let total = 0;
  for (const { steps } of cases) {
    starts.push(total);
    total += steps.length;
  }
  return `#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
${newerCalls()}
static long *answers;
static char buffer[${BUFFER_SIZE}] __attribute__((aligned(4096)));
static long ask(long nr, long a, long b, long c, long d, long e, long f) {
  long r = syscall(nr, a, b, c, d, e, f);
  return r == -1 ? -errno : r;
}
${body.join('\n')}
static void (*const cases[])(int) = {${cases.map((_, i) => `case_${i}`).join(', ')}};
static const int starts[] = {${starts.join(', ')}};
int main(void) {
  answers = mmap(0, ${total * 8}, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < ${cases.length}; i++) {
    if (fork() == 0) {
      cases[i](starts[i]);
      _exit(0);
    }
    wait(0);
  }
  for (int i = 0; i < ${total}; i++) printf("%016lx\\n", answers[i]);
}
`;
}

/** Newer than some C libraries: numbers from 424 on are the same on every processor. */
const FIRST_COMMON = 424;
const MISSING = Object.entries(SYSCALL_NAMES)
  .map(([nr, name]) => [name, Number(nr)] as const)
  .filter(([, nr]) => nr >= FIRST_COMMON);

/** Their numbers for the preprocessor, where the C library does not have them. */
export const newerCalls = (): string =>
  MISSING.map(([name, nr]) => `#ifndef SYS_${name}\n#define SYS_${name} ${nr}\n#endif`).join('\n');
