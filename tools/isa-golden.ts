/**
 * Writes test/golden/isa/*.br: what binutils' objdump prints for every half-word and for a seeded sample of
 * words, without aliases and with them. A raw binary carries no attributes, so objdump takes plain rv64gc.
 * Run: npx tsx tools/isa-golden.ts (needs riscv64-linux-gnu-objdump).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { nextU32, seededRandom } from '../src/base/index.ts';
import { INSNS } from '../src/isa/index.ts';

const OUT = join(import.meta.dirname, '../test/golden/isa');

/** objdump's text for instructions that all stand at address 0. */
function objdump(words: readonly number[], size: 2 | 4, options: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'isa-golden-'));
  const file = join(folder, 'words.bin');
  const bytes = new DataView(new ArrayBuffer(words.length * size));
  words.forEach((word, i) => {
    if (size === 2) bytes.setUint16(i * 2, word, true);
    else bytes.setUint32(i * 4, word, true);
  });
  writeFileSync(file, bytes);
  const args = ['-D', '-z', '-b', 'binary', '-m', 'riscv:rv64', ...options, file];
  const text = execFileSync('riscv64-linux-gnu-objdump', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  const lines = text
    .split('\n')
    .flatMap((line) => /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line)?.slice(1) ?? []);
  const out: string[] = [];
  for (let i = 0; i < lines.length; i += 2) out.push(relative(lines[i + 1]!, Number.parseInt(lines[i]!, 16)));
  if (out.length !== words.length) throw new Error(`${words.length} words, ${out.length} lines`);
  return out;
}

/** Targets as if the instruction stood at 0, and no comment behind the operands. */
function relative(text: string, address: number): string {
  const plain = text.replace(/\s+#.*$/, '').trimEnd();
  if (!/^(c\.)?(j|jal|b[a-z]+)\t/.test(plain)) return plain;
  return plain.replace(
    /0x[0-9a-f]+$/,
    (target) => `0x${BigInt.asUintN(64, BigInt(target) - BigInt(address)).toString(16)}`,
  );
}

function write(name: string, words: readonly number[], size: 2 | 4): void {
  const plain = objdump(words, size, ['-M', 'no-aliases']);
  const usual = objdump(words, size, []);
  const lines = words.map((word, i) =>
    [word.toString(16), plain[i], usual[i] === plain[i] ? '' : usual[i]].join('|'),
  );
  writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(`${lines.join('\n')}\n`));
}

mkdirSync(OUT, { recursive: true });
write(
  'half-words',
  Array.from({ length: 0x10000 }, (_, half) => half).filter((half) => (half & 3) !== 3),
  2,
);

const random = seededRandom(2);
const words = INSNS.flatMap(({ pattern }) =>
  Array.from({ length: 24 }, () => ((nextU32(random) & ~pattern.mask) | pattern.match) >>> 0),
);
for (let i = 0; i < 3000; i++) words.push((nextU32(random) | 3) >>> 0);
write(
  'words',
  words.filter((word) => (word & 0x1f) !== 0x1f),
  4,
);
