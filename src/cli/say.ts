/** Our own words: on standard error, one sentence a line, with what to do about it. */
import { styleText } from 'node:util';
import type { Problem } from '../base/index.ts';

/** docker's numbers for a fault of the tool, a program that cannot be executed, and one that is not there. */
export const EXIT = { ours: 125, notExecutable: 126, notFound: 127 } as const;

const NOT_EXECUTABLE = new Set([
  'not-elf',
  'wrong-machine',
  'elf-32-bit',
  'elf-big-endian',
  'truncated-elf',
  'malformed-elf',
  'no-segment',
  'elf-object',
  'elf-core',
  'no-interpreter',
  'not-executable',
  'unreadable',
]);

/** The exit status that tells a problem. */
export const exitStatusOf = ({ code }: Problem): number =>
  code === 'not-found' ? EXIT.notFound : NOT_EXECUTABLE.has(code) ? EXIT.notExecutable : EXIT.ours;

export const say = (sentence: string): void => void process.stderr.write(`timeslice: ${sentence}\n`);

/** Tells a problem; its exit status is what the command ends with. */
export function complain(found: Problem): void {
  say(found.sentence);
  if (found.hint !== '') say(found.hint);
  process.exitCode = exitStatusOf(found);
}

/** May we use colour there? https://no-color.org */
export const hasColour = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';

type Style = Parameters<typeof styleText>[0];

/** Text in a style, where there is colour. */
export const styled = (stream: NodeJS.WriteStream, style: Style, text: string): string =>
  hasColour(stream) ? styleText(style, text) : text;
