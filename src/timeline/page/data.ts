/** What the page holds: lanes as lists of numbers, reasons as a table of texts. */
import { type Language, STATE_LOOKS, term } from '../../words/index.ts';
import { cellsOf, runsOf } from '../cells.ts';
import { causeText, flowText, label, markText, nameOf, switchText } from '../labels.ts';
import { timesOf } from '../lane-times.ts';
import type { Slice, SliceState, Stay, TaskLane, Timeline } from '../model.ts';
import { lanesIn, type Window } from '../window.ts';

/** What was found by looking at the machine at a moment: texts of PCBs by task, of memory maps by process. */
export interface Look {
  readonly at: number;
  readonly pcbs: Readonly<Record<number, readonly string[]>>;
  readonly maps: Readonly<Record<number, readonly string[]>>;
}

export const STATES: readonly SliceState[] = ['running', 'ready', 'blocked', 'stopped', 'zombie'];

/** More stays than this in all are told by what most of each of so many parts was. */
const MOST_STAYS = 100_000;
const PARTS = 4000;
const MOST_FLOWS = 20_000;
/** Of a task. */
const MOST_MARKS = 2000;

/** Texts that come up again and again, by their places. */
class Texts {
  readonly list: string[] = [''];
  readonly #places = new Map<string, number>([['', 0]]);

  at(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

type Numbers = readonly number[];

/** The data of a page. A stay is [from, to, state, cpu, reason], one on a CPU [from, to, tid, cost, reason]. */
export function pageData(timeline: Timeline, window: Window, looks: readonly Look[], language: Language) {
  const lanes = lanesIn(timeline, window);
  const texts = new Texts();
  const stays = lanes.reduce((sum, { slices }) => sum + slices.length, 0);
  const isCoarse = stays > MOST_STAYS;
  const tids = new Set(lanes.map(({ life }) => life.tid));
  const tasks = lanes.map((lane) => ({
    ...lifeOf(lane),
    name: nameOf(lane),
    slices: isCoarse
      ? coarse(lane.slices, window)
      : lane.slices.map((slice) => numbers(slice, texts, language)),
    marks: lane.marks
      .filter(({ kind }) => kind !== 'exit')
      .slice(0, MOST_MARKS)
      .map((mark) => [mark.kind, mark.at, texts.at(`${label(mark.kind, language)} ${markText(mark)}`)]),
  }));
  const flows = timeline.flows
    .filter(({ at, from, to }) => at >= window.from && at <= window.to && tids.has(from) && tids.has(to))
    .slice(0, MOST_FLOWS)
    .map((flow) => [
      flow.kind,
      flow.at,
      flow.from,
      flow.to,
      texts.at(`${label(flow.kind, language)}: ${flowText(flow, language)}`),
    ]);
  const cpus = timeline.cpus.map((all) =>
    isCoarse ? [] : all.map((stay) => stayNumbers(stay, texts, language)),
  );
  const states = STATES.map((name) => ({ name, word: term(name, language), sign: STATE_LOOKS[name].sign }));
  return { from: window.from, to: window.to, isCoarse, tasks, cpus, flows, looks, states, texts: texts.list };
}

export type PageData = ReturnType<typeof pageData>;

const lifeOf = ({ life }: TaskLane) => ({
  tid: life.tid,
  pid: life.pid,
  madeBy: life.madeBy,
  born: life.born,
  adoptions: life.adoptions.map(({ time, by }) => [time, by]),
});

const numbers = ({ from, to, state, cpu, cause }: Slice, texts: Texts, language: Language): Numbers => [
  from,
  to,
  STATES.indexOf(state),
  cpu,
  texts.at(causeText(cause, language)),
];

const stayNumbers = (stay: Stay, texts: Texts, language: Language): Numbers => [
  stay.from,
  stay.to,
  stay.tid,
  stay.switched?.cost ?? 0,
  texts.at(switchText(stay, language)),
];

function coarse(slices: readonly Slice[], { from, to }: Window): Numbers[] {
  const step = (to - from) / PARTS;
  return runsOf(cellsOf(timesOf(slices), from, to, PARTS)).flatMap(({ cell, at, length }) => {
    if (cell === 'gone') return [];
    const state = cell === 'partly' ? 'running' : cell;
    return [[from + at * step, from + (at + length) * step, STATES.indexOf(state), -1, 0]];
  });
}
