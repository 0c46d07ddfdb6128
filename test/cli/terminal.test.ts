/** The command on a terminal: a pseudo-terminal that script(1) makes and we type into. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './timeslice.ts';

const isThere = spawnSync('script', ['--version']).status === 0;
if (!isThere) console.warn('skipped: there is no script(1) to make a terminal (on Debian: bsdutils)');

/** What to wait for on the screen, and what to type then. */
type Step = readonly [seen: string, typed: string];

/** People do not type before they have seen something. In milliseconds. */
const PAUSE = 150;

interface Shown {
  readonly screen: string;
  readonly status: number | null;
}

/** Plays steps against `timeslice ARGS…` on a terminal of 90 columns. */
async function onTerminal(args: string, steps: readonly Step[]): Promise<Shown> {
  const command = `stty rows 30 cols 90; ${process.execPath} ${join(root, 'bin/timeslice.js')} ${args}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd: root });
  const left = [...steps];
  let screen = '';
  let looked = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    screen += text;
    while (left.length > 0 && screen.indexOf(left[0]![0], looked) >= 0) {
      const [seen, typed] = left.shift()!;
      looked = screen.indexOf(seen, looked) + seen.length;
      setTimeout(() => child.stdin.write(typed), PAUSE);
    }
  });
  const [status] = await once(child, 'close');
  return { screen, status };
}

describe.skipIf(!isThere)('on a terminal', { retry: 3 }, () => {
  test('the shell has the terminal’s size, job control, and gives its status back', async () => {
    const { screen, status } = await onTerminal('shell --image tiny', [
      ['# ', 'tty; stty -a | head -1\r'],
      ['# ', 'sleep 100\r'],
      ['sleep 100\r\n', '\x1a'],
      ['Stopped', 'fg\r'],
      ['fg\r\n', '\x03'],
      ['# ', 'exit 5\r'],
    ]);
    expect(screen).toContain('/dev/console\r\n');
    expect(screen).toContain('rows 30; columns 90');
    expect(screen).toContain('Stopped\tsleep 100');
    expect(status).toBe(5);
  });

  test('Ctrl-C ends the program in the foreground', async () => {
    const { status } = await onTerminal("run --image tiny sh -c 'echo ready; spin'", [['ready', '\x03']]);
    expect(status).toBe(130);
  });

  test('Ctrl-C twice within a second ends the host program, and the terminal is as before', async () => {
    const guest = `run --image tiny sh -c "trap '' INT; echo ready; spin"`;
    const { screen, status } = await onTerminal(`${guest}; echo status $?; stty -a`, [
      ['ready', '\x03'],
      ['^C', '\x03'],
    ]);
    expect(screen).toContain('status 130');
    expect(screen).toMatch(/isig icanon .*echo /);
    expect(status).toBe(0);
  });

  test('a system boots to a shell on this terminal, and powers off with status 0', async () => {
    const { screen, status } = await onTerminal('boot --image tiny', [
      ['# ', 'ps\r'],
      ['# ', 'exit\r'],
      ['# ', 'poweroff\r'],
    ]);
    expect(screen).toMatch(/1 +0 S +[0-9:]+ \/sbin\/init\r\n/);
    expect(screen).toMatch(/init: power off\r\n$/);
    expect(status).toBe(0);
  });

  test('a guest in a pipe here has a pipe there', async () => {
    const { screen } = await onTerminal('run --image tiny tty < /dev/null', []);
    expect(screen).toContain('not a tty');
  });
});
