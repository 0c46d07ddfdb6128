/**
 * A program that hurts: in one child after another it makes system calls with arguments that nobody means. All
 * of it follows from a seed. In assembly, so that no library stands between the arguments and the kernel.
 */
import { writeElf } from '../../src/elf/index.ts';
import { assemble } from '../../src/isa/index.ts';
import type { Syscall } from '../../src/kernel/index.ts';
import { SYSCALLS } from '../../src/syscalls/index.ts';
import { ARENA, ARENA_SIZE, Arguments, CODE, Dice, EDGE, READ_ONLY } from './hostile-arguments.ts';
import { S, SENSIBLE_CALLS, sensible } from './hostile-structures.ts';

/** What one program does: so many children, each with so many calls. */
export interface Shape {
  readonly children: number;
  readonly calls: number;
}

const TABLE = 0x100000;
const STRINGS = ARENA + ARENA_SIZE;
const PAGE = 4096;
const AT_FDCWD = 2n ** 64n - 100n;

const PATHS = [
  ...[
    '/tmp',
    '/tmp/a',
    '/tmp/b',
    'c',
    '/tmp/d',
    '/tmp/f',
    '/tmp/d/e',
    '/tmp/a/b',
    '/tmp/loop',
    '/tmp/socket',
  ],
  ...[
    '',
    '.',
    '..',
    '/',
    '../..',
    'a/',
    '/bin/true',
    '/etc/passwd',
    '/run/init',
    '/dev/shm/x',
    '/tmp/d/../a',
  ],
  ...['null', 'zero', 'full', 'tty', 'console', 'ptmx', 'urandom', 'fd/3'].map((name) => `/dev/${name}`),
  ...['', 'fd', 'fd/5', 'fd/11', 'fd/23', 'cwd', 'exe', 'mem', 'maps', 'stat', 'task', 'oom_score_adj'].map(
    (name) => `/proc/self/${name}`,
  ),
  ...['/proc', '/proc/1/status', '/proc/1/fd', '/proc/2', '/proc/3/fd/3', '/proc/sys/kernel/hostname'],
  ...['user.name', 'tmpfs', 'proc', 'x'.repeat(255), 'x'.repeat(256), 'x/'.repeat(2047), 'x/'.repeat(2048)],
];

type Call = readonly [name: string, ...args: (number | bigint | string)[]];

/** Made by the first process, so that all children have something of every kind open. */
const PROLOGUE: readonly Call[] = [
  ['openat', AT_FDCWD, '/tmp/a', 0o102, 0o644],
  ['openat', AT_FDCWD, '/tmp', 0o200000, 0],
  ['openat', AT_FDCWD, '/proc/self/maps', 0, 0],
  ['openat', AT_FDCWD, '/proc/self/fd', 0o200000, 0],
  ['openat', AT_FDCWD, '/dev/null', 2, 0],
  ['openat', AT_FDCWD, '/dev/zero', 2, 0],
  ['openat', AT_FDCWD, '/bin/true', 0o10000000, 0],
  ['openat', AT_FDCWD, '/bin/true', 0, 0],
  ['pipe2', S.pair, 0],
  ['pipe2', S.pair, 0o44000],
  ['epoll_create1', 0],
  ['eventfd2', 3, 0],
  ['timerfd_create', 1, 0],
  ['memfd_create', '/tmp/b', 2],
  ['socketpair', 1, 1, 0, S.pair],
  ['socketpair', 1, 2, 0, S.pair],
  ['socket', 1, 1, 0],
  ['mknodat', AT_FDCWD, '/tmp/f', 0o010644, 0],
  ['mkdirat', AT_FDCWD, '/tmp/d', 0o755],
  ['symlinkat', '/tmp/loop', AT_FDCWD, '/tmp/loop'],
  ['chdir', '/tmp'],
];

const byName = new Map(SYSCALLS.flatMap((row) => (row === undefined ? [] : [[row.name, row] as const])));
const DECLARED = [...byName.values()];

const source = ({ children, calls }: Shape): string => `
handler: ret
_start: li s0, ${TABLE}
        li s1, ${PROLOGUE.length}
first:  beqz s1, next
        jal call
        addi s1, s1, -1
        j first
next:   li s1, ${children}
again:  beqz s1, done
        li a0, 17                # clone(SIGCHLD)
        li a1, 0
        li a2, 0
        li a3, 0
        li a4, 0
        li a7, 220
        ecall
        beqz a0, child
        bltz a0, skip
        mv s5, a0
reap:   mv a0, s5                # wait4(child, NULL, __WALL, NULL)
        li a1, 0
        li a2, 0x40000000
        li a3, 0
        li a7, 260
        ecall
        li t0, -4
        beq a0, t0, reap
skip:   li t0, ${calls * 56}
        add s0, s0, t0
        addi s1, s1, -1
        j again
child:  li a0, 0                 # setitimer(ITIMER_REAL): what blocks has an end
        la a1, alarm
        li a2, 0
        li a7, 103
        ecall
        li s1, ${calls}
loop:   beqz s1, done
        jal call
        addi s1, s1, -1
        j loop
done:   li a0, 0
        li a7, 94
        ecall
call:   ld a7, 0(s0)
        ld a0, 8(s0)
        ld a1, 16(s0)
        ld a2, 24(s0)
        ld a3, 32(s0)
        ld a4, 40(s0)
        ld a5, 48(s0)
        addi s0, s0, 56
        ecall
        ret
        .section .rodata
alarm:  .dword 0, 0, 0, 400
`;

const WORDS = 7;

/** The program of a seed. */
export function hostileProgram(seed: number, shape: Shape): Uint8Array {
  const strings = layStrings();
  const make = new Arguments(new Dice(seed), [...strings.at.values()]);
  const calls = PROLOGUE.map(([name, ...args]) =>
    callOf(
      byName.get(name)!,
      args.map((arg) => BigInt(typeof arg === 'string' ? strings.at.get(arg)! : arg)),
    ),
  );
  for (let i = 0; i < shape.children * shape.calls; i++) calls.push(randomCall(make));
  const random = words(Array.from({ length: (ARENA_SIZE - PAGE) / 8 }, () => make.word()));
  const arena = [...sensible(strings.at.get('/bin/true')!), ...random, ...strings.bytes];
  return link(source(shape), [
    { name: '.table', address: TABLE, bytes: words(calls.flat()), prot: 1 },
    { name: '.arena', address: ARENA, bytes: new Uint8Array(arena), prot: 3 },
    { name: '.fixed', address: READ_ONLY, bytes: random.slice(0, PAGE), prot: 1 },
    { name: '.edge', address: EDGE - PAGE, bytes: new Uint8Array(PAGE).fill(0x78), prot: 3 },
  ]);
}

/** The number and six arguments. */
const callOf = ({ nr }: Pick<Syscall, 'nr'>, args: readonly bigint[]): bigint[] =>
  Array.from({ length: WORDS }, (_, i) => (i === 0 ? BigInt(nr) : (args[i - 1] ?? 0n)));

function randomCall(make: Arguments): bigint[] {
  const { dice } = make;
  const rest = () => make.any();
  if (dice.below(100) === 0) return callOf({ nr: dice.below(600) }, Array.from({ length: 6 }, rest));
  if (dice.below(2) === 0) {
    const [name, ...makers] = dice.pick(SENSIBLE_CALLS);
    return callOf(
      byName.get(name)!,
      makers.map((maker) => maker(make)),
    );
  }
  const row = dice.pick(DECLARED);
  return callOf(
    row,
    Array.from({ length: 6 }, (_, i) => (row.args[i] === undefined ? rest() : make.of(row.args[i]))),
  );
}

function layStrings(): { readonly bytes: readonly number[]; readonly at: ReadonlyMap<string, number> } {
  const at = new Map<string, number>();
  const bytes: number[] = [];
  for (const text of PATHS) {
    at.set(text, STRINGS + bytes.length);
    bytes.push(...new TextEncoder().encode(text), 0);
  }
  return { bytes, at };
}

const words = (values: readonly bigint[]): Uint8Array =>
  new Uint8Array(new BigUint64Array(values.map((value) => BigInt.asUintN(64, value))).buffer);

/** Assembles, and adds data at fixed addresses. */
function link(text: string, data: Parameters<typeof writeElf>[0]['sections']): Uint8Array {
  const assembly = assemble(text, { origin: CODE });
  if (!('sections' in assembly)) throw new Error(assembly[0]?.sentence);
  const sections = assembly.sections.map(({ name, address, bytes }) => ({ name, address, bytes, prot: 5 }));
  return writeElf({ entry: assembly.entry, sections: [...sections, ...data] });
}

/** A program that ends at once. */
export const trueProgram = (): Uint8Array => link('_start: li a0, 0\n li a7, 94\n ecall', []);
