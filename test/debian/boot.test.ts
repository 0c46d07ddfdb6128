/** The default image as a system: init, and a shell on the console where there is no login. */
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { asSystem } from '../../src/cli/system.ts';
import { playSystem, type Step } from '../console.ts';
import { describeDebian, imageOf } from './image.ts';

describeDebian('a system', () => {
  const image = () => ({ name: 'debian', layers: imageOf('debian')!.layers });

  test('bash on the console below init, a new one when it ends, and an orderly end', () => {
    const system = asSystem(image(), undefined);
    if (isProblem(system)) throw new Error(system.sentence);
    const steps: readonly Step[] = [
      ['# ', 'pstree; tty; shopt login_shell; (sleep 1 &); sleep 0.2; ps -o ppid= -C sleep\n'],
      ['init───bash───pstree\n/dev/console\nlogin_shell    \ton\n    1\n', ''],
      ['# ', 'exit\n'],
      ['logout', ''],
      ['# ', "trap 'echo heard' TERM; poweroff; sleep 9\n"],
    ];
    const first = playSystem(system.layers, steps);
    expect(first.missing, first.shown).toBeNull();
    expect(first.state).toEqual({ state: 'exited', status: 0 });
    expect(first.shown).toMatch(/\(TERM\)\n[\s\S]*init: power off\n$/);
    expect(playSystem(system.layers, steps)).toEqual(first);
  });

  test('who asks for a login that the image does not have hears what is missing', () => {
    expect(asSystem(image(), 'root')).toMatchObject({ code: 'no-login' });
  });
});
