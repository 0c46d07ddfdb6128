/**
 * What the tiny shell shows on a terminal: keys that are sent, and text that must appear before the next ones.
 * Recorded on Linux with a pseudo-terminal under qemu-riscv64 7.2.
 */

interface TerminalStep {
  /** Keys; \x03 is Ctrl-C, \x04 Ctrl-D, \x1a Ctrl-Z. */
  readonly send: string;
  /** Must appear in what the terminal shows after the keys (CR LF counted as LF). */
  readonly expect: string;
}

export interface TerminalCase {
  readonly name: string;
  readonly steps: readonly TerminalStep[];
  readonly status: number;
}

/** Each begins with `tiny sh` at its prompt, in an empty folder. The prompt is the folder and # (or $). */
export const terminalCases: readonly TerminalCase[] = [
  {
    name: 'a line is echoed, run, and the prompt comes back',
    steps: [
      { send: 'echo hello\n', expect: 'echo hello\nhello\n' },
      { send: 'exit 3\n', expect: 'exit 3\n' },
    ],
    status: 3,
  },
  {
    name: 'keys edit the line before it is read',
    steps: [
      { send: 'echo abX\x7fc\n', expect: '\nabc\n' },
      { send: 'garbage\x15echo new\n', expect: '\nnew\n' },
      { send: '\x04', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'Ctrl-C ends the foreground job and not the shell',
    steps: [
      { send: 'sleep 100\n', expect: 'sleep 100\n' },
      { send: '\x03', expect: '^C' },
      { send: 'echo status $?\n', expect: '\nstatus 130\n' },
      { send: 'while true; do sleep 0.1; done\n', expect: 'done\n' },
      { send: '\x03', expect: '^C' },
      { send: 'echo still here\n', expect: '\nstill here\n' },
      { send: 'half a line\x03', expect: '^C' },
      { send: 'echo status $?\n', expect: '\nstatus 130\n' },
      { send: 'exit\n', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'Ctrl-Z stops, bg and fg continue, jobs tells',
    steps: [
      { send: 'sleep 100 | cat\n', expect: 'cat\n' },
      { send: '\x1a', expect: '[1] Stopped\tsleep 100 | cat\n' },
      { send: 'jobs\n', expect: 'jobs\n[1] Stopped\tsleep 100 | cat\n' },
      { send: 'bg\n', expect: 'sleep 100 | cat &\n' },
      { send: 'jobs\n', expect: '[1] Running\tsleep 100 | cat\n' },
      { send: 'fg %1\n', expect: 'fg %1\nsleep 100 | cat\n' },
      { send: '\x1a', expect: '[1] Stopped' },
      { send: 'fg\n', expect: 'fg\nsleep 100 | cat\n' },
      { send: '\x03', expect: '^C' },
      { send: 'jobs; echo none left\n', expect: 'jobs; echo none left\nnone left\n' },
      { send: '\x04', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'a background job that reads the terminal is stopped',
    steps: [
      { send: 'cat &\n', expect: '[1] ' },
      { send: 'sleep 0.2\n', expect: '[1] Stopped\tcat\n' },
      { send: 'kill -KILL %1; wait %1\n', expect: '# ' },
      { send: 'echo alive\n', expect: '\nalive\n' },
      { send: 'exit\n', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'a background job that ends is told at the next prompt',
    steps: [
      { send: 'sleep 0.05 &\n', expect: '[1] ' },
      { send: 'sleep 0.3\n', expect: '[1] Done\tsleep 0.05\n' },
      { send: '\x04', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'an unfinished command asks for more',
    steps: [
      { send: 'if true\n', expect: '> ' },
      { send: 'then echo "two\n', expect: '> ' },
      { send: 'lines"; fi\n', expect: '\ntwo\nlines\n' },
      { send: 'cat <<E\n', expect: '> ' },
      { send: 'body\n', expect: '> ' },
      { send: 'E\n', expect: 'E\nbody\n' },
      { send: '\x04', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'a program reads lines until Ctrl-D',
    steps: [
      { send: 'cat\n', expect: 'cat\n' },
      { send: 'one\n', expect: 'one\none\n' },
      { send: '\x04', expect: '# ' },
      { send: 'wc -l\n', expect: 'wc -l\n' },
      { send: 'a\nb\n\x04', expect: '\n2\n' },
      { send: 'exit\n', expect: 'exit\n' },
    ],
    status: 0,
  },
  {
    name: 'stty turns the echo off and on',
    steps: [
      { send: 'stty -echo; echo off\n', expect: '\noff\n' },
      { send: 'echo unseen\n', expect: 'unseen\n' },
      { send: 'stty echo\n', expect: '# ' },
      { send: 'echo seen\n', expect: 'echo seen\nseen\n' },
      { send: 'exit\n', expect: 'exit\n' },
    ],
    status: 0,
  },
];
