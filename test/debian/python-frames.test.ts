/** The Python frames that a view reads out of CPython's memory are those that Python itself tells of. */
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine } from '../../src/machine/index.ts';
import { pcbLines } from '../../src/views/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { describeDebian, imageOf } from './image.ts';

/** Every thread prints its stack from within, as `tid file:line function|…`, and then waits for ever. */
const SCRIPT = `
import sys, threading

def 기록(lock):
    names = []
    frame = sys._getframe(1)
    while frame is not None:
        names.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}")
        frame = frame.f_back
    print(threading.get_native_id(), "|".join(names), flush=True); lock.acquire()

class Deep:
    def down(self, n):
        if n > 0:
            return self.down(n - 1)
        기록(gate)

    def generate(self):
        yield [self.down(2)
               for _ in range(1)]

gate = threading.Lock()
gate.acquire()
for work in (
    lambda: Deep().down(3),
    lambda: next(Deep().generate()),
    lambda: sorted([2, 1], key=lambda _:
                   Deep().down(0)),
):
    threading.Thread(target=work).start()
기록(gate)
`;

describeDebian('Python frames', () => {
  test('are those that Python tells of itself, in every thread', () => {
    const layers = [...imageOf('debian')!.layers, fileLayer({ '/srv/script.py': SCRIPT })];
    const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 28 });
    if (isProblem(machine)) throw new Error(machine.sentence);
    const env = { PATH: '/usr/bin', LANG: 'C.UTF-8' };
    const program = machine.spawn({
      argv: ['python3', '/srv/script.py'],
      env,
      stdout: 'pipe',
      stderr: 'stdout',
    });
    if (isProblem(program)) throw new Error(program.sentence);
    let text = '';
    for (let state = 'running'; state === 'running'; ) {
      state = machine.run(1e8).state;
      text += new TextDecoder().decode(machine.read(program.stdout).bytes);
    }

    const told = text.trimEnd().split('\n');
    expect(told).toHaveLength(4);
    const before = machine.stateHash();
    for (const line of told) {
      const [, tid, stack] = /^(\d+) (.*)$/.exec(line)!;
      const [own, ...rest] = machine.pcb(Number(tid))!.python;
      expect(own).toEqual({ file: '/srv/script.py', line: 10, function: '기록' });
      expect(rest.map((frame) => `${frame.file}:${frame.line} ${frame.function}`)).toEqual(stack!.split('|'));
    }
    const lines = pcbLines(machine.pcb(program.pid)!, 0, 'ko', { width: 100, isUnicode: true }).join('\n');
    expect(lines).toMatch(
      /\n파이썬 호출 \(안쪽부터\)\n {2}기록 +\/srv\/script\.py:10\n {2}<module> +\/srv\/script\.py:\d+\n/,
    );
    expect(machine.stateHash()).toBe(before);
  });
});
