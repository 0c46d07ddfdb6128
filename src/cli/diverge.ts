/** `timeslice diverge`: runs a program on two machines and finds the first instruction after which they differ. */
import { Command } from 'commander';
import { TIERS, type Tier } from '../api/index.ts';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { type Begin, bootMachine, firstDivergence, type MachineOptions } from '../machine/index.ts';
import { type ChosenImage, chooseImage } from './choose-image.ts';
import { tellDivergence } from './divergence-text.ts';
import { addMachineFlags, type MachineFlags, readEnvironment, readNumbers } from './machine-flags.ts';
import { withPolicy } from './policy-flag.ts';
import { planProgram } from './program.ts';
import { guestEnvironment } from './run.ts';
import { complain, say } from './say.ts';
import { makeVisible, type Visible } from './visible.ts';

interface Flags extends MachineFlags {
  readonly tiers?: string;
  readonly against?: string;
}

/** As `diff` has it. */
const EXIT_DIFFERENT = 1;

/** Adds the command. */
export function register(program: Command): void {
  addMachineFlags(program.command('diverge'))
    .description('find the first instruction after which two runs of a program differ')
    .argument('<program>', 'as for run')
    .argument('[arg...]', 'its arguments')
    .option('--tiers <a,b>', `the two ways to execute: ${TIERS.join(', ')} (default: interpreter,mixed)`)
    .option('--against <options>', "options of the second machine, such as --against '--seed 2'")
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  timeslice diverge --tiers interpreter,compiler --image tiny sort /etc/passwd\n' +
        "  timeslice diverge --against '--seed 2' python3 dice.py\n\n" +
        'Standard input is empty, and the clock begins at --epoch, else at 2025. Machines of different options are\n' +
        'compared by where their programs stand. The exit status is 0 when the runs are alike, 1 when they differ.\n',
    )
    .action((name: string, args: string[], flags: Flags) => diverge([name, ...args], flags));
}

async function diverge(words: readonly [string, ...string[]], flags: Flags): Promise<void> {
  const image = chooseImage(flags.image);
  const found = isProblem(image) ? image : await compare(words, image, flags);
  if (isProblem(found)) complain(found);
}

async function compare(
  words: readonly [string, ...string[]],
  image: ChosenImage,
  flags: Flags,
): Promise<null | Problem> {
  const sides = sidesOf(flags);
  if (isProblem(sides)) return sides;
  const program = planProgram(words, image, flags.host);
  if (isProblem(program)) return program;
  const visible = makeVisible(image, program.hostFiles, flags);
  if (isProblem(visible)) return visible;
  const first = await beginnerOf(sides[0], visible, program.argv);
  if (isProblem(first)) return first;
  const second = await beginnerOf(sides[1], visible, program.argv);
  if (isProblem(second)) return second;
  const found = firstDivergence([first, second]);
  if (isProblem(found)) return found;
  if (found === null) say('the two runs are alike, from the first instruction to the last');
  else {
    process.stdout.write(tellDivergence(found, namesOf(flags), visible));
    process.exitCode = EXIT_DIFFERENT;
  }
  return null;
}

const tiersOf = ({ tiers, against }: Flags): string[] =>
  (tiers ?? (against === undefined ? 'interpreter,mixed' : 'mixed,mixed')).split(',');

/** What the two machines are called. */
function namesOf(flags: Flags): readonly [string, string] {
  if (flags.against !== undefined) return ['first', 'second'];
  const [a, b] = tiersOf(flags);
  return a === b ? ['first', 'second'] : [a!, b!];
}

/** The flags of the two machines. */
function sidesOf(flags: Flags): readonly [Flags, Flags] | Problem {
  const tiers = tiersOf(flags);
  if (tiers.length !== 2 || !tiers.every((tier) => TIERS.includes(tier as Tier)))
    return problem(
      'bad-tiers',
      `--tiers ${flags.tiers}: not two tiers`,
      `Write two of ${TIERS.join(', ')}, such as --tiers interpreter,compiler.`,
    );
  const [a, b] = tiers as [Tier, Tier];
  const other = addMachineFlags(new Command('--against')).exitOverride();
  other.parse((flags.against ?? '').split(/\s+/).filter(Boolean), { from: 'user' });
  return [
    { ...flags, tier: a },
    { ...flags, tier: b, ...given(other) },
  ];
}

/** Only what was written: defaults stay those of the first machine. */
const given = (command: Command): Partial<MachineFlags> =>
  Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );

async function beginnerOf(flags: Flags, visible: Visible, argv: readonly string[]): Promise<Begin | Problem> {
  const numbers = await withPolicy(readNumbers(flags), flags.policy);
  if (isProblem(numbers)) return numbers;
  const given = readEnvironment(flags.env ?? []);
  if (isProblem(given)) return given;
  const { epoch, disk, ...same } = numbers;
  const mounts = Object.entries(visible.mounts).map(([path, layer]) => ({ path, layer }));
  const time = Math.floor(epoch.getTime() / 1000);
  const options: MachineOptions = {
    ...same,
    ...(disk !== undefined && { diskTime: disk }),
    ...(flags.epoch !== undefined && { epoch: { sec: time, nsec: 0 } }),
    layers: visible.layers,
    mounts,
    hasInit: true,
  };
  const env = { ...guestEnvironment(numbers.user ?? 0), ...given };
  return () => {
    const machine = bootMachine(options);
    if (isProblem(machine)) return machine;
    const streams = { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' } as const;
    const started = machine.spawn({ argv, env, cwd: visible.cwd, ...streams });
    if (isProblem(started)) return started;
    machine.close(started.stdin);
    return { machine, outputs: [started.stdout, started.stderr] };
  };
}
