/** One run of the programs under one setting. */
import { type Problem, problem } from '../../base/index.ts';
import { type BootOptions, boot, type Machine, type Process, TimesliceError } from '../../host-node/index.ts';
import { safe } from '../../views/index.ts';
import { type Measures, Measuring } from './measure.ts';
import type { Setting } from './settings.ts';

/** The programs, and the machine they run on but for the setting. */
export interface Work {
  readonly programs: readonly (readonly string[])[];
  readonly options: BootOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A setting and what came of it. */
export interface SchedRun {
  readonly setting: Setting;
  readonly measures: Measures;
  readonly measuring: Measuring;
}

/** Runs the programs, which begin together, to the end of the last one. What they write is not shown. */
export async function runSetting(setting: Setting, work: Work): Promise<SchedRun | Problem> {
  const { policy, quantum, cpus } = setting;
  try {
    const machine = await boot({ ...work.options, policy, cpus, ...(quantum !== null && { quantum }) });
    const measuring = new Measuring(cpus, (id) => machine.nameOf(id));
    const follow = () => measuring.take(machine.events({ since: measuring.next }));
    machine.watch(follow);
    const wrong = await play(machine, work);
    follow();
    machine.close();
    if (wrong !== null) return wrong;
    return { setting, measuring, measures: measuring.measures() };
  } catch (error) {
    if (error instanceof TimesliceError) return error.problem;
    throw error;
  }
}

async function play(machine: Machine, { programs, env, cwd }: Work): Promise<Problem | null> {
  const started = programs.map((argv) => ({
    argv,
    process: machine.spawn(argv, { env, cwd, stderr: 'stdout' }),
  }));
  const outputs = started.map(({ process }) => tail(process));
  for (const [i, { argv, process }] of started.entries()) {
    const { exitCode, signal } = await process.wait();
    if (exitCode === 0) continue;
    const said = await outputs[i]!;
    const how = signal === null ? `exit status ${exitCode}` : signal;
    return problem(
      'program-failed',
      `${argv.join(' ')} ended with ${how}${said === '' ? '' : `: ${said}`}`,
      'Only work that succeeds can be compared: try it alone with `timeslice run`.',
    );
  }
  await Promise.all(outputs);
  return null;
}

const KEPT = 400;

/** The last line that a program wrote. */
async function tail({ stdout }: Process): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of stdout) text = (text + decoder.decode(chunk, { stream: true })).slice(-KEPT);
  } catch (error) {
    // The machine has stopped for good: who waits for the program is told.
    if (!(error instanceof TimesliceError)) throw error;
  }
  return safe(text.trimEnd().split('\n').at(-1) ?? '');
}
