/** gdb at a terminal, on a program that is built here: it needs the cross compiler. */
import { expect, test } from 'vitest';
import { describeDebian, imageOf } from '../debian/image.ts';
import { canCross } from '../linux/libc.ts';
import { fileLayer } from '../machine-fixture.ts';
import { type Person, play } from '../terminal-fixture.ts';
import { debuggedFiles } from './debugged.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('trace');
const files = debuggedFiles();

/** gdb at a terminal, about to run one of the programs. */
const onTerminal = (program: string, arg: string, session: (person: Person) => Promise<void>) =>
  play(
    {
      layers: [...imageOf(image)!.layers, fileLayer(files)],
      argv: ['gdb', '-nx', '-q', '--args', `./${program}`, arg],
      cwd: '/work',
    },
    async (person) => {
      await person.sees('(gdb)');
      await session(person);
    },
  );

describeDebian(
  'gdb at a terminal',
  () => {
    test.skipIf(!canCross)('stops, steps, shows frames and data', () =>
      onTerminal('still', 'threads', async (person) => {
        await person.type('break add\r');
        await person.type('run\r');
        expect(person.screen).toMatch(
          /\nBreakpoint 1, add \(a=3, b=4\) at debugged\.c:19\n19\s+int sum = a \+ b;\n\(gdb\)$/,
        );
        await person.type('bt 2\r');
        expect(person.screen).toMatch(/\n#0 {2}add \(a=3, b=4\) at .*\n#1 .* in walk \(p=/);
        await person.type('next\r');
        // An empty line says the last command again.
        await person.type('\r');
        await person.type('print sum\r');
        expect(person.last(2)).toBe('$1 = 7\n(gdb)');
        await person.type('info loc\t\r');
        expect(person.last(3)).toBe('(gdb) info locals\nsum = 7\n(gdb)');
        await person.type('delete\r');
        await person.type('y\r');
        await person.type('continue\r');
        expect(person.last(2)).toMatch(/exited normally\]\n\(gdb\)$/);
        await person.type('quit\r');
        expect(person.status).toBe(0);
      }),
    );

    test.skipIf(!canCross)('takes the terminal back at Ctrl-C, and draws the source beside it', () =>
      onTerminal('still', 'wait', async (person) => {
        await person.type('tui enable\r');
        await person.type('run\r');
        await person.waits(0.1);
        await person.type('\x03');
        expect(person.screen).toContain('Program received signal SIGINT, Interrupt.');
        expect(person.screen).toMatch(/^┌─debugged\.c.{67}┐\n/);
        await person.resize(30, 60);
        expect(person.screen).toMatch(/^┌─debugged\.c.{47}┐\n/);
        await person.type('set var leave = 1\r');
        await person.type('continue\r');
        expect(person.screen).toMatch(/exited normally\]$/);
        await person.type('quit\r');
        expect(person.status).toBe(0);
      }),
    );
  },
  image,
);
