/** What is written for other programs, read as they read it. */
import { resolve } from 'node:path';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { chromeTrace } from './chrome.ts';
import { family } from './fixture.ts';
import { perfettoTrace } from './perfetto.ts';

const whole = { from: 0, to: 1e7 };
const schema = protobuf.loadSync(resolve(import.meta.dirname, 'perfetto.proto'));

interface Packet {
  readonly timestamp: number;
  readonly trackEvent?: {
    readonly type: string;
    readonly name?: string;
    readonly trackUuid: number;
    readonly counterValue?: number;
    readonly flowIds?: readonly number[];
    readonly terminatingFlowIds?: readonly number[];
  };
  readonly trackDescriptor?: {
    readonly uuid: number;
    readonly thread?: { readonly pid: number; readonly tid: number };
  };
  readonly genericKernelTaskStateEvent?: {
    readonly tid: number;
    readonly state: string;
    readonly cpu?: number;
  };
  readonly genericKernelProcessTree?: {
    readonly processes?: readonly { readonly pid: number; readonly ppid: number; readonly cmdline: string }[];
    readonly threads: readonly {
      readonly tid: number;
      readonly pid: number;
      readonly isMainThread: boolean;
    }[];
  };
}

function packetsOf(bytes: Uint8Array): readonly Packet[] {
  const type = schema.lookupType('perfetto.protos.Trace');
  const trace = type.decode(bytes);
  // Nothing was lost: what is decoded gives the same bytes again.
  expect(Buffer.from(type.encode(trace).finish()).equals(Buffer.from(bytes))).toBe(true);
  return type.toObject(trace, { enums: String, longs: Number })['packet'] as Packet[];
}

test('Perfetto is told each state of each task, on which CPU, and never twice that it runs', () => {
  const packets = packetsOf(perfettoTrace(family(), whole, 'en'));
  const states = packets.flatMap(({ timestamp, genericKernelTaskStateEvent: state }) =>
    state === undefined ? [] : [{ at: timestamp, ...state }],
  );
  const of = (tid: number) =>
    states.filter((state) => state.tid === tid).map(({ at, state, cpu }) => [at, state.slice(11), cpu]);
  expect(of(3)).toEqual([
    [1e6, 'RUNNABLE', undefined],
    [3.1e6, 'RUNNING', 0],
    [5e6, 'INTERRUPTIBLE_SLEEP', undefined],
    [6e6, 'RUNNABLE', undefined],
    [6e6, 'RUNNING', 0],
    [7e6, 'RUNNABLE', undefined],
    [7e6, 'RUNNING', 0],
    [9e6, 'DEAD', undefined],
    [9.5e6, 'DESTROYED', undefined],
  ]);
  expect(of(4).at(-1)).toEqual([8e6, 'DESTROYED', undefined]);
  for (const tid of [2, 3, 4]) {
    const names = of(tid).map(([, state]) => state);
    expect(names.some((name, i) => name === 'RUNNING' && names[i + 1] === 'RUNNING')).toBe(false);
  }
});

test('Perfetto is told processes and threads, arrows with both ends, and how many are ready', () => {
  const packets = packetsOf(perfettoTrace(family(), whole, 'ko'));
  const trees = packets.flatMap(({ genericKernelProcessTree: tree }) => tree ?? []);
  expect(trees.flatMap(({ processes = [] }) => processes)).toEqual([
    { pid: 2, ppid: 0, cmdline: 'sh' },
    { pid: 3, ppid: 2, cmdline: 'cat\\u{1b}[31m<b>' },
  ]);
  expect(trees.flatMap(({ threads }) => threads).at(-1)).toMatchObject({
    tid: 4,
    pid: 2,
    isMainThread: false,
  });
  const tracks = new Map(
    packets.flatMap(({ trackDescriptor: track }) =>
      track?.thread ? [[track.uuid, track.thread.tid] as const] : [],
    ),
  );
  const events = packets.flatMap(({ trackEvent }) => trackEvent ?? []);
  const ends = (which: 'flowIds' | 'terminatingFlowIds') =>
    events.flatMap((event) => (event[which] ?? []).map((id) => [id, tracks.get(event.trackUuid)]));
  expect(ends('flowIds').map(([, tid]) => tid)).toEqual([2, 2, 4, 4, 3]);
  expect(ends('terminatingFlowIds').map(([, tid]) => tid)).toEqual([3, 4, 3, 3, 2]);
  expect(ends('flowIds').map(([id]) => id)).toEqual(ends('terminatingFlowIds').map(([id]) => id));
  expect(events.map(({ name }) => name)).toContain('기다리는 것: 파이프 7의 데이터');
  const ready = events.filter(({ type, trackUuid }) => type === 'TYPE_COUNTER' && trackUuid === 2);
  expect(Math.max(...ready.map(({ counterValue }) => counterValue!))).toBe(2);
});

test('Chrome’s format: stays in states, arrows with both ends, counts', () => {
  const { traceEvents } = JSON.parse(chromeTrace(family(), whole, 'en')) as {
    traceEvents: readonly Record<string, unknown>[];
  };
  const states = traceEvents.filter(({ cat, tid }) => cat === 'state' && tid === 3);
  expect(states[2]).toMatchObject({
    name: 'blocked',
    ts: 5000,
    dur: 1000,
    pid: 3,
    args: { why: 'waits for data in pipe 7' },
  });
  const ids = (ph: string) => traceEvents.filter((event) => event['ph'] === ph).map(({ id }) => id);
  expect(ids('s')).toHaveLength(5);
  expect(ids('s')).toEqual(ids('f'));
  const cpu = traceEvents.find(({ cat, ts }) => cat === 'cpu' && ts === 3100);
  expect(cpu).toMatchObject({ args: { why: 'context switch: 2 (which waits), 100 µs' } });
  expect(traceEvents.filter(({ ph }) => ph === 'C').at(0)).toMatchObject({
    args: { running: 1, ready: 0, blocked: 0 },
  });
});

test('a window cuts what reaches beyond it', () => {
  const { traceEvents } = JSON.parse(chromeTrace(family(), { from: 5.5e6, to: 6.5e6 }, 'en'));
  for (const { ph, ts, dur } of traceEvents)
    if (ph === 'X') {
      expect(ts).toBeGreaterThanOrEqual(5500);
      expect(ts + dur).toBeLessThanOrEqual(6500);
    }
  const [first] = packetsOf(perfettoTrace(family(), { from: 5.5e6, to: 6.5e6 }, 'en'));
  expect(first!.timestamp).toBe(5.5e6);
});
