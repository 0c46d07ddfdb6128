/** The page of a timeline, with what was found by looking at the machine at some moments of the run. */
import type { Moment, Recording } from '../host-node/index.ts';
import { type Look, type Timeline, timelinePage, type Window } from '../timeline/index.ts';
import { mapsLines, pcbLines, safe } from '../views/index.ts';
import type { Language } from '../words/index.ts';
import type { Picture } from './timeline-formats.ts';

/** More would make the page large, and its making long. */
const MOST_LOOKS = 32;
/** Of them so many at equal distances, the others where something begins or ends. */
const REGULAR = 8;
const MOST_TASKS = 64;

export async function asPage({ recording, timeline, window, language }: Picture): Promise<string> {
  const looks: Look[] = [];
  for await (const look of looksAt(recording, momentsOf(timeline, window), language)) looks.push(look);
  const [first] = recording.info.programs;
  const program = safe(first?.argv.join(' ') ?? '');
  return timelinePage(timeline, window, looks, { program, language });
}

/** Moments worth a look: behind forks, executions and ends, and at equal distances. */
function momentsOf(timeline: Timeline, { from, to }: Window): Moment[] {
  const marks = timeline.lanes.flatMap(({ marks }) => marks.filter(({ kind }) => kind !== 'signal'));
  const forks = timeline.flows.filter(({ kind }) => kind === 'fork');
  const events = [...marks, ...forks].filter(({ at }) => at >= from && at <= to);
  const sparse = events.sort((a, b) => a.event - b.event);
  const step = Math.max(1, sparse.length / (MOST_LOOKS - REGULAR));
  const chosen = Array.from({ length: Math.min(sparse.length, MOST_LOOKS - REGULAR) }, (_, i) => {
    const { at, event } = sparse[Math.floor(i * step)]!;
    return { at, moment: { event } as Moment };
  });
  const regular = Array.from({ length: REGULAR }, (_, i) => {
    const at = Math.round(from + ((to - from) * (i + 0.5)) / REGULAR);
    return { at, moment: at as Moment };
  });
  return [...chosen, ...regular].sort((a, b) => a.at - b.at).map(({ moment }) => moment);
}

const STYLE = { width: 110, isUnicode: true };

async function* looksAt(
  recording: Recording,
  moments: readonly Moment[],
  language: Language,
): AsyncGenerator<Look, void, void> {
  for await (const machine of recording.through(moments)) {
    const { time } = machine;
    const pcbs: Record<number, readonly string[]> = {};
    const maps: Record<number, readonly string[]> = {};
    const processes = machine.inspect().processes.filter(({ state }) => state === 'live');
    for (const { pid, threads } of processes.slice(0, MOST_TASKS))
      for (const { tid } of threads.slice(0, MOST_TASKS)) {
        const pcb = machine.pcb(tid);
        if (pcb === undefined) continue;
        pcbs[tid] = pcbLines(pcb, time, language, STYLE);
        if (tid === pid && pcb.memory !== null) maps[pid] = mapsLines(pcb, language, STYLE);
      }
    yield { at: time, pcbs, maps };
  }
}
