/** A system on a machine of our own, and who sits at its console: what is shown, and what is typed then. */
import { isProblem } from '../src/base/index.ts';
import type { EventJson } from '../src/events/index.ts';
import { bootMachine, type Machine, type MachineOptions, type RunState } from '../src/machine/index.ts';
import type { Layer } from '../src/vfs/index.ts';

/** What to wait for, and what to type then. */
export type Step = readonly [shown: string, typed: string];

export interface Played {
  readonly shown: string;
  /** What did not appear; null when all did. */
  readonly missing: string | null;
  readonly state: RunState;
  readonly hash: string;
  /** Every program that a process executed, in order, with the process and who had made it. */
  readonly executed: readonly Execution[];
}

interface Execution {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
}

/** What the process that executed a program, its parent, and so on up to the first process had executed last by then. */
export function lineage(executed: readonly Execution[], program: string): readonly string[] {
  const at = executed.findIndex((each) => each.program === program);
  const last = (pid: number) => executed.findLast((each, i) => each.pid === pid && i <= at);
  const found: string[] = [];
  for (let here = executed[at]; here !== undefined; here = last(here.parent)) found.unshift(here.program);
  return found;
}

function executedIn(machine: Machine): readonly Execution[] {
  const { events } = machine;
  const parents = new Map<number, number>();
  return events.records({ kinds: ['fork', 'exec'] }).flatMap((record) => {
    const { kind, tid, child, comm } = events.json(record) as EventJson & Record<string, number | string>;
    if (kind === 'fork') parents.set(Number(child), tid);
    return kind === 'fork' ? [] : [{ pid: tid, parent: parents.get(tid) ?? 0, program: String(comm) }];
  });
}

const STEP = 5_000_000;
/** Steps of the machine until something must have been shown. */
const PATIENCE = 3000;

/** Boots /sbin/init of the layers and plays the steps, to the machine's end or to the last one. */
export function playSystem(
  layers: readonly Layer[],
  steps: readonly Step[],
  options: Partial<MachineOptions> = {},
): Played {
  const machine = bootMachine({ memory: 256 * 2 ** 20, strict: true, warp: false, ...options, layers });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const stream = 'console' as const;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'linux', LANG: 'C.UTF-8' };
  const init = machine.spawn({ argv: ['/sbin/init'], stdin: stream, stdout: stream, stderr: stream, env });
  if (isProblem(init)) throw new Error(init.sentence);
  let shown = '';
  let looked = 0;
  let state: RunState = { state: 'running' };
  const decoder = new TextDecoder();
  const runUntil = (text: string): boolean => {
    for (let i = 0; i < PATIENCE && state.state !== 'exited'; i++) {
      state = machine.run(STEP);
      shown += decoder.decode(machine.screen(), { stream: true }).replaceAll('\r\n', '\n');
      const at = shown.indexOf(text, looked);
      if (at >= 0) looked = at + text.length;
      // Keys come when a person would press them: when the machine has come to rest.
      if (at >= 0 && (state.state === 'waiting' || state.state === 'idle')) return true;
      if (at >= 0) return restful();
      if (state.state === 'waiting') return false;
      if (state.state === 'idle') machine.idle(state.until);
    }
    return false;
  };
  const restful = (): boolean => {
    while (state.state === 'running' || state.state === 'output-full') {
      state = machine.run(STEP);
      shown += decoder.decode(machine.screen(), { stream: true }).replaceAll('\r\n', '\n');
    }
    return true;
  };
  let missing: string | null = null;
  for (const [text, typed] of steps) {
    if (!runUntil(text)) {
      missing = text;
      break;
    }
    machine.type(new TextEncoder().encode(typed));
    state = { state: 'running' };
  }
  if (missing === null) runUntil('\0');
  return { shown, missing, state, hash: machine.stateHash(), executed: executedIn(machine) };
}
