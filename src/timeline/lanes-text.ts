/** Lanes as text: a scale, a row of cells for each task, what the cells mean. */
import { cut, padEnd, padStart, type TextStyle, widthOf } from '../views/index.ts';
import { type Language, STATE_LOOKS, type StateLook, term } from '../words/index.ts';
import { type Cell, cellsOf, runsOf } from './cells.ts';
import { instantText } from './labels.ts';
import type { LaneTimes } from './lane-times.ts';

export interface LanesStyle extends TextStyle {
  readonly language: Language;
  /** Colours a text by what it stands for. */
  readonly colour: (ansi: StateLook['ansi'], text: string) => string;
}

export interface TextLane {
  /** One line, with nothing in it that a terminal would obey. */
  readonly label: string;
  readonly times: LaneTimes;
}

const LEAST_LANE = 8;
const MOST_LABEL = 20;

/** Ran for less than half of a cell. */
export const PARTLY = ['▄', '+'] as const;

const signOf = (cell: Exclude<Cell, 'gone'>, { isUnicode }: TextStyle): string =>
  (cell === 'partly' ? PARTLY : STATE_LOOKS[cell].cell)[isUnicode ? 0 : 1];

const ansiOf = (cell: Exclude<Cell, 'gone'>): StateLook['ansi'] =>
  STATE_LOOKS[cell === 'partly' ? 'running' : cell].ansi;

/** How many columns labels take, and how many are left for cells. */
export function columnsOf(labels: readonly string[], { width }: TextStyle): { head: number; cells: number } {
  const most = Math.min(MOST_LABEL, Math.max(4, width - LEAST_LANE - 1));
  const head = Math.min(most, Math.max(4, ...labels.map(widthOf))) + 1;
  return { head, cells: Math.max(LEAST_LANE, width - head - 1) };
}

/** The instants at both ends, above the cells; where these are too few, at the end of the line. */
export function scaleLine(
  from: number,
  to: number,
  { head, cells }: { readonly head: number; readonly cells: number },
  style: TextStyle,
): string {
  const [left, right] = [instantText(from, { from, to }), instantText(to, { from, to })];
  const room = cells - widthOf(left) - widthOf(right);
  if (room > 0) return ' '.repeat(head) + left + ' '.repeat(room) + right;
  const dash = style.isUnicode ? '–' : '-';
  return cut(padStart(`${left} ${dash} ${right}`, head + cells), head + cells, style);
}

/** A lane: its label and its cells; neighbours of the same state are coloured at once. */
export function laneLine(
  { label, times }: TextLane,
  from: number,
  to: number,
  { head, cells }: { head: number; cells: number },
  style: LanesStyle,
): string {
  const runs = runsOf(cellsOf(times, from, to, cells));
  if (runs.at(-1)?.cell === 'gone') runs.pop();
  const text = runs.map(({ cell, length }) =>
    cell === 'gone' ? ' '.repeat(length) : style.colour(ansiOf(cell), signOf(cell, style).repeat(length)),
  );
  return padEnd(cut(label, head - 1, style), head) + text.join('');
}

/** What the cells mean, wrapped to the width. */
export function legendLines(
  states: readonly Exclude<Cell, 'gone'>[],
  head: number,
  style: LanesStyle,
): string[] {
  const indent = Math.min(head, 4);
  const lines: string[] = [];
  let [line, used] = ['', 0];
  for (const state of states) {
    const word = term(state, style.language);
    const columns = 2 + widthOf(word);
    if (used > 0 && indent + used + 3 + columns > style.width) {
      lines.push(line);
      [line, used] = ['', 0];
    }
    line += `${used > 0 ? '   ' : ''}${style.colour(ansiOf(state), signOf(state, style))} ${word}`;
    used += (used > 0 ? 3 : 0) + columns;
  }
  return [...lines, line].map((text) => ' '.repeat(indent) + text);
}
