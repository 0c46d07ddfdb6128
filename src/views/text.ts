/** Text for people: names made safe for a terminal, numbers with units, columns. */
import stringWidth from 'string-width';

/** What a view as text is made with. */
export interface TextStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** Lines and blocks of Unicode, or ASCII where the terminal has none. */
  readonly isUnicode: boolean;
}

/** A guest's text as one line, with nothing in it that a terminal would obey. */
export { safe } from '../base/index.ts';

export const hex = (number: number): string => `0x${number.toString(16)}`;

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;

/** A virtual time with three digits and its unit. */
export function inTime(nanos: number): string {
  if (nanos === 0) return '0';
  const [scale, unit] = UNITS.find(([least]) => nanos >= least) ?? UNITS[3];
  return `${Number((nanos / scale).toPrecision(3))} ${unit}`;
}

/** Bytes in KiB. */
export const inKib = (bytes: number): string => `${Number((bytes / 1024).toFixed(1))} KiB`;

/** Columns of the terminal that a text takes. */
export const widthOf = (text: string): number => stringWidth(text);

/** Pads to a number of columns of the terminal: Hangul takes two. */
export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - stringWidth(text))) + text;

/** Cuts to a number of columns; what was cut shows as an ellipsis. */
export function cut(text: string, columns: number, { isUnicode }: TextStyle): string {
  if (stringWidth(text) <= columns) return text;
  const mark = isUnicode ? '…' : '~';
  let kept = '';
  let used = 1;
  for (const letter of text) {
    used += stringWidth(letter);
    if (used > columns) break;
    kept += letter;
  }
  return kept + mark;
}

const LINES = { branch: '├─ ', last: '└─ ', pass: '│  ', none: '   ' };
const ASCII = { branch: '|- ', last: '`- ', pass: '|  ', none: '   ' };

/** What trees are drawn with. */
export const treeMarks = ({ isUnicode }: TextStyle) => (isUnicode ? LINES : ASCII);

/** A column: its head, and whether it holds numbers. The last one takes what room is left. */
export interface Column {
  readonly head: string;
  readonly align?: 'right';
}

/** Rows under their heads, as wide as they must be, no wider than the terminal. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TextStyle,
): string[] {
  const widths = columns.map(({ head }, i) =>
    Math.max(stringWidth(head), ...rows.map((row) => stringWidth(row[i]!))),
  );
  const line = (cells: readonly string[]) =>
    cut(
      cells
        .map((cell, i) =>
          columns[i]!.align === 'right' ? padStart(cell, widths[i]!) : padEnd(cell, widths[i]!),
        )
        .join('  ')
        .trimEnd(),
      style.width,
      style,
    );
  return [line(columns.map(({ head }) => head)), ...rows.map(line)];
}

/** Facts under each other: a name, and what it is. A value that is too long goes on below itself. */
export function facts(
  entries: readonly (readonly [name: string, value: string])[],
  style: TextStyle,
): string[] {
  const left = Math.max(...entries.map(([name]) => stringWidth(name)));
  const room = Math.max(8, style.width - left - 2);
  return entries.flatMap(([name, value]) =>
    wrap(value, room).map((line, i) => `${padEnd(i === 0 ? name : '', left)}  ${line}`.trimEnd()),
  );
}

/** Lines of at most so many columns, broken at spaces where there are any. */
export function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' '))
    for (const [i, piece] of pieces(word, columns).entries()) {
      const last = lines.at(-1)!;
      const longer = last === '' ? piece : `${last} ${piece}`;
      if (last === '' || (i === 0 && stringWidth(longer) <= columns)) lines[lines.length - 1] = longer;
      else lines.push(piece);
    }
  return lines;
}

function pieces(word: string, columns: number): string[] {
  const found = [''];
  for (const letter of word) {
    if (stringWidth(found.at(-1)! + letter) > columns) found.push('');
    found[found.length - 1] += letter;
  }
  return found;
}
