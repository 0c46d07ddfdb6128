/** `timeslice shell`: an interactive shell with job control. */
import type { Command } from 'commander';
import { isProblem } from '../base/index.ts';
import { chooseImage } from './choose-image.ts';
import { addKeepFlags, type KeepFlags } from './keep.ts';
import { inPath } from './layer-path.ts';
import { addMachineFlags, type MachineFlags } from './machine-flags.ts';
import { GUEST_PATH } from './program.ts';
import { runProgram } from './run.ts';
import { complain } from './say.ts';

/** Adds the command. */
export function register(program: Command): void {
  addKeepFlags(addMachineFlags(program.command('shell')))
    .description('an interactive shell: bash, or the small one of the image tiny')
    .addHelpText(
      'after',
      '\nExample:\n  timeslice shell --mount .:/work --cwd /work\n\nLeave it with `exit` or Ctrl-D; Ctrl-C twice within a second always ends it.',
    )
    .action((flags: MachineFlags & KeepFlags) => shell(flags));
}

async function shell(flags: MachineFlags & KeepFlags): Promise<void> {
  const image = chooseImage(flags.image);
  if (isProblem(image)) {
    complain(image);
    return;
  }
  const name = inPath(image, 'bash', GUEST_PATH) === undefined ? 'sh' : 'bash';
  await runProgram([name], { ...flags, image: flags.image ?? image.name });
}
