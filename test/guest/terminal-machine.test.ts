/** The tiny shell on our own terminal: the same keys and the same answers as on Linux's, twice with one state hash. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type Machine } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { type TerminalCase, terminalCases } from './terminal-cases.ts';

const elf = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));
/** A step may sleep: keys come at instants of virtual time, so a bound on instructions is none on patience. */
const STEP = 2_000_000;
const PATIENCE = 200;

interface Played {
  readonly shown: string;
  readonly missing: string | null;
  readonly status: number | null;
  readonly hash: string;
}

function bootShell(): { machine: Machine; pid: number } {
  const machine = bootMachine({
    layers: [fileLayer({ '/bin/tiny': elf, '/bin/sh': elf, '/work/.keep': '' })],
    hasInit: true,
    memory: 64 * 2 ** 20,
    strict: true,
    warp: false,
  });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const console = 'console' as const;
  const shell = machine.spawn({
    argv: ['/bin/sh'],
    stdin: console,
    stdout: console,
    stderr: console,
    cwd: '/work',
    env: { PATH: '/nonexistent' },
  });
  if (isProblem(shell)) throw new Error(shell.sentence);
  return { machine, pid: shell.pid };
}

/** Lets the machine run until it shows the text or waits for keys; while all sleep, time passes as it would here. */
function runUntil(machine: Machine, isDone: (shown: string) => boolean): string {
  let shown = '';
  for (let i = 0; i < PATIENCE; i++) {
    const state = machine.run(STEP);
    shown += Buffer.from(machine.screen()).toString('latin1').replaceAll('\r\n', '\n');
    if (isDone(shown) || state.state === 'waiting') return shown;
    if (state.state === 'idle') machine.idle(state.until);
  }
  return shown;
}

function play({ steps }: TerminalCase): Played {
  const { machine, pid } = bootShell();
  let shown = runUntil(machine, (text) => /[#$] $/.test(text));
  let missing: string | null = null;
  for (const step of steps) {
    machine.type(Buffer.from(step.send, 'latin1'));
    const answer = runUntil(machine, (text) => text.includes(step.expect));
    shown += answer;
    if (missing === null && !answer.includes(step.expect)) missing = step.expect;
  }
  for (let i = 0; i < PATIENCE && machine.waitStatus(pid) === null; i++) machine.run(STEP);
  const status = machine.waitStatus(pid);
  return { shown, missing, status: status === null ? null : (status >> 8) & 0xff, hash: machine.stateHash() };
}

describe('the tiny shell on our terminal', () => {
  test.each(terminalCases)('$name', (c) => {
    const first = play(c);
    expect(first.missing, first.shown).toBeNull();
    expect(first.status).toBe(c.status);
    expect(play(c)).toEqual(first);
  });
});
