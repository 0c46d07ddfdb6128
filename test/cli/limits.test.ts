import { expect, test } from 'vitest';
import { onTiny, timeslice } from './timeslice.ts';

test('a guest that exhausts its memory loses its largest process, with a word, and nothing else breaks', async () => {
  const { status, err } = await onTiny(['--memory', '16M', 'eatmemory']);
  expect(err).toMatch(/^timeslice: memory was exhausted: out of memory: kills 2, which holds \d+ pages\n/);
  expect(err).toContain('timeslice: If it needs that much, give the machine more (--memory 1G).\n');
  expect(status).toBe(137);
});

test('a fork bomb meets EAGAIN at the limit', async () => {
  const { status, out, err } = await onTiny(['--max-processes', '50', 'forkbomb']);
  expect(out + err).toContain('fork failed: Resource temporarily unavailable');
  expect(status).toBe(0);
});

const LIMITS: readonly (readonly [
  options: readonly string[],
  program: readonly string[],
  sentence: string,
])[] = [
  [['--max-output', '64K'], ['flood'], 'stopped after 65536 bytes of output, its limit'],
  [['--max-instructions', '1e6'], ['spin'], 'stopped after 1000000 instructions, its limit'],
  [['--virtual-timeout', '5ms'], ['spin'], 'stopped after 0.005 s of virtual time, its limit'],
  [['--virtual-timeout', '10s'], ['sleep', '3600'], 'stopped after 10 s of virtual time, its limit'],
];

test.each(LIMITS)('%j stops %j', async (options, program, sentence) => {
  const { status, err } = await onTiny([...options, ...program]);
  expect(err).toContain(`timeslice: ${sentence}\n`);
  expect(err).toMatch(/timeslice: If it should go on, raise the limit \(\w+, --[\w-]+\)\.\n$/);
  expect(status).toBe(125);
});

test('endless output is bounded by whoever reads it, and ends when nobody does', async () => {
  const { status, out } = await onTiny(['sh', '-c', 'yes | head -3']);
  expect({ status, out }).toEqual({ status: 0, out: 'y\ny\ny\n' });
});

test('Ctrl-C goes to the guest', async () => {
  const told = await onTiny(['sh', '-c', 'echo ready; spin'], { onOutput: (kill) => kill('SIGINT') });
  expect(told.status).toBe(130);
});

test('Ctrl-C twice within a second ends the host program, whatever the guest does about it', async () => {
  const told = await onTiny(['sh', '-c', "trap '' INT; echo ready; spin"], {
    onOutput(kill) {
      kill('SIGINT');
      setTimeout(() => kill('SIGINT'), 300);
    },
  });
  expect(told).toMatchObject({ status: 130, out: 'ready\n' });
});

test('a deadlock that nothing can end stops the run, and is named', async () => {
  const { status, out, err } = await timeslice(['run', '--image', 'tiny', 'examples/deadlock/deadlock']);
  expect(status).toBe(125);
  expect(out).toContain('Kant');
  expect(err).toMatch(
    /stopped in a deadlock: deadlock 2 waits \(futex\) for 3; deadlock 3 waits \(futex\) for 2/,
  );
});
