/** How `li` builds a 64-bit constant: the usual chain of lui, addi(w), slli and addi. */

/** One instruction of the chain; every one reads and writes the same register, the first reads zero. */
export interface Step {
  readonly name: 'lui' | 'addi' | 'addiw' | 'slli';
  readonly value: number;
}

/** The chain for a constant (either sign of the same 64 bits). */
export function loadImmediate(constant: bigint): readonly Step[] {
  const value = BigInt.asIntN(64, constant);
  const low = Number(BigInt.asIntN(12, value));
  if (value === BigInt.asIntN(32, value)) {
    const upper = Number(BigInt.asIntN(32, value - BigInt(low)));
    const lower: Step[] =
      low !== 0 || upper === 0 ? [{ name: upper === 0 ? 'addi' : 'addiw', value: low }] : [];
    return upper === 0 ? lower : [{ name: 'lui', value: upper }, ...lower];
  }
  let rest = (value - BigInt(low)) >> 12n;
  let shift = 12;
  while ((rest & 1n) === 0n) {
    rest >>= 1n;
    shift++;
  }
  const tail: Step[] = low !== 0 ? [{ name: 'addi', value: low }] : [];
  return [...loadImmediate(rest), { name: 'slli', value: shift }, ...tail];
}
