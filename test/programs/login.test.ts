/** A whole system with Debian's agetty and login: passwords, PAM, sessions of the console, and an orderly end. */
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { asSystem } from '../../src/cli/system.ts';
import { lineage, playSystem, type Step } from '../console.ts';
import { describeDebian, imageOf } from '../debian/image.ts';
import { fileLayer } from '../machine-fixture.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('login');

interface System {
  readonly autologin?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Plays the steps on two machines, which must be the same at the end: powered off. */
function play(steps: readonly Step[], { autologin, files = {} }: System = {}): string {
  const system = asSystem({ name: image, layers: imageOf(image)!.layers }, autologin);
  if (isProblem(system)) throw new Error(system.sentence);
  const layers = [...system.layers, fileLayer(files)];
  const first = playSystem(layers, steps);
  expect(first.missing, first.shown).toBeNull();
  expect(first.state, first.shown).toEqual({ state: 'exited', status: 0 });
  expect(playSystem(layers, steps)).toEqual(first);
  return first.shown;
}

const END: Step = ['# ', 'poweroff\n'];

/** `openssl passwd -6 -salt saltsalt geheim`. */
const SHADOW =
  'root:$6$saltsalt$sfZR6YSW/Dp0uCiyF9fDipa6ORr5LVLOwXNgtzRlXXhkC7xA3w4zy97VIC3vL14AUXGJp3yBjZVztkdiBzJnX1:20000:0:99999:7:::\n';

describeDebian(
  'a login on the console',
  () => {
    test('a wrong password, the right one, vim below bash below login below init, and a new prompt after', () => {
      const shown = play(
        [
          ['timeslice login: ', 'root\n'],
          ['Password: ', 'wrong\n'],
          ['Login incorrect', ''],
          ['login: ', 'root\n'],
          ['Password: ', 'geheim\n'],
          ['# ', 'vim -u NONE /tmp/text\n'],
          ['/tmp/text', 'ihello\x1b:!pstree\n'],
          ['init---login---bash---vim-', '\n'],
          ['', ':wq\n'],
          ['# ', 'cat /tmp/text; tty; id -un; echo $SHLVL $HOME $PWD\n'],
          ['hello\n/dev/console\nroot\n1 /root /root\n', ''],
          ['# ', 'exit\n'],
          ['logout', ''],
          ['timeslice login: ', 'root\n'],
          ['Password: ', 'geheim\n'],
          END,
        ],
        { files: { '/etc/shadow': SHADOW } },
      );
      expect(shown).toMatch(/\(TERM\)\s+[\s\S]*init: power off\n$/);
    });

    test('each of them was made by the one before, and getty became login', () => {
      const system = asSystem({ name: image, layers: imageOf(image)!.layers }, undefined);
      if (isProblem(system)) throw new Error(system.sentence);
      const { executed, missing, shown } = playSystem(system.layers, [
        ['timeslice login: ', 'root\n'],
        ['# ', 'vim -u NONE /tmp/text\n'],
        ['/tmp/text', ':q\n'],
        END,
      ]);
      expect(missing, shown).toBeNull();
      expect(lineage(executed, 'vim')).toEqual(['init', 'login', 'bash', 'vim']);
      const login = executed.find(({ program }) => program === 'login')!;
      expect(executed.filter(({ pid }) => pid === login.pid).map(({ program }) => program)).toEqual([
        'agetty',
        'login',
      ]);
    });

    test('root without a password takes one by passwd, and needs it from then on', () => {
      play([
        ['login: ', 'root\n'],
        ['# ', 'passwd\n'],
        ['New password: ', 'Xy7-abc-9q\n'],
        ['Retype new password: ', 'Xy7-abc-9q\n'],
        ['password updated successfully', ''],
        ['# ', 'exit\n'],
        ['login: ', 'root\n'],
        ['Password: ', 'Xy7-abc-9q\n'],
        ['# ', 'grep -c "^root:[$]y[$]" /etc/shadow\n'],
        ['1\n', ''],
        END,
      ]);
    });

    test('an orphan is adopted by init and reaped, and utmp tells of the boot and the getty', () => {
      const utmp = `python3 -c "
import struct
for r in struct.iter_unpack('<hxxi32s4s32s256shhiii16s20x', open('/run/utmp', 'rb').read()):
    print(r[0], r[2].rstrip(bytes(1)).decode(), r[4].rstrip(bytes(1)).decode())"\n`;
      play(
        [
          ['# ', '(sleep 1 &); sleep 0.3; ps -o ppid= -C sleep\n'],
          ['    1\n', 'sleep 2; ps --no-headers -C sleep; echo gone\n'],
          ['gone\n', utmp],
          ['2 ~ reboot\n6 console LOGIN\n', ''],
          END,
        ],
        { autologin: 'root' },
      );
    });

    test('a login that nobody finishes is given up, and the prompt comes again', () => {
      play(
        [
          ['timeslice login: ', 'root\n'],
          ['Password: ', ''],
          ['timed out after 60 seconds', ''],
          ['timeslice login: ', 'root\n'],
          ['Password: ', 'geheim\n'],
          END,
        ],
        { files: { '/etc/shadow': SHADOW } },
      );
    });

    test('services get TERM, and KILL when they stay; jobs of the shell end, too', () => {
      const shown = play(
        [
          ['# ', 'python3 /root/service.py polite & python3 /root/service.py stubborn & sleep 500 &\n'],
          [' is ready', ''],
          [' is ready', ''],
          ['', 'poweroff\n'],
        ],
        {
          autologin: 'root',
          files: {
            '/root/service.py': `import os, signal, sys, time
name = sys.argv[1]
if os.fork(): os._exit(0)
os.setsid()
def end(*_):
    with open('/dev/console', 'w') as console: print(name, 'heard TERM', file=console)
    if name == 'polite': sys.exit()
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
print(name, 'is ready', flush=True)
while True: time.sleep(1)
`,
          },
        },
      );
      expect(shown).toContain('polite heard TERM');
      expect(shown).toMatch(/stubborn heard TERM[\s\S]*\(KILL\)[\s\S]*init: power off\n$/);
    });
  },
  image,
);
