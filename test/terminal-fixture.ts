/**
 * A program at the machine's terminal, and the screen that a person would see: keys are typed when the one before
 * has been answered, as people do. A session is played twice, and both must come to the same in all.
 */
import xterm from '@xterm/headless';
import { expect } from 'vitest';
import { isProblem } from '../src/base/index.ts';
import { bootMachine, type Machine } from '../src/machine/index.ts';
import type { Layer } from '../src/vfs/index.ts';

/** What is started, and the window it is in. */
export interface TerminalScene {
  readonly layers: readonly Layer[];
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly rows?: number;
  readonly columns?: number;
}

const STEP = 5_000_000;
/** Steps that a screen may take to show what is waited for. */
const PATIENCE = 2000;
/** When nothing happens for so long, in nanoseconds, a person would go on typing; or, while a program works, nothing new is shown. */
const QUIET = 200_000_000;
const BUSY = 300_000_000;

const ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  PS1: '\\w\\$ ',
};

/** One who sits before the screen. */
export class Person {
  readonly machine: Machine;
  readonly pid: number;
  readonly #terminal: xterm.Terminal;
  #answers = '';

  constructor({ rows = 24, columns = 80, ...scene }: TerminalScene) {
    const machine = bootMachine({
      layers: scene.layers,
      hasInit: true,
      memory: 512 * 2 ** 20,
      strict: true,
      warp: false,
    });
    if (isProblem(machine)) throw new Error(machine.sentence);
    this.machine = machine;
    machine.resize(rows, columns);
    const program = machine.spawn({
      argv: scene.argv,
      env: { ...ENV, ...scene.env },
      cwd: scene.cwd ?? '/root',
      stdin: 'console',
      stdout: 'console',
      stderr: 'console',
    });
    if (isProblem(program)) throw new Error(program.sentence);
    this.pid = program.pid;
    if (process.env['TIMESLICE_TEST_TRACE']) machine.trace((text) => process.stderr.write(text));
    this.#terminal = new xterm.Terminal({ rows, cols: columns, allowProposedApi: true });
    this.#terminal.onData((text) => {
      this.#answers += text;
    });
  }

  /** Types keys and waits until all is quiet. */
  async type(keys: string): Promise<void> {
    this.machine.type(Buffer.from(keys));
    await this.rest();
  }

  /** Waits until nothing happens any more, or soon. */
  async rest(): Promise<void> {
    await this.#watch(() => false, QUIET, BUSY);
  }

  /** Waits until the screen has this on it, at any cost of time. */
  async sees(wanted: string | RegExp): Promise<void> {
    const isThere = () => {
      const text = this.screen;
      return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    };
    await this.#watch(isThere, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (!isThere()) throw new Error(`the screen never showed ${wanted}:\n${this.screen}`);
  }

  /** Lets so many seconds pass. */
  async waits(seconds: number): Promise<void> {
    const until = this.machine.now + seconds * 1e9;
    while (this.machine.now < until) {
      const run = this.machine.run(STEP);
      await this.#show();
      if (run.state === 'waiting') this.machine.idle(until as never);
      else if (run.state === 'idle') this.machine.idle(Math.min(run.until, until) as never);
    }
  }

  /** Gives the window another size. */
  async resize(rows: number, columns: number): Promise<void> {
    this.#terminal.resize(columns, rows);
    this.machine.resize(rows, columns);
    await this.rest();
  }

  async #watch(isDone: () => boolean, quiet: number, busy: number): Promise<void> {
    let shown = this.machine.now;
    for (let i = 0; i < PATIENCE; i++) {
      const run = this.machine.run(STEP);
      const isNew = await this.#show();
      if (isDone()) return;
      if (isNew) shown = this.machine.now;
      else if (this.machine.now - shown > busy) return;
      if (isNew || run.state === 'running' || run.state === 'output-full') continue;
      if (run.state !== 'idle' || run.until - this.machine.now > quiet) return;
      this.machine.idle(run.until);
    }
  }

  /** Shows what was written, if anything was; the terminal may answer what it is asked. */
  async #show(): Promise<boolean> {
    const bytes = this.machine.screen();
    if (bytes.length === 0) return false;
    await new Promise<void>((resolve) => this.#terminal.write(bytes, resolve));
    if (this.#answers !== '') this.machine.type(Buffer.from(this.#answers));
    this.#answers = '';
    return true;
  }

  /** The screen as lines of text, without what is empty at the ends. */
  get screen(): string {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: this.#terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }

  /** The last lines that have something on them. */
  last(count: number): string {
    return this.screen.split('\n').slice(-count).join('\n');
  }

  /** Where the cursor is, from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    const { active } = this.#terminal.buffer;
    return { row: active.cursorY, column: active.cursorX };
  }

  /** The status of the first program, as a shell tells it; null while it runs. */
  get status(): number | null {
    const wait = this.machine.waitStatus(this.pid);
    if (wait === null) return null;
    return (wait & 0x7f) === 0 ? (wait >> 8) & 0xff : 128 + (wait & 0x7f);
  }
}

/** Plays a session twice, once the program is ready for it; the person of the first. */
export async function play(
  scene: TerminalScene,
  session: (person: Person) => Promise<void>,
): Promise<Person> {
  const [first, second] = [new Person(scene), new Person(scene)];
  for (const person of [first, second]) {
    await person.rest();
    await session(person);
  }
  expect(first.machine.check()).toEqual([]);
  expect({ screen: second.screen, hash: second.machine.stateHash() }).toEqual({
    screen: first.screen,
    hash: first.machine.stateHash(),
  });
  return first;
}
