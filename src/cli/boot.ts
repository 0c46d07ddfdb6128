/** `timeslice boot`: a whole system, from the first process to a login on the console, until it is shut down. */
import type { Command } from 'commander';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { type ChosenImage, chooseImage } from './choose-image.ts';
import { addKeepFlags, type KeepFlags } from './keep.ts';
import { addMachineFlags, type MachineFlags } from './machine-flags.ts';
import { runProgram } from './run.ts';
import { complain } from './say.ts';
import { streamsOf } from './session.ts';
import { asSystem } from './system.ts';
import { traceOption } from './trace-flag.ts';

export interface BootFlags extends MachineFlags, KeepFlags {
  readonly autologin?: string | true;
  readonly trace?: readonly string[];
}

/** Adds the command. */
export function register(program: Command): void {
  addKeepFlags(addMachineFlags(program.command('boot')))
    .description('boot a whole system: init, and a login on this terminal')
    .option('--autologin [user]', 'log in without a question (default: root)')
    .addOption(traceOption())
    .addHelpText(
      'after',
      '\nExamples:\n  timeslice boot\n' +
        '  timeslice image pull debian+login+passwd+util-linux+vim\n' +
        '  timeslice boot --image debian+login+passwd+util-linux+vim\n\n' +
        "/sbin/init, ours, starts what the image's /etc/inittab says. Without one that is agetty and login when the\n" +
        'image has them, where root has no password until passwd(1) gives it one; else a shell that comes again when\n' +
        'it is left. `poweroff` inside ends the system in order: TERM, KILL after five seconds, unmounting; so does\n' +
        'SIGTERM to this command. Ctrl-C twice within a second ends it at once.\n',
    )
    .action(bootSystem);
}

async function bootSystem(flags: BootFlags): Promise<void> {
  const system = whyNot(flags) ?? prepare(flags);
  if (isProblem(system)) complain(system);
  else await runProgram(['/sbin/init'], flags, { image: system, isFirst: true });
}

function whyNot({ user, cwd }: BootFlags): Problem | null {
  if (user !== undefined || cwd !== undefined) {
    const option = user === undefined ? '--cwd' : '--user';
    return problem('bad-option', `${option}: a system begins as root in /`, 'Log in as another user.');
  }
  const { hasConsole } = streamsOf();
  if (hasConsole && process.stdin.isTTY) return null;
  const hint = 'Run it on a terminal; `timeslice run` runs a program in a pipe.';
  return problem('no-terminal', 'boot needs a terminal to log in on', hint);
}

function prepare({ image, autologin }: BootFlags): ChosenImage | Problem {
  const chosen = chooseImage(image);
  if (isProblem(chosen)) return chosen;
  return asSystem(chosen, autologin === true ? 'root' : autologin);
}
