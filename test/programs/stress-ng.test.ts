/**
 * stress-ng's stressors with --verify: each does its bogo operations without a failure. A thousand each, but where one
 * operation is much (a large region, a process that is stopped and goes on all the time).
 */
import { expect, test } from 'vitest';
import { debian, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('stress');

interface Stress {
  readonly name: string;
  readonly ops?: number;
  readonly more?: readonly string[];
}

const TABLE: readonly Stress[] = [
  ...'affinity brk clone eventfd fault fork futex kill mq msg pipe poll pthread schedpolicy sem sem-sysv shm'.split(
    ' ',
  ),
  ...'shm-sysv signal sigq sock switch timer timerfd vfork vm zombie'.split(' '),
].map((name): Stress => ({ name }));

const LARGE: readonly Stress[] = [
  { name: 'mmap', more: ['--mmap-bytes', '1m'] },
  { name: 'mremap', more: ['--mremap-bytes', '1m'] },
  { name: 'wait', ops: 100 },
];

describeDebian(
  'stress-ng',
  () => {
    test.each([...TABLE, ...LARGE])('$name', ({ name, ops = 1000, more = [] }) => {
      const argv = ['stress-ng', `--${name}`, '1', `--${name}-ops`, String(ops), ...more];
      const report = ['--verify', '--metrics-brief', '--timeout', '60'];
      const { status, stdout, stderr } = debian([...argv, ...report], {
        image,
        machine: { memory: 2 ** 30 },
      });
      const text = stdout + stderr;
      expect(text).not.toMatch(/fail:|error:/);
      const metrics = new RegExp(`metrc: \\[\\d+\\] ${name} +(\\d+)`).exec(text);
      expect(Number(metrics?.[1]), text).toBeGreaterThanOrEqual(ops);
      expect(status, text).toBe(0);
    });
  },
  image,
);
