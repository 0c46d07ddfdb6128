/** Runs commands in turns and keeps what each took. */
import { spawnSync } from 'node:child_process';
import { compile } from './build.ts';
import { type Command, commands, ENGINES, type Engine, type Setting } from './engines.ts';
import type { Program } from './programs.ts';
import { net, pairedRatio } from './statistics.ts';

/** What one run took: seconds, and KiB of the largest process. */
export interface Run {
  readonly wall: number;
  /** User and system seconds of the command and its children: other work on the machine hardly touches them. */
  readonly cpu: number;
  readonly peak: number;
  readonly output: string;
}

/** All counted runs of one program under one engine, in the order of the rounds. */
export interface Samples {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
}

/** One program's result; `ratios` is ours over q(emu), n(ative) and v(86), in CPU seconds. */
export interface Result {
  readonly engines: Readonly<Partial<Record<Engine, Samples>>>;
  readonly ratios: Readonly<Record<string, number>>;
}

const SECONDS = 600;

/** Runs one command; throws when it fails. */
export function runOnce(command: Command): Run {
  const done = spawnSync(compile('clock.c', 'native'), command, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: SECONDS * 1000,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (done.status !== 0)
    throw new Error(
      `${command.join(' ')} ended with ${done.status ?? done.signal}: ${done.stderr.slice(-500)}`,
    );
  const [wall, user, system, peak] = JSON.parse(done.output[3] ?? '') as [number, number, number, number];
  return { wall, cpu: user + system, peak, output: done.stdout };
}

interface Turn {
  readonly busy: Run[];
  readonly idle: Run[];
}

function takeTurns(program: Program, count: number | undefined, setting: Setting, rounds: number) {
  const busy = commands(program, count, setting);
  if (busy.size === 0) throw new Error(`${program.name}: its image is not set up`);
  const idle = commands(program, count === undefined ? undefined : 0, setting);
  const turns = new Map<Engine, Turn>([...busy.keys()].map((engine) => [engine, { busy: [], idle: [] }]));
  // The first warm run is the one that keeps its beginning.
  if (program.warm === true) runOnce(busy.get('timeslice')!);
  for (let round = 0; round < rounds; round++)
    for (const engine of ENGINES) {
      const turn = turns.get(engine);
      if (turn === undefined) continue;
      if (count !== undefined) turn.idle.push(runOnce(idle.get(engine)!));
      turn.busy.push(runOnce(busy.get(engine)!));
    }
  return turns;
}

function checkSums(name: string, turns: ReadonlyMap<Engine, Turn>): void {
  const outputs = [...turns].flatMap(([engine, { busy }]) => busy.map(({ output }) => ({ engine, output })));
  const odd = outputs.find(({ output }) => output !== outputs[0]!.output);
  if (odd !== undefined)
    throw new Error(`${name}: ${odd.engine} prints ${odd.output.trim()}, not ${outputs[0]!.output.trim()}`);
}

const PEERS = { q: 'qemu', n: 'native', v: 'v86' } as const;

/** Measures one program under all engines that can run it. `scale` makes operations fewer, for a quick look. */
export function measure(program: Program, setting: Setting, rounds: number, scale: number): Result {
  const count = program.count === undefined ? undefined : Math.max(1, Math.round(program.count * scale));
  const turns = takeTurns(program, count, setting, rounds);
  checkSums(program.name, turns);
  const engines: Partial<Record<Engine, Samples>> = {};
  for (const [engine, { busy, idle }] of turns)
    engines[engine] = {
      cpu: net(
        busy.map(({ cpu }) => cpu),
        idle.map(({ cpu }) => cpu),
      ),
      wall: net(
        busy.map(({ wall }) => wall),
        idle.map(({ wall }) => wall),
      ),
    };
  const ratios: Record<string, number> = {};
  for (const [letter, peer] of Object.entries(PEERS)) {
    const [ours, theirs] = [engines.timeslice, engines[peer]];
    if (ours !== undefined && theirs !== undefined) ratios[letter] = pairedRatio(ours.cpu, theirs.cpu);
  }
  return { engines, ratios };
}
