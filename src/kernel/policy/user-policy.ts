/**
 * Policies that users bring: a program that exports `policy`. Whatever it does wrong is told in a sentence with the
 * name of the policy and of the hook, and the machine stops; nothing that it answers reaches the scheduler unlooked at.
 */
import { type Nanos, NEVER, type Problem, problem } from '../../base/index.ts';
import type { TellFault } from './named.ts';
import type { Policy, PolicyState, ReadyReason, Schedulable } from './policy.ts';

/** A policy as plain data: the text of a CommonJS module that exports it as `policy`, or as its default. */
export interface PolicySource {
  readonly name: string;
  readonly source: string;
}

const HOOKS = [
  'state',
  'own',
  'ready',
  'renew',
  'eligible',
  'begin',
  'ran',
  'slice',
  'preempts',
  'goesOn',
  'left',
  'standing',
] as const;
type Hook = (typeof HOOKS)[number];
type Hooks = Readonly<Partial<Record<Hook, (...args: readonly unknown[]) => unknown>>>;

/** What would make two runs differ is not there. */
const HIDDEN = ['Date', 'performance', 'crypto', 'process', 'require', 'fetch', 'setTimeout', 'setInterval'];

const HINT = 'docs/policies.md tells what a policy is, with an example.';

/** Runs the program and checks what it exports. */
export function readPolicy({ name, source }: PolicySource, tell: TellFault): Policy | Problem {
  const wrong = (what: string) => problem('bad-policy', `the policy ${name} ${what}`, HINT);
  const module: { exports: Record<string, unknown> } = { exports: {} };
  try {
    const run = new Function('module', 'exports', 'Math', ...HIDDEN, `'use strict';${source}\n`);
    run(module, module.exports, withoutChance());
  } catch (error) {
    return wrong(`cannot be loaded: ${messageOf(error)}`);
  }
  const found = module.exports['policy'] ?? module.exports['default'];
  if (typeof found !== 'object' || found === null) return wrong('exports no object named policy');
  const hooks = found as Hooks;
  const odd = HOOKS.find((hook) => !['function', 'undefined'].includes(typeof hooks[hook]));
  if (odd !== undefined) return wrong(`has a ${odd} that is no function`);
  if (hooks.ready === undefined) return wrong('has no function ready');
  return guarded(name, hooks, tell);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Math as it is, but for chance: that comes from the seed. */
function withoutChance(): object {
  const math = Object.fromEntries(
    Object.getOwnPropertyNames(Math).map((name) => [name, Math[name as keyof Math]]),
  );
  return Object.freeze({ ...math, random: undefined });
}

/** What an answer must be; a text says what is wrong with it. */
type Check = (answer: unknown) => string | null;

const told = (answer: unknown): string =>
  typeof answer === 'string'
    ? `'${answer.slice(0, 40)}'`
    : typeof answer === 'object'
      ? 'an object'
      : String(answer);

const isNumber: Check = (answer) =>
  typeof answer === 'number' && Number.isFinite(answer)
    ? null
    : `gave ${told(answer)}, which is no finite number`;
const isTime: Check = (answer) =>
  typeof answer === 'number' && answer > 0 ? null : `gave ${told(answer)}, which is no time above 0`;
const isTruth: Check = (answer) =>
  typeof answer === 'boolean' ? null : `gave ${told(answer)}, which is neither true nor false`;
const isRecord: Check = (answer) =>
  typeof answer === 'object' && answer !== null ? null : `gave ${told(answer)}, which is no object`;
const isAnything: Check = () => null;

/** What a policy's user sees of a task: it may change what is the policy's, and nothing else. */
class TaskView {
  readonly #task: Schedulable;
  constructor(task: Schedulable) {
    this.#task = task;
  }
  get tid(): number {
    return this.#task.tid;
  }
  get nice(): number {
    return this.#task.nice;
  }
  get policy(): number {
    return this.#task.policy;
  }
  get affinity(): number {
    return this.#task.affinity;
  }
  get sliceLeft(): number {
    return this.#task.sliceLeft;
  }
  get rank(): number {
    return this.#task.rank;
  }
  get vruntime(): number {
    return this.#task.vruntime;
  }
  set vruntime(value: number) {
    this.#task.vruntime = Number(value);
  }
  get own(): unknown {
    return this.#task.own;
  }
}

type Call = <T>(hook: Hook, check: Check, instead: T, ...args: readonly unknown[]) => T;

/** Calls hooks; after the first fault none is called any more. */
function caller(name: string, hooks: Hooks, tell: TellFault): Call {
  let isBroken = false;
  return (hook, check, instead, ...args) => {
    if (isBroken || hooks[hook] === undefined) return instead;
    let fault: string | null;
    try {
      const answer = hooks[hook](...args);
      fault = check(answer);
      if (fault === null) return answer as typeof instead;
    } catch (error) {
      fault = `threw: ${messageOf(error)}`;
    }
    isBroken = true;
    tell(problem('policy-fault', `the policy ${name} is wrong in ${hook}: it ${fault}`, HINT));
    return instead;
  };
}

function guarded(name: string, hooks: Hooks, tell: TellFault): Policy {
  const call = caller(name, hooks, tell);
  const views = new WeakMap<Schedulable, TaskView>();
  const view = (task: Schedulable): TaskView => {
    const known = views.get(task);
    if (known !== undefined) return known;
    const made = new TaskView(task);
    views.set(task, made);
    return made;
  };
  const orNull = (task: Schedulable | null) => (task === null ? null : view(task));
  const isIn = (hook: Hook) => hooks[hook] !== undefined;
  return {
    name,
    state: (quantum, seed) => call('state', isRecord, {}, quantum, seed),
    own: () => call<unknown>('own', isRecord, null),
    ready: (state, task, why) => call('ready', isNumber, 0, state, view(task), why),
    begin: (state, task) => call('begin', isAnything, undefined, state, view(task)),
    ran: (state, task, time) => call('ran', isAnything, undefined, state, view(task), time),
    slice: (state, task) => wholeTime(call<number>('slice', isTime, state.quantum, state, view(task))),
    preempts: (state, woken, running, why) =>
      call('preempts', isTruth, false, state, view(woken), view(running), why),
    goesOn: (state, running, first, why) =>
      call('goesOn', isTruth, byTurns(first, why), state, view(running), orNull(first), why) ||
      first === null,
    ...(isIn('renew') && { renew: (state: PolicyState) => call('renew', isAnything, undefined, state) }),
    ...(isIn('eligible') && {
      eligible: (state: PolicyState, task: Schedulable) => call('eligible', isTruth, true, state, view(task)),
    }),
    ...(isIn('left') && {
      left: (state: PolicyState, task: Schedulable) => call('left', isAnything, undefined, state, view(task)),
    }),
    ...(isIn('standing') && {
      standing: (state: PolicyState, task: Schedulable) => call('standing', isNumber, 0, state, view(task)),
    }),
  };
}

/** What happens at the end of a slice unless the policy says otherwise. */
const byTurns = (first: Schedulable | null, why: ReadyReason): boolean => first === null || why === 'preempt';

const wholeTime = (time: number): Nanos => Math.min(NEVER, Math.ceil(time)) as Nanos;
