/**
 * What valgrind says of the programs of guest/heap on this computer: builds them natively, runs each under memcheck and
 * writes its counts to test/golden/heap.json; and the lines that binutils know of guest/heap.elf, to heap-lines.txt.
 * Needs cc, valgrind and the cross binutils. `npx tsx tools/heap-golden.ts`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const CASES = 'simple grow aligned lists strings threads forks many trees refused'.split(' ');
const FLAGS =
  '-std=gnu11 -D_GNU_SOURCE -O1 -g -fno-inline -fno-optimize-sibling-calls -fno-builtin -pthread'.split(' ');
/** The C library's own blocks stay: nobody frees them in an ordinary run. */
const MEMCHECK = [
  '--leak-check=full',
  '--show-leak-kinds=all',
  '--run-libc-freeres=no',
  '--leak-check-heuristics=none',
];

const number = (text: string | undefined): number => Number((text ?? '0').replaceAll(',', ''));

function totals(log: string) {
  const use = /in use at exit: ([\d,]+) bytes in ([\d,]+) blocks/.exec(log);
  const all = /total heap usage: ([\d,]+) allocs, ([\d,]+) frees, ([\d,]+) bytes allocated/.exec(log);
  if (use === null || all === null) throw new Error(`no totals in:\n${log}`);
  const [allocs, frees, allocated] = all.slice(1).map(number);
  return { allocs, frees, allocated, inUse: { bytes: number(use[1]), blocks: number(use[2]) } };
}

const KINDS = { 'definitely lost': 'definite', 'indirectly lost': 'indirect', 'possibly lost': 'possible' };

function kinds(log: string) {
  const found: Record<string, { bytes: number; blocks: number }> = {};
  for (const [name, kind] of [...Object.entries(KINDS), ['still reachable', 'reachable']]) {
    const line = new RegExp(`${name}: ([\\d,]+) bytes in ([\\d,]+) blocks`).exec(log);
    found[kind!] = { bytes: number(line?.[1]), blocks: number(line?.[2]) };
  }
  return found;
}

/** The records of lost blocks, by the functions and lines of heap.c that asked for them. */
function leaks(log: string) {
  const found = new Map<string, { kind: string; calls: string[]; bytes: number; blocks: number }>();
  const text = log.replaceAll(/^==\d+== ?/gm, '');
  const records =
    /^([\d,]+) (?:\([\d,]+ direct, [\d,]+ indirect\) )?bytes in ([\d,]+) blocks are (.+) in loss record .*\n((?: {3}.*\n)*)/gm;
  for (const [head, bytes, blocks, name, stack] of text.matchAll(records)) {
    const direct = /\(([\d,]+) direct/.exec(head);
    const kind = KINDS[name as keyof typeof KINDS] ?? 'reachable';
    const calls = [...stack!.matchAll(/: (\w+) \((heap\.c:\d+)\)/g)].map(([, name, at]) => `${name} ${at}`);
    const key = [kind, ...calls].join();
    const sum = found.get(key) ?? { kind, calls, bytes: 0, blocks: 0 };
    sum.bytes += number(direct?.[1] ?? bytes);
    sum.blocks += number(blocks);
    found.set(key, sum);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, leak]) => leak);
}

/** Where another line begins, in each function of the program's own: `5ca guest/heap/heap.c:36`. */
function lines(): string[] {
  const elf = join(root, 'guest/heap.elf');
  const tool = (name: string, args: readonly string[], input = '') =>
    spawnSync(`riscv64-linux-gnu-${name}`, args, { input, encoding: 'utf8' }).stdout;
  const functions = tool('nm', ['-S', elf]).matchAll(/^(\w+) (\w+) [tT] /gm);
  const addresses = [...functions].flatMap(([, at, size]) =>
    Array.from({ length: Number.parseInt(size!, 16) / 2 }, (_, i) => Number.parseInt(at!, 16) + 2 * i),
  );
  const hex = addresses.sort((a, b) => a - b).map((address) => address.toString(16));
  const told = tool('addr2line', ['-e', elf], hex.join('\n')).split('\n');
  const places = told.map((line) => line.replace(/ \(discriminator .*/, '').replace(/^\.\//, ''));
  return hex.flatMap((address, i) => (places[i] === places[i - 1] ? [] : [`${address} ${places[i]}`]));
}

const folder = mkdtempSync(join(tmpdir(), 'heap-'));
const program = join(folder, 'heap');
const built = spawnSync('cc', [...FLAGS, '-o', program, join(root, 'guest/heap/heap.c')], {
  encoding: 'utf8',
});
if (built.status !== 0) throw new Error(built.stderr);
const golden: Record<string, unknown> = {};
for (const name of CASES) {
  const run = spawnSync('valgrind', [...MEMCHECK, `--log-file=${folder}/log.%p`, program, name]);
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  const logs = readdirSync(folder).filter((file) => file.startsWith('log.'));
  logs.sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
  golden[name] = logs.map((file) => {
    const log = readFileSync(join(folder, file), 'utf8');
    rmSync(join(folder, file));
    return { ...totals(log), kinds: kinds(log), leaks: leaks(log) };
  });
}
rmSync(folder, { recursive: true });
writeFileSync(join(root, 'test/golden/heap-lines.txt'), `${lines().join('\n')}\n`);
writeFileSync(join(root, 'test/golden/heap.json'), `${JSON.stringify(golden, null, 2)}\n`);
