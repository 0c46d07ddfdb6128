/** The whole table: every extension's rows, numbered and found by name. This is where the extensions meet. */
import { bug } from '../base/index.ts';
import type { Extension, Insn, Row, ShortInsn } from './insn.ts';
import { RV64A } from './rv64a.ts';
import { RV64D } from './rv64d.ts';
import { RV64F } from './rv64f.ts';
import { RV64I } from './rv64i.ts';
import { RV64M } from './rv64m.ts';
import { RVC } from './rvc.ts';
import { ZICSR } from './zicsr.ts';
import { ZIFENCEI } from './zifencei.ts';

const EXTENSIONS: readonly (readonly [Extension, readonly Row[]])[] = [
  ['I', RV64I],
  ['M', RV64M],
  ['A', RV64A],
  ['F', RV64F],
  ['D', RV64D],
  ['Zicsr', ZICSR],
  ['Zifencei', ZIFENCEI],
];

/** Every instruction that executes; `INSNS[i].index === i`. */
export const INSNS: readonly Insn[] = EXTENSIONS.flatMap(([extension, rows]) =>
  rows.map((row) => ({ ...row, extension })),
).map((row, index) => ('run' in row ? { ...row, index } : bug(`${row.name} does not execute`)));

/** Every compressed instruction. */
export const SHORT_INSNS: readonly ShortInsn[] = RVC.map((row) =>
  'as' in row ? { ...row, extension: 'C' } : bug(`${row.name} stands for nothing`),
);

/** Every row by its mnemonic. */
export const BY_NAME: ReadonlyMap<string, Insn | ShortInsn> = new Map(
  [...INSNS, ...SHORT_INSNS].map((row) => [row.name, row]),
);
