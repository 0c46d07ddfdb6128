import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventRecord } from '../events/index.ts';
import { family } from './fixture.ts';
import { causeText } from './labels.ts';
import { timesOf } from './lane-times.ts';
import { Timeline } from './model.ts';
import { timelineSvg } from './svg.ts';
import { timelineLines } from './text.ts';

const style = {
  width: 60,
  isUnicode: true,
  language: 'en',
  colour: (_: unknown, text: string) => text,
} as const;
const whole = { from: 0, to: 1e7 };

test('a lane tells each state of a task, with why it came into it', () => {
  const timeline = family();
  const lane = timeline.lanes.find(({ life }) => life.tid === 3)!;
  expect(lane.slices.map(({ state, from, to, cause }) => [state, from, to, causeText(cause, 'en')])).toEqual([
    ['ready', 1e6, 3.1e6, 'it was made'],
    ['running', 3.1e6, 5e6, 'dispatched after 2 ms in the ready queue'],
    ['blocked', 5e6, 6e6, 'waits for data in pipe 7'],
    ['ready', 6e6, 6e6, 'what it waited for came (from 4)'],
    ['running', 6e6, 7e6, 'dispatched after 0 in the ready queue'],
    ['ready', 7e6, 7e6, 'its time slice was used up'],
    ['running', 7e6, 9e6, 'dispatched after 0 in the ready queue'],
    ['zombie', 9e6, 9.5e6, 'killed by SIGTERM'],
  ]);
  expect(causeText(lane.slices[2]!.cause, 'ko')).toBe('기다리는 것: 파이프 7의 데이터');
});

test('arrows tell forks, wake-ups, bytes through a pipe and signals; a thread is gone when it ends', () => {
  const { flows, lanes, switches } = family();
  expect(flows.map(({ kind, from, to, text }) => `${kind} ${from} ${to} ${text}`)).toEqual([
    'fork 2 3 process',
    'fork 2 4 thread',
    'pipe 4 3 pipe-read',
    'signal 4 3 SIGTERM',
    'wake 3 2 child',
  ]);
  expect(lanes[2]!.slices.at(-1)).toMatchObject({ state: 'running', to: 8e6 });
  expect(switches).toBe(2);
});

test('in the terminal: who has each CPU, the states, the arrows, and no letter that a terminal obeys', () => {
  const lines = timelineLines(family(), whole, style);
  expect(lines).toMatchSnapshot();
  expect(lines.join('')).not.toContain('\u001b');
});

test('in a terminal of 20 columns no line is longer, in both languages, with and without Unicode', () => {
  for (const language of ['en', 'ko'] as const)
    for (const isUnicode of [true, false])
      for (const line of timelineLines(family(), whole, { ...style, width: 20, language, isUnicode })) {
        expect(line.length).toBeLessThanOrEqual(20);
        if (!isUnicode && language === 'en') expect(line).toMatch(/^[\x20-\x7e]*$/);
      }
});

test('a window shows what is in it, and a process with those it made', () => {
  expect(timelineLines(family(), { from: 1.1e6, to: 2.5e6 }, style).at(-1)).toBe(
    '2.000 ms  fork    2 → 4 (thread)',
  );
  const lines = timelineLines(family(), { ...whole, pid: 3 }, style);
  expect(lines.some((line) => line.includes('sh 2'))).toBe(false);
  expect(timelineLines(family(), { ...whole, pid: 99 }, style)).toEqual(['nothing happened in this window']);
});

test('as a picture: a box for each state with its reason, an arrow for each flow, all text escaped', () => {
  const svg = timelineSvg(family(), whole, 'ko');
  expect(svg.match(/<title>대기: [^<]*기다리는 것: 파이프 7의 데이터<\/title>/g)).toHaveLength(1);
  expect(svg.match(/marker-end/g)).toHaveLength(5 + 4);
  expect(svg).toContain('cat\\u{1b}[31m&lt;b&gt; 3');
  for (const raw of ['\u001b', '<b>']) expect(svg).not.toContain(raw);
});

test('a million events make a picture of bounded size', () => {
  const timeline = new Timeline(() => 'name');
  let seq = 0;
  const take = (at: number, kind: string, fields: Record<string, number>) =>
    timeline.take({ seq: seq++, at, retired: at, cpu: 0, tid: 2, kind, fields } as unknown as EventRecord);
  for (let i = 0; i < 333_333; i++) {
    take(i * 1000, 'dispatch', { waited: 0 });
    take(i * 1000 + 400, 'block', { onName: 0, detail: 0, until: 0 });
    take(i * 1000 + 900, 'wake', { reason: 0, by: 3 });
  }
  timeline.finish();
  const window = { from: 0, to: timeline.end };
  expect(timelineSvg(timeline, window, 'en').length).toBeLessThan(1e6);
  expect(timelineLines(timeline, window, style).length).toBeLessThan(20);
});

test('whatever the events, the states of a task follow each other without a gap, and no cell is lost', () => {
  const step = fc.record({
    kind: fc.constantFrom('dispatch', 'preempt', 'yield', 'block', 'wake', 'stop', 'signal', 'switch'),
    tid: fc.integer({ min: 2, max: 4 }),
    wait: fc.integer({ min: 0, max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const timeline = new Timeline(() => 'name');
      let at = 0;
      for (const [seq, { kind, tid, wait }] of steps.entries()) {
        at += wait;
        const fields = {
          waited: 0,
          reason: 0,
          by: 2,
          from: 3,
          how: 1,
          cost: 0,
          signo: 19,
          onName: 0,
          forName: 0,
        };
        timeline.take({ seq, at, retired: at, cpu: 0, tid, kind, fields } as unknown as EventRecord);
      }
      timeline.finish();
      for (const { slices } of timeline.lanes) {
        for (const [i, { from, to }] of slices.entries()) {
          expect(to).toBeGreaterThanOrEqual(from);
          if (i > 0) expect(from).toBe(slices[i - 1]!.to);
        }
        const times = timesOf(slices).between(0, at + 1);
        const sum = Object.values(times).reduce((total, time) => total + time, 0);
        expect(sum).toBe(at - slices[0]!.from);
      }
    }),
  );
});
