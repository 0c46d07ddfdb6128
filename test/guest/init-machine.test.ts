/** Our init as the first process of our machine: the same keys and answers as on Linux, twice with one state hash. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tinyLayer } from '../../src/api/index.ts';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type RunState } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { areInOrder, type InitCase, initCases } from './init-cases.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
const STEP = 2_000_000;
const PATIENCE = 200;

interface Played {
  readonly shown: string;
  readonly missing: string | null;
  readonly state: RunState;
  readonly status: number | null;
  readonly hash: string;
}

function play({ table, steps }: InitCase): Played {
  const machine = bootMachine({
    layers: [tinyLayer(), fileLayer({ '/bin/tiny': elf, '/etc/inittab': table, '/var/log/wtmp': '' })],
    memory: 64 * 2 ** 20,
    strict: true,
    warp: false,
  });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const console = 'console' as const;
  const init = machine.spawn({ argv: ['/sbin/init'], stdin: console, stdout: console, stderr: console });
  if (isProblem(init)) throw new Error(init.sentence);
  let state: RunState = { state: 'running' };
  /** Runs until the text is shown or keys are awaited; while all sleep, time passes as it would here. */
  const runUntil = (text: string): string => {
    let shown = '';
    for (let i = 0; i < PATIENCE; i++) {
      state = machine.run(STEP);
      shown += Buffer.from(machine.screen()).toString('latin1').replaceAll('\r\n', '\n');
      if (shown.includes(text) || state.state === 'waiting' || state.state === 'exited') return shown;
      if (state.state === 'idle') machine.idle(state.until);
    }
    return shown;
  };
  let shown = runUntil('# ');
  let missing: string | null = null;
  for (const step of steps) {
    machine.type(Buffer.from(step.send, 'latin1'));
    const answer = runUntil(step.expect);
    shown += answer;
    if (missing === null && !answer.includes(step.expect)) missing = step.expect;
  }
  shown += runUntil('\0');
  return { shown, missing, state, status: machine.waitStatus(init.pid), hash: machine.stateHash() };
}

describe('init as our first process', () => {
  test.each(initCases)('$name', (c) => {
    const first = play(c);
    expect(first.missing, first.shown).toBeNull();
    expect(areInOrder(first.shown, c.inOrder), first.shown).toBe(true);
    expect(first.state).toEqual({ state: 'exited', status: 0 });
    expect(first.status).toBe(0);
    expect(play(c)).toEqual(first);
  });
});
