/** What is told of Python programs line by line, in both languages; telling changes nothing. */
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { bootMachine, explainMachine, type LineTold, type Told } from '../../src/machine/index.ts';
import type { Layer, LayerNode } from '../../src/vfs/index.ts';
import { explainLines } from '../../src/views/index.ts';
import type { Language } from '../../src/words/index.ts';
import { fileLayer } from '../machine-fixture.ts';
import { describeDebian, examples, imageOf } from './image.ts';

const root = resolve(import.meta.dirname, '../..');

interface Run {
  readonly hash: string;
  readonly told: readonly Told[];
  readonly status: number;
  readonly stdout: string;
}

interface Scene {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTold?: boolean;
  readonly argv?: readonly string[];
}

const MAIN = '/examples/main.py';

function run(file: string, { files = examples, env, isTold = true, argv }: Scene = {}): Run {
  const layers = [...imageOf('debian')!.layers, fileLayer(files)];
  const machine = bootMachine({ layers, hasInit: true, memory: 2 ** 28 });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const told: Told[] = [];
  const rest = isTold ? explainMachine(machine, (one) => told.push(one), '/examples') : () => {};
  const started = machine.spawn({
    argv: argv ?? ['python3', file],
    env: { PATH: '/usr/bin', LANG: 'C.UTF-8', ...env },
    stdout: 'pipe',
    stderr: 'stdout',
  });
  if (isProblem(started)) throw new Error(started.sentence);
  let stdout = '';
  while (machine.waitStatus(started.pid) === null) {
    machine.run(1e8);
    stdout += new TextDecoder().decode(machine.read(started.stdout).bytes);
  }
  rest();
  const hash = `${machine.stateHash()} ${machine.retired}`;
  return { hash, told, stdout, status: machine.waitStatus(started.pid)! };
}

const script = (text: string, more: Scene = {}): Run => run(MAIN, { files: { [MAIN]: text }, ...more });

const textOf = (told: readonly Told[], main: string, language: Language, width = 1000): string =>
  told.flatMap((one) => explainLines(one, language, { width, isUnicode: true }, main)).join('\n');

/** The bytes of a file of an image. */
function bytesOf(layers: readonly Layer[], path: string): Uint8Array {
  for (const layer of layers) {
    let node: LayerNode | undefined = layer.root;
    for (const name of path.split('/'))
      node = node?.kind === 'directory' ? layer.list(node).get(name) : undefined;
    if (node?.kind !== 'file') continue;
    const bytes = new Uint8Array(node.size);
    layer.read(node, 0, bytes);
    return bytes;
  }
  throw new Error(`${path} is not there`);
}

const lines = (told: readonly Told[]): LineTold[] => told.filter((one) => one.kind === 'line');

describeDebian('A Python program, told line by line', () => {
  test.each(Object.keys(examples))(
    '%s reads as it should in both languages, and runs as untold',
    async (file) => {
      const first = run(file);
      expect(run(file, { isTold: false }).hash).toBe(first.hash);
      const text = `${textOf(first.told, file, 'en')}\n\n${textOf(first.told, file, 'ko')}\n`;
      const golden = join(root, 'test/golden/explain', `${file.split('/').at(-1)}.txt`);
      await expect(text).toMatchFileSnapshot(golden);
      expect(first.status).toBe(0);
    },
  );

  test('tells the slip for what it is, and no other call', () => {
    const { told } = script(`
from threading import Thread
from multiprocessing import Process

def quiet():
    total = sum(range(10))

def make():
    def work():
        pass
    return work

Thread(
    target=quiet(),
    name="a",
).start()
Thread(target=make()).start()
Thread(target=quiet).start()
Process(name="x", target=quiet()).start()
`);
    const slips = lines(told).filter(({ deeds }) => deeds.some(({ what }) => what === 'called-too-early'));
    expect(slips.map(({ line, tid, pid }) => [line, tid === pid])).toEqual([
      [16, true],
      [19, true],
    ]);
    expect(textOf(slips, MAIN, 'en')).toContain('Write target=quiet, without brackets.');
  });

  test('tells of modules beside the file, of a signal that ends it, and of names with control characters', () => {
    const files = {
      [MAIN]: 'import helper\nhelper.go()\n',
      '/examples/helper.py':
        'import os\ndef go():\n    open("/tmp/a\\x1b[31m", "w"); os.kill(os.getpid(), 9)\n',
    };
    const { told, status } = run(MAIN, { files });
    expect(status).toBe(9);
    const text = textOf(told, MAIN, 'en');
    expect(text).toMatch(
      /helper\.py line 3: .* → opens \/tmp\/a\\u\{1b\}\[31m; .*ends \(killed by SIGKILL\)/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('tells nothing of a file with a syntax error but its end', () => {
    const { told, status, stdout } = script('def (:\n');
    expect(status).toBe(0x100);
    expect(stdout).toContain('SyntaxError');
    expect(textOf(told, MAIN, 'en')).toMatch(
      /^\[2\] Python itself → writes \d+ bytes to standard error; process 2 ends \(status 1\)$/,
    );
  });

  test('says once that it cannot read a Python of another version', () => {
    const { layers } = imageOf('debian')!;
    const python = bytesOf(layers, 'usr/bin/python3.13');
    const text = Buffer.from(python.buffer);
    for (let at = text.indexOf('xdebugpy'); at >= 0; at = text.indexOf('xdebugpy', at + 1))
      python[at + 10] = 0x0c;
    const files = { ...examples, '/examples/python3': python };
    const { told, status } = run(MAIN, { files, argv: ['/examples/python3', '/examples/one_child.py'] });
    expect(told).toEqual([{ kind: 'unreadable', pid: 2 }]);
    expect(textOf(told, MAIN, 'ko')).toMatch(/^2번 프로세스의 파이썬은/);
    expect(status).toBe(0);
  });

  test('counts what a child does that runs another program for the line that began it', () => {
    const { told } = script('import subprocess\nsubprocess.run(["echo", "hello"])\n');
    const text = textOf(told, MAIN, 'en');
    expect(text).toMatch(/\[3\] line 2: .*exec: 3 now runs \/usr\/bin\/echo/);
    expect(text).toMatch(/\[3\] line 2: .*writes 6 bytes to standard output; process 3 ends \(status 0\)/);
    expect(text).toContain('in its memory until it executes a program');
  });

  test('stays small however often a line asks, and fits a narrow terminal', () => {
    const { told } = script(
      'import os\nfor i in range(3000):\n    os.write(1, b"x"); os.pipe()[0]\n    if i > 400: break\n',
    );
    expect(lines(told).length).toBeLessThan(10);
    for (const one of lines(told)) expect(one.deeds.length).toBeLessThan(15);
    for (const language of ['en', 'ko'] as const)
      for (const one of told)
        for (const line of explainLines(one, language, { width: 20, isUnicode: false }, MAIN))
          expect(line.length).toBeLessThanOrEqual(20);
  });
});
