/** The settings that a comparison goes through: each policy with each quantum on each number of processors. */
import type { PolicyChoice } from '../../api/index.ts';
import { isProblem, type Problem, problem } from '../../base/index.ts';
import { parseQuantum } from '../machine-flags.ts';
import { readPolicy } from '../policy-flag.ts';
import { parseCount, parseDuration } from '../units.ts';

export interface Setting {
  readonly policy: PolicyChoice;
  readonly name: string;
  /** Null where the policy has no slices. */
  readonly quantum: number | null;
  readonly cpus: number;
}

export interface SettingFlags {
  readonly policies?: string;
  readonly quantum?: string;
  readonly cpus?: string;
  readonly switchCost?: string;
}

const DEFAULTS = { policies: 'fcfs,rr,fair', quantum: '5ms', cpus: '1', switchCost: '0ns' } as const;
const MOST_CPUS = 32;
const MOST_RUNS = 1000;

/** What has no slices at all gives the same run with every quantum. */
const SLICELESS: ReadonlySet<string> = new Set(['fcfs']);

export interface Settings {
  readonly settings: readonly Setting[];
  readonly switchCost: number;
}

/** Reads the flags. */
export async function readSettings(flags: SettingFlags): Promise<Settings | Problem> {
  const policies = await eachOf(flags.policies ?? DEFAULTS.policies, '--policies', (text) =>
    readPolicy(text, '--policies'),
  );
  if (isProblem(policies)) return policies;
  const quanta = await eachOf(flags.quantum ?? DEFAULTS.quantum, '--quantum', (text) =>
    parseQuantum('--quantum', text),
  );
  if (isProblem(quanta)) return quanta;
  const cpus = await eachOf(flags.cpus ?? DEFAULTS.cpus, '--cpus', (text) =>
    parseCount('--cpus', text, 1, MOST_CPUS),
  );
  if (isProblem(cpus)) return cpus;
  const switchCost = parseDuration('--switch-cost', flags.switchCost ?? DEFAULTS.switchCost);
  if (isProblem(switchCost)) return switchCost;
  const settings = policies.flatMap((policy) => {
    const name = typeof policy === 'string' ? policy : policy.name;
    const own = SLICELESS.has(name) ? [null] : quanta;
    return cpus.flatMap((count) => own.map((quantum): Setting => ({ policy, name, quantum, cpus: count })));
  });
  if (settings.length <= MOST_RUNS) return { settings, switchCost };
  return problem(
    'too-many-runs',
    `these are ${settings.length} runs, and ${MOST_RUNS} are the most`,
    'Give fewer policies, quanta or numbers of processors.',
  );
}

async function eachOf<T>(
  text: string,
  option: string,
  read: (text: string) => T | Problem | Promise<T | Problem>,
): Promise<readonly T[] | Problem> {
  const words = [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '');
  if (words.length === 0)
    return problem(
      'bad-list',
      `${option} ${text}: this list is empty`,
      'Give one or more, with commas between them.',
    );
  const found: T[] = [];
  for (const word of words) {
    const value = await read(word);
    if (isProblem(value)) return value;
    found.push(value);
  }
  return found;
}
