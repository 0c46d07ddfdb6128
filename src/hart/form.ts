/**
 * The forms in which rows are interpreted: each has a handler of its own. A long row has one with all operands
 * read from the operation; a short row has one in which the operands it fixes are known (c.mv is `add` with rs1
 * known to be x0, c.ldsp is `ld` with rs1 known to be sp). Rows that jump by an offset have a second form for
 * targets in the same page, and rows that round one for rounding modes that hardware does not have.
 */
import {
  type Decoded,
  INSNS,
  type Insn,
  type Operand,
  parseExpansion,
  SHORT_INSNS,
  type ShortInsn,
} from '../isa/index.ts';
import { FIELD_AT } from './operation.ts';

/** An operand: fixed by the row, or the place of its field in the operation. */
export type Token = { readonly known: number } | { readonly at: number };

/** Special ways to interpret a row. */
export type Twist = 'plain' | 'near' | 'rounded';

export interface Form {
  readonly name: string;
  /** Number of the handler. */
  readonly handler: number;
  readonly insn: Insn;
  readonly size: 2 | 4;
  readonly tokens: Readonly<Record<string, Token>>;
  readonly twist: Twist;
  /** Number of the handler for targets in the same page, or 0. */
  readonly nearHandler: number;
  /** The operands that lie in the operation. */
  readonly fields: readonly Operand[];
}

/** Handlers that belong to no row. */
export const UNDECODED = 0;
export const LEAVE_PAGE = 1;
export const STRADDLE = 2;
export const ILLEGAL = 3;
/** Compiled code may begin here: the operation's own handler stands in its mark. */
export const MARKED = 4;
/** Number of the first form's handler. */
export const FIRST_FORM = 5;

const JUMPS = new Set(['jal', 'beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu']);

/** The twists a row has; the forms of a row lie in this order. */
export function twistsOf(insn: Insn): readonly Twist[] {
  if (insn.operands.some(({ name }) => name === 'rm')) return ['plain', 'rounded'];
  return JUMPS.has(insn.name) ? ['plain', 'near'] : ['plain'];
}

const fieldTokens = (insn: Insn): Record<string, Token> =>
  Object.fromEntries(insn.operands.map(({ name }) => [name, { at: FIELD_AT[name] }]));

type Numbers = 'handler' | 'nearHandler';
const newForm = (form: Omit<Form, 'fields' | Numbers>): Omit<Form, Numbers> => ({
  ...form,
  fields: form.insn.operands.filter(({ name, kind }) => kind !== 'hint' && 'at' in form.tokens[name]!),
});

function formsOf(row: Insn | ShortInsn): Omit<Form, Numbers>[] {
  if ('run' in row)
    return twistsOf(row).map((twist) =>
      newForm({ name: row.name, insn: row, size: 4, tokens: fieldTokens(row), twist }),
    );
  const { insn, from } = parseExpansion(row.as, row.pattern.fields);
  const tokens = fieldTokens(insn);
  for (const [to, source] of from) if (typeof source === 'number') tokens[to.name] = { known: source };
  return twistsOf(insn).map((twist) => newForm({ name: row.name, insn, size: 2, tokens, twist }));
}

/** All forms, by the numbers of their handlers from `FIRST_FORM` on. */
export const FORMS: readonly Form[] = [...INSNS, ...SHORT_INSNS].flatMap(formsOf).map((form, i) => ({
  ...form,
  handler: FIRST_FORM + i,
  nearHandler: form.twist === 'plain' && JUMPS.has(form.insn.name) ? FIRST_FORM + i + 1 : 0,
}));

const PLAIN: ReadonlyMap<string, Form> = new Map(
  FORMS.filter(({ twist }) => twist !== 'near' && twist !== 'rounded').map((form) => [form.name, form]),
);

/** The rounding modes that hardware may have: to nearest, and the dynamic one while it is to nearest. */
const isNearest = (rm: number): boolean => rm === 0 || rm === 7;

/** The form of an instruction, as long as its target is not known to be near. */
export function formOf({ row, args }: Decoded): Form {
  const plain = PLAIN.get(row.name)!;
  return args.rm === undefined || isNearest(args.rm) ? plain : FORMS[plain.handler - FIRST_FORM + 1]!;
}
