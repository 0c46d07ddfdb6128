/** The programs that are measured, what each is for, and the ratios that are wanted. */

/** A wanted ratio: `q` over qemu-riscv64, `n` over native Linux. */
export interface Target {
  readonly peer: 'q' | 'n';
  readonly must: number;
  readonly aim: number;
}

/** One line of the table. */
export interface Program {
  readonly name: string;
  /** What it does, for people. */
  readonly title: string;
  readonly kind: 'integer' | 'kernel' | 'script' | 'operation' | 'command';
  /** C below bench/, compiled for each engine; or arguments for a program of a Debian image. */
  readonly source?: string;
  readonly script?: {
    readonly image: string;
    readonly interpreter: string;
    readonly args: readonly string[];
  };
  /** A shell script of bench/ that starts Debian's programs; its argument is how many operations. */
  readonly service?: { readonly image: string; readonly script: string };
  /** How many operations: chosen so that native Linux needs about half a second. */
  readonly count?: number;
  /** Runs on one processor: a wake-up across processors costs ten times as much, and varies. */
  readonly pinned?: boolean;
  /** Also built for the bare 32-bit PC of v86: it has no C library there. */
  readonly v86?: boolean;
  /** Our command may begin where an earlier run was kept. */
  readonly warm?: boolean;
  readonly target: Target;
}

const INTEGER: Target = { peer: 'q', must: 1.5, aim: 0.8 };
const SCRIPT: Target = { peer: 'q', must: 1, aim: 0.5 };
const OPERATION: Target = { peer: 'n', must: 1, aim: 0.5 };

const integer = (name: string, title: string): Program => ({
  name,
  title,
  kind: 'integer',
  source: `kernels/${name}.c`,
  v86: true,
  target: INTEGER,
});

const kernel = (name: string, title: string, target: Target, v86: boolean): Program => ({
  name,
  title,
  kind: 'kernel',
  source: `kernels/${name}.c`,
  v86,
  target,
});

const operation = (
  name: string,
  title: string,
  count: number,
  target: Target = OPERATION,
  pinned = false,
): Program => ({ name, title, kind: 'operation', source: `process/${name}.c`, count, pinned, target });

const script = (name: string, title: string, image: string, interpreter: string, file: string): Program => ({
  name,
  title,
  kind: 'script',
  script: { image, interpreter, args: [file] },
  target: SCRIPT,
});

const pass = (name: string, title: string, warm: boolean, must: number, aim: number): Program => ({
  name,
  title,
  kind: 'command',
  script: { image: 'debian', interpreter: 'usr/bin/python3.13', args: ['-c', 'pass'] },
  warm,
  target: { peer: 'q', must, aim },
});

/** All of them, in the order of the table. */
export const PROGRAMS: readonly Program[] = [
  integer('sieve', 'byte sieve'),
  integer('hashmap', 'hash map'),
  integer('sha256', 'SHA-256'),
  integer('sort', 'sort'),
  integer('nqueens', 'recursion (n queens)'),
  integer('randmem', 'random memory'),
  kernel('matmul', 'double matrix product', { peer: 'q', must: 0.3, aim: 0.1 }, true),
  kernel('interp', 'bytecode interpreter', SCRIPT, true),
  kernel('strings', 'libc strings', { peer: 'q', must: 0.7, aim: 0.4 }, false),
  script('lua', 'Lua loops', 'debian+lua5.4', 'usr/bin/lua5.4', 'scripts/loops.lua'),
  script('python', 'CPython loops', 'debian', 'usr/bin/python3.13', 'scripts/loops.py'),
  operation('syscall', 'system call', 4_000_000, { peer: 'n', must: 1.25, aim: 0.5 }),
  operation('pingpong', 'pipe ping-pong', 100_000, OPERATION, true),
  operation('forkwait', 'fork, exit, wait; 32 MiB touched', 400, { peer: 'n', must: 0.3, aim: 0.1 }),
  operation('forkexec', 'fork, exec, wait; small static ELF', 1500),
  operation('pagefault', 'page fault: map, touch, unmap', 300_000),
  operation('pipebw', 'pipe, writes of 64 KiB', 40_000, OPERATION, true),
  operation('threads', 'thread: create, join', 25_000, OPERATION, true),
  operation('futex', 'futex ping-pong', 125_000, OPERATION, true),
  {
    name: 'redis',
    title: 'redis-server and redis-benchmark, three requests',
    kind: 'operation',
    service: { image: 'debian+redis-server+redis-tools', script: 'scripts/redis.sh' },
    count: 50_000,
    target: { peer: 'q', must: 2, aim: 1 },
  },
  pass('pass-cold', '`python3 -c pass`, cold', false, 2.5, 2.5),
  pass('pass-warm', '`python3 -c pass`, warm', true, 1, 1),
];
