/** Programs that draw on a terminal: keys are typed and the screen is looked at. gdb's terminal is in trace.test.ts. */
import { expect, test } from 'vitest';
import { describeDebian, imageOf } from '../debian/image.ts';
import { type Person, play, type TerminalScene } from '../terminal-fixture.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('interactive');

const onScreen = (session: (person: Person) => Promise<void>, scene: Partial<TerminalScene> = {}) =>
  play({ layers: imageOf(image)!.layers, argv: ['bash', '--norc'], env: { PS1: '$ ' }, ...scene }, session);

const ESC = '\x1b';
const CTRL_A = '\x01';
const CTRL_B = '\x02';
const CTRL_C = '\x03';
const CTRL_O = '\x0f';
const CTRL_X = '\x18';
const CTRL_Z = '\x1a';

/** The rows of a table of processes: those lines that begin with a number. */
const rowsOf = (person: Person): string[][] =>
  person.screen
    .split('\n')
    .filter((line) => /^ *\d+ /.test(line))
    .map((line) => line.trim().split(/ +/));

/** Blank lines between what stands above and below do not matter here. */
const compact = (text: string): string => text.replace(/\n+/g, '\n');

describeDebian(
  'editors',
  () => {
    test('vim edits, saves, runs a command, follows the window and ends', () =>
      onScreen(async (person) => {
        await person.type('vim hello.txt\r');
        expect(person.last(1)).toMatch(/^"hello\.txt" \[New\] +0,0-1 +All$/);
        await person.type('ione\rtwo');
        expect(person.last(1)).toMatch(/^-- INSERT -- +2,4 +All$/);
        await person.type(ESC);
        await person.waits(1.1);
        expect(person.screen).toMatch(/^one\ntwo\n(~\n){21} +2,3 +All$/);
        expect(person.cursor).toEqual({ row: 1, column: 2 });
        await person.type(':w\r');
        expect(person.last(1)).toMatch(/^"hello\.txt" \[New\] 2L, 8B written +2,3 +All$/);
        await person.type(':!ls; stty size\r');
        expect(person.last(4)).toBe('hello.txt\n24 80\n\nPress ENTER or type command to continue');
        await person.type('\r');
        await person.resize(12, 50);
        expect(person.screen).toMatch(/^one\ntwo\n(~\n){9} +2,3 +All$/);
        await person.type('yyp:wq\r');
        await person.type('cat hello.txt\r');
        expect(person.last(5)).toBe('$ cat hello.txt\none\ntwo\ntwo\n$');
      }));

    test('vim is stopped, and drawn again when it goes on, in the window as it is then', () =>
      onScreen(async (person) => {
        await person.type('vim\r');
        await person.type(`ithere${ESC}`);
        await person.waits(1.1);
        await person.type(CTRL_Z);
        expect(person.last(2)).toBe('[1]+  Stopped                 vim\n$');
        await person.resize(10, 40);
        await person.type('fg\r');
        expect(person.screen).toMatch(/^there\n(~\n){8} +1,5 +All$/);
        await person.type(':q!\r');
        await person.type('jobs; stty size\r');
        expect(person.last(2)).toBe('10 40\n$');
      }));

    test('nano writes what was typed', () =>
      onScreen(async (person) => {
        await person.type('nano hi.txt\r');
        expect(person.screen).toContain('[ New File ]');
        await person.type('hello nano');
        await person.resize(15, 60);
        expect(compact(person.screen)).toMatch(/^ {2}GNU nano .* hi\.txt \*\nhello nano\n\^G Help /);
        await person.type(CTRL_O);
        expect(person.last(3)).toContain('Write to File: hi.txt');
        await person.type('\r');
        expect(person.screen).toContain('[ Wrote 1 line ]');
        await person.type(CTRL_X);
        await person.type('cat hi.txt\r');
        expect(person.last(3)).toBe('$ cat hi.txt\nhello nano\n$');
      }));
  },
  image,
);

describeDebian(
  'less',
  () => {
    test('turns pages, searches, goes to the ends, and gives the screen back', () =>
      onScreen(async (person) => {
        const first = () => person.screen.split('\n')[0];
        await person.type('seq 200 > f; less f\r');
        expect([first(), person.last(2)]).toEqual(['1', '23\nf']);
        await person.type(' ');
        expect([first(), person.last(2)]).toEqual(['24', '46\n:']);
        await person.type('/15.\r');
        expect(first()).toBe('150');
        await person.type('n');
        expect(first()).toBe('151');
        await person.type('G');
        expect([first(), person.last(2)]).toEqual(['178', '200\n(END)']);
        await person.resize(10, 40);
        expect([first(), person.last(2)]).toEqual(['178', '186\n:']);
        await person.type('nq');
        expect(person.screen).toBe('$ seq 200 > f; less f\n$');
        await person.type('yes | less\r');
        expect(person.screen).toBe(`${'y\n'.repeat(9)}:`);
        await person.type('q');
        expect(person.last(1)).toBe('$');
      }));
  },
  image,
);

describeDebian(
  'monitors of processes',
  () => {
    test('htop shows the processes, as a tree, too, changes one, and follows the window', () =>
      onScreen(async (person) => {
        await person.type('sleep 1000 &\r');
        await person.type('htop\r');
        await person.waits(1.6);
        expect(person.screen).toContain('Tasks: 4, 0 thr, 0 kthr; 1 running');
        const shown = () => rowsOf(person).map((row) => [row[0], row[1], row[7], row.slice(11).join(' ')]);
        expect(shown()).toEqual([
          ['1', 'root', 'S', 'init'],
          ['2', 'root', 'S', 'bash --norc'],
          ['3', 'root', 'S', 'sleep 1000'],
          ['4', 'root', 'R', 'htop'],
        ]);
        await person.resize(16, 100);
        expect(person.last(1)).toMatch(/^F1Help .*F10Quit$/);
        await person.type('I');
        await person.type('t');
        expect(shown().map((row) => row[3])).toEqual(['init', '└─ bash --norc', '├─ sleep 1000', '└─ htop']);
        await person.type(`${ESC}OB${ESC}OB`);
        await person.type(`${ESC}[19~`);
        await person.waits(1.6);
        expect(rowsOf(person)[2]!.slice(0, 4)).toEqual(['3', 'root', '21', '1']);
        await person.type('q');
        expect(person.last(2)).toBe('$ htop\n$');
      }));

    test('top shows who uses the processor, sorts, and kills', () =>
      onScreen(async (person) => {
        const first = () => rowsOf(person).map((row) => row[0]);
        await person.type('sleep 1000 & timeout 0.8 yes > /dev/null & top -d 0.5\r');
        expect(person.screen).toContain('Tasks:   6 total,   2 running,   4 sleeping');
        const [busy] = rowsOf(person);
        expect([busy![0], busy![11]]).toEqual(['6', 'yes']);
        expect(Number(busy![8])).toBeGreaterThan(80);
        await person.waits(1);
        expect(person.screen).toContain('Tasks:   4 total,   1 running,   3 sleeping');
        await person.type('N');
        expect(first()).toEqual(['5', '3', '2', '1']);
        await person.resize(12, 60);
        await person.type('R');
        expect(first()).toEqual(['1', '2', '3', '5']);
        await person.type('k');
        await person.type('3\r');
        await person.type('\r');
        await person.waits(0.5);
        expect(first()).toEqual(['1', '2', '5']);
        await person.type('q');
        await person.type('jobs\r');
        expect(person.screen).toMatch(/\[1\]- {2}Terminated +sleep 1000\n/);
      }));
  },
  image,
);

describeDebian(
  'terminals within the terminal',
  () => {
    test('tmux has two panes, is left and come back to, and follows the window', () =>
      onScreen(async (person) => {
        await person.type('tmux\r');
        expect(person.last(1)).toMatch(/^\[0\] 0:bash\* +"timeslice" \d\d:\d\d \d\d-\w\w\w-\d\d$/);
        await person.type('export PS1="% "; clear; echo left\r');
        await person.type(`${CTRL_B}%`);
        await person.type('PS1="% "; clear; tty; stty size\r');
        expect(person.screen).toMatch(/^left +│\/dev\/pts\/1\n% +│23 39\n +│%\n/);
        await person.type('vim x\r');
        await person.type(`${CTRL_B}d`);
        expect(person.last(2)).toBe('[detached (from session 0)]\n$');
        await person.resize(20, 100);
        await person.type('tmux ls; tmux attach\r');
        expect(person.screen).toMatch(/^left +│\n% +│~\n( +│~\n){16} +│ +0,0-1 +All\n\[0\] 0:vim\* /);
        await person.type(`:q\r`);
        await person.type(`${CTRL_B};`);
        await person.type('exit\r');
        await person.type('stty size\r');
        expect(compact(person.screen)).toMatch(/\n19 100\n%\n\[0\] 0:/);
        await person.type('exit\r');
        expect(person.last(2)).toBe('[exited]\n$');
        await person.type('ps -o pid,args\r');
        expect(rowsOf(person).map((row) => row.slice(1).join(' '))).toEqual([
          'bash --norc',
          'ps -o pid,args',
        ]);
      }));

    test('screen is left and come back to', () =>
      onScreen(async (person) => {
        await person.type('screen\r');
        await person.type('\r');
        await person.type('PS1="% "; tty; tr -d "" | tr a-z A-Z\r');
        await person.type('inside\r');
        await person.type(`${CTRL_A}d`);
        expect(person.last(2)).toMatch(/^\[detached from \d+\.console\.timeslice\]\n\$$/);
        await person.type('screen -ls; screen -r\r');
        await person.type('\x04');
        expect(person.last(4)).toBe('/dev/pts/0\ninside\nINSIDE\n%');
        await person.type('exit\r');
        expect(person.last(2)).toBe('[screen is terminating]\n$');
      }));

    test('script writes down what a shell on another terminal shows', () =>
      onScreen(async (person) => {
        await person.type('SHELL=/bin/bash script -q log\r');
        await person.type('tty; ps -o tty,stat,args\r');
        expect(rowsOf(person)).toEqual([]);
        expect(person.screen).toMatch(/\npts\/0 +Ss +bash -i\npts\/0 +R\+ +ps -o tty,stat,args\n/);
        await person.resize(30, 90);
        await person.type('stty size\r');
        await person.type('exit\r');
        await person.type('clear 2>&-; tty; grep -A1 size log\r');
        expect(person.screen).toMatch(/^\/dev\/console\n.*stty size\n30 90\n\$$/);
      }));
  },
  image,
);

describeDebian(
  'strace -f on bash',
  () => {
    test('has job control below it, and tells of the signals of each', () =>
      onScreen(async (person) => {
        await person.type('strace -f -o log bash --norc\r');
        await person.type('sleep 100\r');
        await person.type(CTRL_Z);
        expect(person.last(3)).toBe('^Z\n[1]+  Stopped                 sleep 100\n$');
        await person.type('fg\r');
        await person.type(CTRL_C);
        await person.type('exit\r');
        const told = '--- SIG(TSTP|CONT|INT) |stopped by|\\+\\+\\+';
        await person.type(`clear; grep -Ee '${told}' log | sed 's/^[0-9]* *//'\r`);
        expect(person.screen).toMatch(/--- SIGTSTP \{[^}]*\} ---\n--- stopped by SIGTSTP ---\n--- SIGCONT /);
        expect(person.screen).toMatch(
          /--- SIGINT \{[^}]*\} ---\n\+\+\+ killed by SIGINT \+\+\+\n\+\+\+ exited with 130 \+\+\+/,
        );
      }));
  },
  image,
);
