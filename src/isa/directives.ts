/** What the assembler's directives do, one row each. */

import { unescaped } from './expression.ts';
import {
  complain,
  constantOf,
  define,
  emit,
  emitText,
  here,
  type Reading,
  SECTIONS,
  type SectionName,
} from './reading.ts';

type Directive = (reading: Reading, operands: readonly string[]) => void;

const data =
  (size: number): Directive =>
  (reading, operands) => {
    for (const operand of operands) emit(reading, constantOf(reading, operand), size);
  };

const text =
  (end: string): Directive =>
  (reading, operands) => {
    for (const operand of operands) {
      const inner = /^"([\s\S]*)"$/.exec(operand)?.[1];
      if (inner === undefined) complain(reading, `${operand} is no string`, 'Put it in double quotes.');
      else
        emitText(
          reading,
          inner.replace(/\\([0-7]{1,3}|x[0-9a-f]{1,2}|[\s\S])/g, (_, code) => characterOf(code)) + end,
        );
    }
  };

/** A byte that is no ASCII is given as the surrogate that stands for it (see `encodeUtf8`). */
function characterOf(code: string): string {
  if (!/^([0-7]|x.)/.test(code)) return unescaped(code);
  const byte = code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) & 255;
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

const section =
  (name: SectionName): Directive =>
  (reading) => {
    reading.section = name;
  };

/** `.section .rodata.str1.8,"aMS"` goes where `.rodata` goes. */
const namedSection: Directive = (reading, [name = '']) => {
  const known = SECTIONS.find(
    (each) => name === each || name.startsWith(`${each}.`) || name === each.replace('.', '.s'),
  );
  if (known) reading.section = known;
  else complain(reading, `unknown section '${name}'`, `There are ${SECTIONS.join(', ')}.`);
};

const MOST = 2 ** 24;

const fill: Directive = (reading, [count = '', value = '0']) => {
  const times = Number(constantOf(reading, count));
  if (times < 0 || times > MOST) complain(reading, `cannot fill ${times} bytes`, `At most ${MOST}.`);
  else for (let i = 0; i < times; i++) emit(reading, constantOf(reading, value), 1);
};

/** To a multiple of a power of two: with nops in code, with zeros elsewhere. */
const align =
  (bytes: (operand: number) => number): Directive =>
  (reading, [operand = '']) => {
    const unit = bytes(Number(constantOf(reading, operand)));
    if (unit < 1 || unit > 4096 || !Number.isInteger(Math.log2(unit)))
      return complain(reading, `cannot align to ${unit} bytes`, 'Use a power of two up to 4096.');
    const gap = () => Number(here(reading) % BigInt(unit));
    while (gap() !== 0) {
      if (reading.section === '.text' && Number(here(reading) % 4n) === 0 && unit - gap() >= 4)
        emit(reading, 0x13n, 4);
      else if (reading.section === '.text' && unit - gap() >= 2) emit(reading, 1n, 2);
      else emit(reading, 0n, 1);
    }
  };

const equ: Directive = (reading, [name = '', value = '']) => {
  reading.symbols.delete(name);
  define(reading, name, constantOf(reading, value));
};

const globl: Directive = (reading, names) => {
  for (const name of names) reading.globals.add(name);
};

const ignored: Directive = () => {};

/** By name. Those that only describe the program to a linker or a debugger do nothing. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  '.text': section('.text'),
  '.rodata': section('.rodata'),
  '.data': section('.data'),
  '.bss': section('.bss'),
  '.section': namedSection,
  '.globl': globl,
  '.global': globl,
  '.byte': data(1),
  '.half': data(2),
  '.short': data(2),
  '.2byte': data(2),
  '.word': data(4),
  '.long': data(4),
  '.4byte': data(4),
  '.dword': data(8),
  '.quad': data(8),
  '.8byte': data(8),
  '.ascii': text(''),
  '.asciz': text('\0'),
  '.string': text('\0'),
  '.zero': fill,
  '.skip': fill,
  '.space': fill,
  '.align': align((power) => 2 ** power),
  '.p2align': align((power) => 2 ** power),
  '.balign': align((bytes) => bytes),
  '.equ': equ,
  '.set': equ,
  '.option': ignored,
  '.attribute': ignored,
  '.file': ignored,
  '.ident': ignored,
  '.local': ignored,
  '.size': ignored,
  '.type': ignored,
  '.weak': ignored,
};
