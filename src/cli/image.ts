/** `timeslice image pull|ls|rm|export|import`: Debian images in the cache. */
import type { Command } from 'commander';
import { isProblem, type Problem } from '../base/index.ts';
import {
  cacheFolder,
  exportImage,
  importImage,
  type ListedImage,
  listImages,
  pullImage,
  removeImage,
} from '../host-node/index.ts';
import { DEFAULT_IMAGE, DEFAULT_SUITE } from '../image/index.ts';
import { bytesInWords, pullReporter } from './image-progress.ts';

/** docker's number for a fault of the tool itself, not of the program it runs. */
const OUR_FAULT = 125;
/** 128 + SIGINT. */
const INTERRUPTED = 130;

/** Adds the command `image` with its subcommands. */
export function registerImageCommand(program: Command): void {
  const image = program
    .command('image')
    .description('fetch and manage Debian images')
    .addHelpText(
      'after',
      '\nExample:\n  timeslice image pull --add gdb\n  timeslice run --image debian python3 -V',
    );
  registerPull(image);
  registerList(image);
  registerRemove(image);
  registerExport(image);
}

interface PullFlags {
  readonly add?: string[];
  readonly mirror?: string;
  readonly suite: string;
  readonly ifMissing?: boolean;
  readonly compile: boolean;
  readonly keyring?: string;
}

function registerPull(image: Command): void {
  image
    .command('pull')
    .description('fetch an image: packages from a Debian mirror, signature and checksums verified')
    .argument('[name]', 'debian, or debian+PACKAGE for an image of its own with more packages', DEFAULT_IMAGE)
    .option('--add <package...>', 'Debian packages to put into the image; later pulls keep them')
    .option(
      '--mirror <url>',
      "the Debian archive (default: TIMESLICE_MIRROR, else what this machine's apt uses)",
    )
    .option('--if-missing', 'do nothing, and use no network, when the image is there')
    .option('--no-compile', "leave Python's modules as sources; Python then starts slower")
    .option('--suite <name>', 'the Debian release', DEFAULT_SUITE)
    .option('--keyring <file>', 'OpenPGP keys to trust instead of those of the Debian archive')
    .addHelpText('after', '\nExample:\n  timeslice image pull debian --add vim-tiny gdb')
    .action(async (name: string, flags: PullFlags) => {
      const report = await pullReporter(process.stderr);
      const stop = new AbortController();
      const onInterrupt = () => (stop.signal.aborted ? process.exit(INTERRUPTED) : stop.abort());
      process.on('SIGINT', onInterrupt);
      const pulled = await pullImage({ name, ...flags, signal: stop.signal }, report.show);
      report.end();
      if (isProblem(pulled)) return complain(pulled);
      if (flags.compile) await compileOnce(pulled.name);
      process.off('SIGINT', onInterrupt);
      const { packages, origin } = pulled.lock;
      const of = `${packages.length} packages of Debian ${origin.version} ${origin.suite}`;
      say(`image ${pulled.name} is ready: ${of}, ${pulled.reused} from the cache, ${shortId(pulled.id)}`);
    });
}

/** An image without compiled modules works, too: what went wrong is said and the pull has still succeeded. */
async function compileOnce(name: string): Promise<void> {
  const { compilePython, wantsCompiledPython } = await import('../host-node/index.ts');
  if (!wantsCompiledPython(name)) return;
  say("compiling Python's common modules in the machine, once");
  const compiled = await compilePython(name);
  if (isProblem(compiled)) say(`${compiled.sentence}. ${compiled.hint}`);
}

function registerList(image: Command): void {
  image
    .command('ls')
    .description('list the images of this machine')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  timeslice image ls --json')
    .action((flags: { json?: boolean }) => {
      const images = listImages(cacheFolder());
      if (flags.json) process.stdout.write(`${JSON.stringify(images, null, 2)}\n`);
      else if (images.length === 0) say('there are no images yet: fetch one with `timeslice image pull`');
      else process.stdout.write(table(images));
    });
}

function registerRemove(image: Command): void {
  image
    .command('rm')
    .description('remove images, with the layers that no other image needs')
    .argument('<name...>', 'names, or ids as `image ls` shows them')
    .addHelpText('after', '\nExample:\n  timeslice image rm debian+gdb')
    .action(async (names: string[]) => {
      for (const name of names) {
        const removed = await removeImage(cacheFolder(), name);
        if (isProblem(removed)) complain(removed);
        else say(`image ${name} is removed, ${bytesInWords(removed.freed)} freed`);
      }
    });
}

function registerExport(image: Command): void {
  image
    .command('export')
    .description('write an image to a .tar file, for a machine without a network')
    .argument('<name>', 'name or id')
    .argument('<file>', 'the .tar file to write')
    .addHelpText('after', '\nExample:\n  timeslice image export debian debian.tar')
    .action(async (name: string, file: string) => {
      const wrong = await exportImage(cacheFolder(), name, file);
      if (wrong) complain(wrong);
      else say(`image ${name} is in ${file}`);
    });
  image
    .command('import')
    .description('take an image from a .tar file; every byte is checked')
    .argument('<file>', 'a file that `image export` wrote')
    .addHelpText('after', '\nExample:\n  timeslice image import debian.tar')
    .action(async (file: string) => {
      const taken = await importImage(cacheFolder(), file);
      if (isProblem(taken)) complain(taken);
      else say(`image ${taken.name} is ready, ${shortId(taken.id)}`);
    });
}

const shortId = (id: string): string => id.slice(0, 'sha256:'.length + 12);

function table(images: readonly ListedImage[]): string {
  const rows = images.map(({ name, id, packages, size, origin }) => [
    name ?? '<none>',
    shortId(id),
    String(packages),
    bytesInWords(size),
    `${origin.suite} ${origin.version}`,
  ]);
  const all = [['NAME', 'ID', 'PACKAGES', 'SIZE', 'DEBIAN'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const say = (sentence: string): void => void process.stderr.write(`timeslice: ${sentence}\n`);

function complain({ code, sentence, hint }: Problem): void {
  say(`${sentence}. ${hint}`);
  process.exitCode = code === 'interrupted' ? INTERRUPTED : OUR_FAULT;
}
