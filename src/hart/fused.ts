/**
 * Chains of forms that often follow each other: the first's operation names a handler that does them all, which
 * saves turns of the loop. Such a handler is made of the rows; the operations of the others stay what they are, for
 * those who jump to them.
 *
 * The chains are those executed most in Debian's CPython and bash and in `bench/kernels`; every beginning of a
 * chain is one too. A star marks a jump inside the page. More or longer ones gained nothing, and beyond some 35 KB
 * of run loop V8 (11.3) allocates its registers in haste, which made everything 1.6 times slower.
 */
import { FIRST_FORM, FORMS, type Form } from './form.ts';

const CHAINS = `
  c.ldsp c.addi16sp c.jr              slli add c.ld     c.slli c.add c.ld c.mv c.mv jal     auipc ld jalr
  sb c.addi bne*    add c.ld bne*     c.lw c.add c.jr   c.ld c.addi16sp
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
  .filter((chain) => chain !== '')
  .map((chain) => chain.split(' ').map(find));

/** Forms that one handler does. */
export interface Fused {
  readonly forms: readonly Form[];
  readonly handler: number;
}

function find(name: string): Form {
  const twist = name.endsWith('*') ? 'near' : 'plain';
  return FORMS.find((form) => form.twist === twist && form.name === name.replace('*', ''))!;
}

const FIRST_FUSED = FIRST_FORM + FORMS.length;

/** From a handler, and the form behind what it does, to the handler of both. */
const next = new Map<number, number>();
const keyOf = (handler: number, form: number): number => handler * FIRST_FUSED + form;

function chains(): readonly Fused[] {
  const found: Fused[] = [];
  for (const chain of CHAINS) {
    let handler = chain[0]!.handler;
    for (const [i, form] of chain.entries()) {
      if (i === 0) continue;
      const key = keyOf(handler, form.handler);
      handler = next.get(key) ?? FIRST_FUSED + found.length;
      if (!next.has(key)) found.push({ forms: chain.slice(0, i + 1), handler });
      next.set(key, handler);
    }
  }
  return found;
}

/** The chains by their handlers' numbers, which follow those of the forms. */
export const FUSED: readonly Fused[] = chains();
/** How many handlers there are. */
export const HANDLERS = FIRST_FUSED + FUSED.length;

/** The most operations a handler does. */
export const LONGEST = Math.max(...CHAINS.map((chain) => chain.length));

const NEXT = new Uint16Array(HANDLERS * FIRST_FUSED);
for (const [key, handler] of next) NEXT[key] = handler;

/** How many operations a handler does. */
export const lengthOf = (handler: number): number =>
  handler < FIRST_FUSED ? 1 : FUSED[handler - FIRST_FUSED]!.forms.length;

/** The form's own handler, where a chain's is named. */
export const ownHandler = (handler: number): number =>
  handler < FIRST_FUSED ? handler : FUSED[handler - FIRST_FUSED]!.forms[0]!.handler;

/** The handler of what one does and the operation behind it, or 0 when there is none. */
export const fusedHandler = (handler: number, form: number): number => NEXT[keyOf(handler, form)]!;
