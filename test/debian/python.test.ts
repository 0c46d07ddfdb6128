/** The examples on Debian's CPython: ids relate as they should, every line arrives, the status is 0. */
import { expect, test } from 'vitest';
import { debian, describeDebian, examples } from './image.ts';

/** The lines an example prints, after its status and silence on standard error were checked. */
function linesOf(name: string, cpus = 1): string[] {
  const ending = debian(['python3', `/examples/${name}.py`], { files: examples, machine: { cpus } });
  expect({ stderr: ending.stderr, status: ending.status }).toEqual({ stderr: '', status: 0 });
  return ending.stdout.trimEnd().split('\n');
}

/** The ids in a line that has to look like this. */
function ids(line: string | undefined, pattern: RegExp): number[] {
  const found = pattern.exec(line ?? '');
  expect(found, `${line} should match ${pattern}`).not.toBeNull();
  return found!.slice(1).map(Number);
}

const distinct = (values: readonly number[]): boolean => new Set(values).size === values.length;

describeDebian('the examples on CPython', () => {
  test('hello.py: a process has a number', () => {
    const [first, second] = linesOf('hello');
    expect(first).toBe('hello from a process');
    const [pid] = ids(second, /^my process id is (\d+)$/);
    expect(pid).toBeGreaterThan(1);
  });

  test('one_child.py: the child names its parent', () => {
    const lines = linesOf('one_child');
    expect(lines).toHaveLength(3);
    const [parent] = ids(lines[0], /^parent: I am process (\d+)$/);
    const [child] = ids(lines[1], /^child: I am process (\d+)$/);
    const [itsParent] = ids(lines[2], /^child: my parent is process (\d+)$/);
    expect(itsParent).toBe(parent);
    expect(child).not.toBe(parent);
  });

  test('parent_waits.py: the parent learns how the child ended', () => {
    const lines = linesOf('parent_waits');
    const [parent] = ids(lines[0], /^parent (\d+) starts a child$/);
    const [child, itsParent] = ids(lines[1], /^child (\d+) was started by (\d+)$/);
    const [ended, status] = ids(lines[2], /^parent: child (\d+) ended with status (\d+)$/);
    expect({ itsParent, ended, status }).toEqual({ itsParent: parent, ended: child, status: 0 });
  });

  test.each([1, 2])('three_children.py: three ids, one parent, on %i processors', (cpus) => {
    const [first, ...rest] = linesOf('three_children', cpus);
    const [parent] = ids(first, /^parent (\d+)$/);
    const pairs = rest.map((line) => ids(line, /^child (\d+) of parent (\d+)$/));
    expect(pairs).toHaveLength(3);
    expect(pairs.map(([, itsParent]) => itsParent)).toEqual([parent, parent, parent]);
    expect(distinct([parent!, ...pairs.map(([child]) => child!)])).toBe(true);
  });

  test('three_greetings.py: three equal lines', () => {
    expect(linesOf('three_greetings')).toEqual(Array(3).fill('greetings from a child process'));
  });

  test('three_tasks.py: each child has its own function', () => {
    expect(linesOf('three_tasks').sort()).toEqual([
      'counter: 499500',
      'greeter: good day',
      'speller: p-r-o-c-e-s-s',
    ]);
  });

  test('called_too_early.py: what is called with brackets runs in the parent', () => {
    const lines = linesOf('called_too_early').sort();
    expect(lines).toHaveLength(4);
    const [edit] = ids(lines[0], /^edit runs in process (\d+)$/);
    const [save] = ids(lines[1], /^save runs in process (\d+)$/);
    const [show] = ids(lines[2], /^show runs in process (\d+)$/);
    const [parent] = ids(lines[3], /^the parent is process (\d+)$/);
    expect([show, save]).toEqual([parent, parent]);
    expect(edit).not.toBe(parent);
  });

  test.each([1, 2])('same_threads.py: one process, three thread ids, on %i processors', (cpus) => {
    const [first, ...rest] = linesOf('same_threads', cpus);
    const [main, process] = ids(first, /^main thread (\d+) of process (\d+)$/);
    expect(main).toBe(process);
    const pairs = rest.map((line) => ids(line, /^thread (\d+) of process (\d+)$/));
    expect(pairs.map(([, pid]) => pid)).toEqual([process, process, process]);
    expect(distinct([main!, ...pairs.map(([thread]) => thread!)])).toBe(true);
  });

  test('different_threads.py: each thread has its own function', () => {
    const [first, ...rest] = linesOf('different_threads');
    ids(first, /^one kitchen, process (\d+)$/);
    expect(rest.sort()).toEqual(['the baker is baking', 'the cook is cooking', 'the washer is washing']);
  });

  test.each([1, 2])('family.py: children, threads, a pipe and shared memory, on %i processors', (cpus) => {
    const lines = linesOf('family', cpus);
    const all = lines.map((line) => {
      const [, who, pid, text] = /^(\w+) +(\d+): (.*)$/.exec(line)!;
      return { who, pid: Number(pid), text: text! };
    });
    const said = (who: string) => all.filter((line) => line.who === who);
    const [parent, ada, ben, cleo] = ['parent', 'ada', 'ben', 'cleo'].map((who) => said(who)[0]!.pid);
    for (const who of ['parent', 'ada', 'ben', 'cleo'])
      expect(new Set(said(who).map(({ pid }) => pid)).size).toBe(1);
    expect(distinct([parent!, ada!, ben!, cleo!])).toBe(true);
    expect(said('ada')[0]!.text).toBe(`I send 303 primes through the pipe; my parent is ${parent}`);
    expect(said('ben')[0]!.text).toBe(`I wrote my name into shared memory; my parent is ${parent}`);
    expect(said('cleo').at(-1)!.text).toBe('together that is 49995000');
    const told = said('parent').map(({ text }) => text);
    expect(told.slice(2)).toEqual([
      `child ${ada} ended with status 0`,
      `child ${ben} ended with status 0`,
      `child ${cleo} ended with status 2`,
      "shared memory holds 'Ben was here' and 3 visits",
    ]);
    expect(told[1]).toMatch(/^thread \d+ read from the pipe: 303 primes$/);
  });
});
