/** The command `timeslice`: which words lead to which module. Only what a command needs is loaded. */
import { Command, CommanderError } from 'commander';
import { EXIT } from './say.ts';
import { fillTrace } from './trace-flag.ts';

type Register = (program: Command) => void;

/** Each command's module, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./run.ts')).register,
  shell: async () => (await import('./shell.ts')).register,
  boot: async () => (await import('./boot.ts')).register,
  image: async () => (await import('./image.ts')).registerImageCommand,
  asm: async () => (await import('./asm.ts')).register,
  disasm: async () => (await import('./disasm.ts')).register,
  replay: async () => (await import('./replay.ts')).register,
  ps: async () => (await import('./views.ts')).registerView('ps'),
  tree: async () => (await import('./views.ts')).registerView('tree'),
  pcb: async () => (await import('./views.ts')).registerView('pcb'),
  maps: async () => (await import('./views.ts')).registerView('maps'),
  fds: async () => (await import('./views.ts')).registerView('fds'),
  queues: async () => (await import('./views.ts')).registerView('queues'),
  heap: async () => (await import('./views.ts')).registerView('heap'),
  timeline: async () => (await import('./timeline.ts')).register,
  sched: async () => (await import('./sched/command.ts')).register,
  diverge: async () => (await import('./diverge.ts')).register,
  examples: async () => (await import('./examples.ts')).register,
  glossary: async () => (await import('./glossary.ts')).register,
  doctor: async () => (await import('./doctor.ts')).register,
};

/** The program with the one command that is asked for, or with all of them. */
async function build(words: readonly string[]): Promise<Command> {
  const program = new Command('timeslice')
    .description('Runs unmodified riscv64 Linux programs on a kernel in TypeScript, and shows what it does.')
    .enablePositionalOptions()
    .showHelpAfterError('timeslice: `timeslice --help` lists the commands and options')
    .configureOutput({ outputError: (text, write) => write(asOurs(text)) })
    .addHelpText('after', '\nExample:\n  timeslice run --image tiny fork\n')
    .exitOverride();
  const { version } = await import('./version.ts');
  program.version(version(), '-V, --version');
  const named = words.find((word) => !word.startsWith('-')) ?? '';
  const wanted =
    COMMANDS[named] === undefined || words[0] !== named ? Object.values(COMMANDS) : [COMMANDS[named]];
  for (const load of wanted) (await load())(program);
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Commander's complaints in our form: each line begins with our name. */
const asOurs = (text: string): string =>
  text.replace(/^error: /, '').replace(/^\(?(.*?)\)?$/gm, (_, line) => line && `timeslice: ${line}`);

/** Commander gives these only to commands that are made after they are set. */
function inherit(command: Command, from: Command): void {
  command.copyInheritedSettings(from);
  for (const child of command.commands) inherit(child, from);
}

/** Which options of a command are followed by a value. */
function takesValue(program: Command, name: string | undefined): (option: string) => boolean {
  const command = program.commands.find((each) => each.name() === name);
  const flags = new Set(
    (command?.options ?? []).filter(({ required }) => required).flatMap(({ short, long }) => [short, long]),
  );
  return (option) => flags.has(option);
}

async function main(): Promise<void> {
  // Who reads our output may leave when it has seen enough: `timeslice --help | head`.
  process.stdout.on('error', () => {});
  const [first, ...rest] = process.argv.slice(2);
  const words = first === undefined ? [] : [first, ...rest];
  const program = await build(words);
  const filled = first === undefined ? [] : [first, ...fillTrace(rest, takesValue(program, first))];
  try {
    await program.parseAsync(filled, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.ours;
  }
}

void main();
