/** bash with job control at the machine's terminal; what it shows is what it shows on Linux, also key by key. */
import { expect, test } from 'vitest';
import { play } from '../terminal-fixture.ts';
import { describeDebian, imageOf } from './image.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_Z = '\x1a';

/** A session with a bash whose prompt is $, which ends with what the screen shows then. */
function shows(steps: readonly (string | number)[], wanted: string): Promise<unknown> {
  const scene = { layers: imageOf('debian')!.layers, argv: ['bash', '--norc'], env: { PS1: '$ ' }, rows: 50 };
  return play(scene, async (person) => {
    for (const step of steps) {
      if (typeof step === 'number') await person.waits(step);
      else await person.type(step);
    }
    expect(person.screen).toBe(wanted);
  });
}

describeDebian('bash on a terminal', () => {
  test('a job is stopped, listed, goes on behind, comes back and is interrupted', () =>
    shows(
      ['sleep 100\r', CTRL_Z, 'jobs\r', 'bg\r', 'jobs\r', 'fg\r', CTRL_C, 'echo $?\r'],
      `$ sleep 100
^Z
[1]+  Stopped                 sleep 100
$ jobs
[1]+  Stopped                 sleep 100
$ bg
[1]+ sleep 100 &
$ jobs
[1]+  Running                 sleep 100 &
$ fg
sleep 100
^C
$ echo $?
130
$`,
    ));

  test('what reads or writes the terminal from behind is stopped', () =>
    shows(
      ['cat &\r', '\r', 'fg\r', 'line\r', CTRL_D, 'stty tostop; echo hi &\r', '\r', 'stty -tostop; fg\r'],
      `$ cat &
[1] 3
$

[1]+  Stopped                 cat
$ fg
cat
line
line
$ stty tostop; echo hi &
[1] 5
$

[1]+  Stopped                 echo hi
$ stty -tostop; fg
echo hi
hi
$`,
    ));

  test('of several jobs one is chosen; the shell does not leave stopped ones at once', () =>
    shows(
      [
        'sleep 50 & sleep 60 & sleep 70\r',
        CTRL_Z,
        'jobs\r',
        'fg %2\r',
        CTRL_C,
        'exit\r',
        'kill -9 %1 %3\r',
        '\r',
      ],
      `$ sleep 50 & sleep 60 & sleep 70
[1] 3
[2] 4
^Z
[3]+  Stopped                 sleep 70
$ jobs
[1]   Running                 sleep 50 &
[2]-  Running                 sleep 60 &
[3]+  Stopped                 sleep 70
$ fg %2
sleep 60
^C
$ exit
exit
There are stopped jobs.
$ kill -9 %1 %3

[3]+  Stopped                 sleep 70
$
[1]-  Killed                  sleep 50
[3]+  Killed                  sleep 70
$`,
    ));

  test('the end of a job is told at the prompt, or, if so set, at once', () =>
    shows(
      ['(sleep 0.1; exit 3) &\r', 0.3, '\r', 'set -b; sleep 0.1 &\r', 0.3, '\r'],
      `$ (sleep 0.1; exit 3) &
[1] 3
$
[1]+  Exit 3                  ( sleep 0.1; exit 3 )
$ set -b; sleep 0.1 &
[1] 5
$ [1]+  Done                    sleep 0.1

$`,
    ));

  test('a shell within the shell has jobs of its own, and gives the terminal back', () =>
    shows(
      [
        'bash --norc\r',
        'sleep 30\r',
        CTRL_Z,
        'exit\r',
        'exit\r',
        'jobs; (trap "" TSTP; sleep 0.3; echo slept)\r',
        CTRL_Z,
        0.4,
      ],
      `$ bash --norc
$ sleep 30
^Z
[1]+  Stopped                 sleep 30
$ exit
exit
There are stopped jobs.
$ exit
exit
$ jobs; (trap "" TSTP; sleep 0.3; echo slept)
^Zslept
$`,
    ));

  test('the size of the window is the host’s, and its change is told to the job in the foreground', () => {
    const scene = { layers: imageOf('debian')!.layers, argv: ['bash', '--norc'], env: { PS1: '$ ' } };
    return play(scene, async (person) => {
      await person.type(`trap 'stty size' WINCH; stty size\r`);
      await person.resize(30, 100);
      await person.type('python3 -c "import signal as s; s.signal(28, print); s.pause()"\r');
      await person.resize(10, 40);
      expect(person.screen).toMatch(/^\$ trap [^$]*\n24 80\n\$ 30 100\n[^$]*\n28 <frame [^$]*\n\$$/);
      await person.type('stty size\r');
      expect(person.last(2)).toBe('10 40\n$');
    });
  });
});
