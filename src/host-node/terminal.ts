/**
 * This computer's terminal as the machine's console: keys pass as they are, the window's size follows, and
 * whatever happens the terminal is given back as it was.
 */
import type { GuestConsole, Window } from '../api/index.ts';

const CTRL_C = 3;
/** Twice within this time ends the host program, in every state. */
const TWICE = 1000;

/** The size of this terminal's window. */
export const windowSize = (): Window => ({
  rows: process.stdout.rows ?? 24,
  columns: process.stdout.columns ?? 80,
});

/** Connects the console; gives what disconnects it. `onGiveUp` is called at the second Ctrl-C. */
export function connectTerminal(console: GuestConsole, onGiveUp: () => void): () => void {
  const { stdin, stdout } = process;
  const isRaw = stdin.isTTY;
  const resize = () => {
    const { rows, columns } = windowSize();
    console.resize(rows, columns);
  };
  const isSecond = twice();
  const type = (bytes: Uint8Array) => {
    if (bytes.includes(CTRL_C) && isSecond()) onGiveUp();
    else console.write(bytes);
  };
  const restore = () => {
    if (isRaw) stdin.setRawMode(false);
  };
  resize();
  stdout.on('resize', resize);
  if (isRaw) {
    stdin.setRawMode(true);
    passOutput();
    stdin.on('data', type);
  }
  process.on('exit', restore);
  return () => {
    process.off('exit', restore);
    stdout.off('resize', resize);
    stdin.off('data', type);
    restore();
    stdin.pause();
  };
}

/**
 * Node's raw mode still turns line feeds into new lines; the guest's terminal has done that, or was told not to.
 * Giving the terminal back restores this, too. Where there is no stty it stays, and is seldom seen.
 */
function passOutput(): void {
  process
    .getBuiltinModule('node:child_process')
    .spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** Tells whether it was called a moment ago. */
export function twice(now: () => number = () => performance.now()): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const isSecond = now() - last < TWICE;
    last = now();
    return isSecond;
  };
}
