/** The trace that a machine of ours prints of a program of the corpus. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, type TraceChoice } from '../../src/machine/index.ts';
import { fileLayer } from '../machine-fixture.ts';

const guest = resolve(import.meta.dirname, '../../guest');
const init = readFileSync(resolve(guest, 'tiny.elf'));
const traces = readFileSync(resolve(guest, 'traces.elf'));
const STEP = 20_000_000;

function once(name: string, choice: TraceChoice): { text: string; hash: string } {
  const layers = [fileLayer({ '/bin/traces': traces })];
  const booted = bootMachine({ hasInit: true, initElf: init, memory: 2 ** 28, strict: true, layers });
  if (isProblem(booted)) throw new Error(booted.sentence);
  let text = '';
  booted.trace((more) => {
    text += more;
  }, choice);
  const argv = ['/bin/traces', name];
  const program = booted.spawn({ argv, stdin: 'null', stdout: 'null', stderr: 'null', cwd: '/' });
  if (isProblem(program)) throw new Error(program.sentence);
  while (booted.waitStatus(program.pid) === null) {
    const { state } = booted.run(STEP);
    if (state !== 'running' && booted.waitStatus(program.pid) === null)
      throw new Error(`it does not end, but is ${state}:\n${text}`);
  }
  return { text, hash: booted.stateHash() };
}

/** As strace writes it into a file, unless told; of two runs that are the same. */
export function traceOf(name: string, choice: TraceChoice = { isFile: true }): string {
  const first = once(name, choice);
  expect(once(name, choice)).toEqual(first);
  return first.text;
}
