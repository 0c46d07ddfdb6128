/** futex(2) as strace prints it: the operation says which arguments there are, and what they mean. */
import { type Arg, asInt, asUint, asUnsigned64, type Kernel } from '../../kernel/index.ts';
import { inTimespec, pointer } from '../args.ts';

const PRIVATE = 128;
const CLOCK_REALTIME = 256;

/** What the third to the sixth argument are: a number, flags in hexadecimal, a time, an address, the code of FUTEX_WAKE_OP. */
type Kind = 'count' | 'bits' | 'word' | 'time' | 'address' | 'code';
type Kinds = readonly (Kind | null)[];

/** By operation, in the order of their numbers. */
const OPERATIONS: readonly (readonly [name: string, ...kinds: Kinds])[] = [
  ['FUTEX_WAIT', 'count', 'time'],
  ['FUTEX_WAKE', 'count'],
  ['FUTEX_FD', 'count'],
  ['FUTEX_REQUEUE', 'count', 'count', 'address'],
  ['FUTEX_CMP_REQUEUE', 'count', 'count', 'address', 'count'],
  ['FUTEX_WAKE_OP', 'count', 'count', 'address', 'code'],
  ['FUTEX_LOCK_PI', null, 'time'],
  ['FUTEX_UNLOCK_PI'],
  ['FUTEX_TRYLOCK_PI'],
  ['FUTEX_WAIT_BITSET', 'count', 'time', null, 'bits'],
  ['FUTEX_WAKE_BITSET', 'count', null, null, 'bits'],
  ['FUTEX_WAIT_REQUEUE_PI', 'count', 'time', 'address'],
  ['FUTEX_CMP_REQUEUE_PI', 'count', 'count', 'address', 'count'],
  ['FUTEX_LOCK_PI2', null, 'time'],
];
/** Of an operation that nobody knows, all are shown. */
const UNKNOWN: Kinds = ['count', 'address', 'address', 'word'];

const rowOf = (k: Kernel) => OPERATIONS[k.call.words[2]! & ~(PRIVATE | CLOCK_REALTIME)];

export const futexOperation: Arg<number> = {
  decode: asInt,
  show(op, k) {
    const name = rowOf(k)?.[0];
    if (name === undefined) return `0x${(op >>> 0).toString(16)} /* FUTEX_??? */`;
    return name + (op & PRIVATE ? '_PRIVATE' : '') + (op & CLOCK_REALTIME ? '|FUTEX_CLOCK_REALTIME' : '');
  },
};

const CODE_OPS = ['SET', 'ADD', 'OR', 'ANDN', 'XOR'];
const CODE_COMPARISONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'];

/** The word that says what FUTEX_WAKE_OP does to the second word, and how it compares what was there. */
function codeText(code: number): string {
  const [op, argument] = [(code >>> 28) & 7, (code >>> 12) & 0xfff];
  const [comparison, compared] = [(code >>> 24) & 15, code & 0xfff];
  const shift = code & (8 << 28) ? 'FUTEX_OP_OPARG_SHIFT<<28|' : '';
  const opName = CODE_OPS[op];
  const first =
    opName === undefined ? `0x${op.toString(16)}<<28 /* FUTEX_OP_??? */` : `FUTEX_OP_${opName}<<28`;
  const comparisonName = CODE_COMPARISONS[comparison];
  const second =
    comparisonName === undefined
      ? `0x${comparison.toString(16)}<<24 /* FUTEX_OP_CMP_??? */`
      : `FUTEX_OP_CMP_${comparisonName}<<24`;
  const hex = (n: number) => (n === 0 ? '0' : `0x${n.toString(16)}`);
  return `${shift}${first}|${hex(argument)}<<12|${second}|${hex(compared)}`;
}

const SHOW: Readonly<Record<Kind, (value: number, k: Kernel) => string>> = {
  count: (value) => String(asUint(value | 0)),
  bits: (value) => {
    const bits = asUint(value | 0);
    return bits === 0xffffffff ? 'FUTEX_BITSET_MATCH_ANY' : bits === 0 ? '0' : `0x${bits.toString(16)}`;
  },
  word: (value) => String(asUint(value | 0)),
  time: (value, k) => inTimespec.show(value, k, null),
  address: (value, k) => pointer.show(value, k, null),
  code: (value) => codeText(asUint(value | 0)),
};

const FIRST = 2;
/** The fourth and the fifth argument. */
export const futexValue: Arg<number> = {
  decode: asUnsigned64,
  show(value, k, _result, shown) {
    const row = rowOf(k);
    const kind = (row === undefined ? UNKNOWN : (row.slice(1) as Kinds))[shown!.index - FIRST];
    return kind === undefined || kind === null ? '' : SHOW[kind](value, k);
  },
};

/** The same of 32 bits: the value that is looked for, and the sixth. */
export const futexWord: Arg<number> = { ...futexValue, decode: asUint };
