/**
 * A timeline as a trace of Perfetto (.pftrace): states of tasks by its events for kernels other than Linux, so that its
 * page shows CPUs, processes and threads as it does for Linux; arrows and counters as track events. The numbers of
 * fields are those of protos/perfetto/trace (trace_packet.proto, generic_kernel, track_event).
 */
import { PbfWriter } from 'pbf';
import type { Language } from '../words/index.ts';
import { term } from '../words/index.ts';
import { type Change, changesIn, countsOf } from './changes.ts';
import { causeText, flowText, label, markText, nameOf } from './labels.ts';
import type { Flow, TaskLane, Timeline } from './model.ts';
import { lanesIn, type Window } from './window.ts';

/** All packets are of one writer. */
const SEQUENCE = 1;

/** GenericKernelTaskStateEvent.TaskStateEnum. */
const STATE = { ready: 2, running: 3, blocked: 4, stopped: 6, zombie: 7, gone: 8 } as const;

/** TrackEvent.Type. */
const TYPE = { instant: 3, counter: 4 } as const;

const COUNTED = ['running', 'ready', 'blocked'] as const;
/** Tracks of counters come first, those of tasks behind them. */
const FIRST_TRACK = COUNTED.length + 1;

type Fill = (writer: PbfWriter) => void;

const message = (writer: PbfWriter, field: number, fill: Fill): void =>
  writer.writeMessage(field, (_: null, inner: PbfWriter) => fill(inner), null);

class Trace {
  readonly #writer = new PbfWriter();

  /** Adds a packet: its time, and its content in the field of that number. */
  packet(at: number, field: number, fill: Fill): void {
    message(this.#writer, 1, (packet) => {
      packet.writeVarintField(8, at);
      packet.writeVarintField(10, SEQUENCE);
      message(packet, field, fill);
    });
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

/** The trace as bytes. */
export function perfettoTrace(timeline: Timeline, window: Window, language: Language): Uint8Array {
  const trace = new Trace();
  const lanes = lanesIn(timeline, window);
  const tracks = new Map(lanes.map((lane, i) => [lane.life.tid, FIRST_TRACK + i]));
  for (const lane of lanes) describe(trace, lane, tracks.get(lane.life.tid)!, window);
  const changes = changesIn(timeline, window);
  for (const change of changes) tellState(trace, change);
  for (const lane of lanes) tellMarks(trace, lane, tracks.get(lane.life.tid)!, window, language);
  for (const flow of timeline.flows)
    if (flow.at >= window.from && flow.at <= window.to) tellFlow(trace, flow, tracks, language);
  tellCounts(trace, changes, language);
  return trace.finish();
}

/** A process or thread, and the track of what happens to it. */
function describe(trace: Trace, lane: TaskLane, track: number, { from }: Window): void {
  const { pid, tid, madeBy, born } = lane.life;
  const at = Math.max(from, born);
  const name = nameOf(lane).replace(/ \d+$/, '');
  trace.packet(at, 122, (tree) => {
    if (pid === tid)
      message(tree, 1, (process) => {
        process.writeVarintField(1, pid);
        process.writeVarintField(2, madeBy);
        process.writeStringField(3, name);
      });
    message(tree, 2, (thread) => {
      thread.writeVarintField(1, tid);
      thread.writeVarintField(2, pid);
      thread.writeStringField(3, name);
      thread.writeBooleanField(4, pid === tid);
    });
  });
  trace.packet(at, 60, (descriptor) => {
    descriptor.writeVarintField(1, track);
    message(descriptor, 4, (thread) => {
      thread.writeVarintField(1, pid);
      thread.writeVarintField(2, tid);
      thread.writeStringField(5, name);
    });
  });
}

const tellState = (trace: Trace, { at, lane, state, cpu }: Change): void =>
  trace.packet(at, 117, (event) => {
    if (cpu >= 0) event.writeVarintField(1, cpu);
    event.writeStringField(2, nameOf(lane).replace(/ \d+$/, ''));
    event.writeVarintField(3, lane.life.tid);
    event.writeVarintField(4, STATE[state]);
  });

function instant(
  trace: Trace,
  at: number,
  track: number,
  category: string,
  name: string,
  fill: Fill = () => {},
): void {
  trace.packet(at, 11, (event) => {
    event.writeVarintField(9, TYPE.instant);
    event.writeVarintField(11, track);
    event.writeStringField(22, category);
    event.writeStringField(23, name);
    fill(event);
  });
}

/** Executions, signals and ends, and why a task waits. */
function tellMarks(
  trace: Trace,
  { marks, slices }: TaskLane,
  track: number,
  { from, to }: Window,
  language: Language,
): void {
  for (const mark of marks)
    if (mark.at >= from && mark.at <= to)
      instant(trace, mark.at, track, mark.kind, `${label(mark.kind, language)} ${markText(mark)}`.trimEnd());
  for (const slice of slices)
    if (slice.state === 'blocked' && slice.from >= from && slice.from <= to)
      instant(trace, slice.from, track, 'blocked', causeText(slice.cause, language));
}

/** An arrow: an instant at each end, joined by the number of the event. */
function tellFlow(trace: Trace, flow: Flow, tracks: ReadonlyMap<number, number>, language: Language): void {
  const [source, target] = [tracks.get(flow.from), tracks.get(flow.to)];
  if (source === undefined || target === undefined) return;
  const name = `${label(flow.kind, language)}: ${flowText(flow, language)}`;
  instant(trace, flow.at, source, flow.kind, name, (event) => event.writeFixed64Field(47, flow.event + 1));
  instant(trace, flow.at, target, flow.kind, name, (event) => event.writeFixed64Field(48, flow.event + 1));
}

function tellCounts(trace: Trace, changes: readonly Change[], language: Language): void {
  const first = changes[0]?.at ?? 0;
  for (const [i, state] of COUNTED.entries())
    trace.packet(first, 60, (descriptor) => {
      descriptor.writeVarintField(1, i + 1);
      descriptor.writeStringField(2, term(state, language));
      message(descriptor, 8, () => {});
    });
  for (const { at, ...counts } of countsOf(changes))
    for (const [i, state] of COUNTED.entries())
      trace.packet(at, 11, (event) => {
        event.writeVarintField(9, TYPE.counter);
        event.writeVarintField(11, i + 1);
        event.writeVarintField(30, counts[state]);
      });
}
