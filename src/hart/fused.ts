/**
 * Pairs of forms that often follow each other: the first's operation names a handler that does both, which saves
 * a turn of the loop. Such a handler is made of the two rows; the operation of the second stays what it is, for
 * those who jump to it.
 *
 * The pairs are those executed most in Debian's CPython and in `bench/kernels`. A star marks a jump in the page.
 */
import { FIRST_FORM, FORMS, type Form } from './form.ts';

const PAIRS = `
  c.sdsp c.sdsp     c.ldsp c.ldsp     c.mv c.mv         c.addi16sp c.jr   c.ldsp c.addi16sp c.addi16sp c.sdsp
  c.ldsp c.mv       c.mv c.ldsp       c.sdsp c.mv       c.mv c.sdsp       c.addi c.sdsp     c.sdsp c.addi4spn
  c.mv jal          c.ld c.mv         ld c.mv           c.mv c.beqz*      c.mv beq*         c.li c.mv
  c.li c.li         c.li beq*         c.li bne*         c.ld c.beqz*      c.ld c.bnez*      c.ld beq*
  c.ld bne*         c.lw c.beqz*      c.lw c.bnez*      lbu c.beqz*       lbu c.bnez*       lbu beq*
  lbu bne*          c.addi bne*       c.addi beq*       c.addi blt*       c.addi bltu*      addi bltu*
  addi bne*         c.addiw bne*      c.andi c.beqz*    c.andi c.bnez*    andi c.beqz*      and c.beqz*
  c.and c.beqz*     c.add c.ld        c.add c.lw        c.add c.sd        c.add ld          add c.ld
  c.slli c.add      slli add          slli c.add        c.slli c.srli     c.addi c.add      c.addi c.addi
  c.ld c.ld         ld ld             c.sd c.sd         sd sd             lbu lbu           lwu lwu
  c.ld c.addi       ld c.addi         c.ld c.sd         c.sd c.ld         c.lw c.add        sb c.addi
  c.lw c.addi       lw c.addi         lui addi          auipc ld          auipc addi        auipc jalr
  c.add srli        addiw addiw       slliw srliw       srliw slliw       slliw or          srliw or
  or or             xor xor           and or            or slliw          xor addw          c.addw addw
  c.addiw addw      c.fld c.fld       c.fld addi        fmadd.d bne*      c.ld c.j*         c.sd c.j*
  c.add c.jr        c.ld c.jr         mul c.addi        mul c.add         c.srli c.j*       srli sd
`
  .trim()
  .split(/\s{2,}|\n/)
  .filter((pair) => pair !== '');

/** Two forms that one handler does, and the numbers of their own handlers. */
export interface Fused {
  readonly first: Form;
  readonly second: Form;
  readonly numbers: readonly [number, number];
}

function find(name: string): readonly [Form, number] {
  const twist = name.endsWith('*') ? 'near' : 'plain';
  const index = FORMS.findIndex((form) => form.twist === twist && form.name === name.replace('*', ''));
  return [FORMS[index]!, FIRST_FORM + index];
}

/** The pairs; the handler of `FUSED[i]` has number `FIRST_FUSED + i`. */
export const FUSED: readonly Fused[] = PAIRS.map((pair) => {
  const [[first, a], [second, b]] = pair.split(' ').map(find) as [
    readonly [Form, number],
    readonly [Form, number],
  ];
  return { first, second, numbers: [a, b] };
});

/** Number of the first pair's handler. */
export const FIRST_FUSED = FIRST_FORM + FORMS.length;
/** How many handlers there are. */
export const HANDLERS = FIRST_FUSED + FUSED.length;

const BY_NUMBERS = new Uint16Array(FIRST_FUSED * FIRST_FUSED);
for (const [i, { numbers }] of FUSED.entries())
  BY_NUMBERS[numbers[0] * FIRST_FUSED + numbers[1]] = FIRST_FUSED + i;

/** The form's own handler, where a pair's was named. */
const own = (number: number): number =>
  number < FIRST_FUSED ? number : FUSED[number - FIRST_FUSED]!.numbers[0];

/** The handler of two that follow each other, or 0 when there is none. */
export const fusedHandler = (first: number, second: number): number =>
  BY_NUMBERS[own(first) * FIRST_FUSED + own(second)]!;
