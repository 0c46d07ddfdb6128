/** `--explain`: what the kernel does for each line of a Python file, in words, on standard error as it happens. */
import { basename, posix } from 'node:path';
import { type Problem, problem } from '../base/index.ts';
import { explainLines, safe } from '../views/index.ts';
import type { Language } from '../words/index.ts';
import { hasColour, styled } from './say.ts';
import type { Observer } from './session.ts';
import { styleOf } from './style.ts';

/** The Python file among the words of a program, as the guest names it; a problem when there is none. */
export function pythonFile(argv: readonly string[], cwd: string): string | Problem {
  const [program = '', ...args] = argv;
  const isPython = /^python3?(\.\d+)?$/.test(basename(program));
  const file = isPython ? args.find((arg) => !arg.startsWith('-')) : undefined;
  if (file !== undefined && !args.includes('-c') && !args.includes('-m')) return posix.resolve(cwd, file);
  return problem(
    'not-python',
    `--explain tells of a Python file, and \`${safe(argv.join(' '))}\` runs none`,
    'Give a file that ends in .py: timeslice run --explain file.py. For other programs there is --trace.',
  );
}

/** Watches a session's machine, and tells of the lines of a file and of modules beside it. */
export function explain(stream: NodeJS.WriteStream, file: string, language: Language): Observer {
  const isRaw = stream.isTTY && process.stdin.isTTY;
  const look = hasColour(stream)
    ? {
        where: (text: string) => styled(stream, 'cyan', text),
        warning: (text: string) => styled(stream, 'yellow', text),
      }
    : {};
  let rest = () => {};
  return {
    onBoot(machine) {
      rest = machine.explain((told) => {
        const lines = explainLines(told, language, styleOf(stream), file, look);
        stream.write(lines.map((line) => line + (isRaw ? '\r\n' : '\n')).join(''));
      }, posix.dirname(file));
    },
    onEnd: () => rest(),
  };
}
