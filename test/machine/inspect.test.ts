/** What the views say of a machine that stands still: PCBs, maps, shared frames, channels, who waits for whom. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem, type Nanos } from '../../src/base/index.ts';
import { bootMachine, type Machine, type MachineOptions } from '../../src/machine/index.ts';
import {
  circleText,
  fdsLines,
  mapsLines,
  pageLines,
  pcbLines,
  processTree,
  psLines,
  queuesLines,
} from '../../src/views/index.ts';
import { inFolder } from '../guest/linux.ts';
import { buildLibc, canCross } from '../linux/libc.ts';
import { fileLayer } from '../machine-fixture.ts';

const tiny = readFileSync(resolve(import.meta.dirname, '../../guest/tiny.elf'));

/** Runs until nothing moves any more, or for so long. */
function stand(
  script: string,
  files: Record<string, Uint8Array> = {},
  options: Partial<MachineOptions> = { virtualTimeout: 1e9 },
) {
  const layers = [fileLayer({ '/bin/tiny': tiny, ...files })];
  const machine = bootMachine({ layers, initElf: tiny, hasInit: true, memory: 2 ** 26, ...options });
  if (isProblem(machine)) throw new Error(machine.sentence);
  const program = machine.spawn({
    argv: ['/bin/tiny', 'sh', '-c', script],
    stdout: 'pipe',
    stderr: 'stdout',
  });
  if (isProblem(program)) throw new Error(program.sentence);
  let state = machine.run(1e8);
  while (state.state === 'running') state = machine.run(1e8);
  return { machine, pid: program.pid, state: state.state };
}

const style = { width: 200, isUnicode: true };
const byName = (machine: Machine, comm: string) =>
  machine.inspect().processes.find(({ threads }) => threads[0]!.comm === comm)!.pid;

describe('a reader of an empty pipe', () => {
  const { machine, pid } = stand('sleep 100 | cat');
  const cat = byName(machine, 'cat');
  const sleep = byName(machine, 'sleep');
  const view = machine.inspect();

  test('waits for whoever can write', () => {
    const wait = view.waits.waits.find(({ tid }) => tid === cat)!;
    expect(wait).toMatchObject({ on: 'pipe-read', by: [sleep] });
    const pipe = view.channels.find(({ kind, id }) => kind === 'pipe' && id === wait.detail)!;
    expect(pipe).toMatchObject({ queued: 0, capacity: 65536, waiting: [cat], isHosts: false });
    expect(pipe.ends).toEqual([
      { pid: sleep, fd: 1, role: 'writes' },
      { pid: cat, fd: 0, role: 'reads' },
    ]);
    expect(view.waits.deadlocks).toEqual([]);
  });

  test('stands in the tree, in the listing and in the queues, in both languages', () => {
    expect(processTree(view, 1, 'en', style)).toEqual([
      'init 1 (blocked)',
      `└─ tiny ${pid} (blocked)`,
      `   ├─ sleep ${sleep} (blocked)`,
      `   └─ cat ${cat} (blocked)`,
    ]);
    expect(processTree(view, pid, 'ko', { ...style, isUnicode: false })[1]).toBe(`|- sleep ${sleep} (대기)`);
    expect(psLines(view, { ...style, language: 'ko', threads: true }).at(-1)).toContain('파이프');
    expect(queuesLines(view, 'en', style)[0]).toBe('ready queue: nobody');
    expect(queuesLines(view, 'ko', style).join('\n')).toMatch(/준비 큐: 없음[\s\S]*파이프 \d+의 데이터/);
  });

  test('has a process control block with all its parts', () => {
    const pcb = machine.pcb(cat)!;
    expect(pcb.ids).toMatchObject({ pid: cat, tid: cat, ppid: pid, sid: pid, uid: 0 });
    expect(pcb).toMatchObject({ comm: 'cat', state: 'blocked', exitStatus: -1, cwd: '/', umask: 0o22 });
    expect(pcb.registers!.x['a7']).toBe('0x000000000000003f');
    expect(pcb.scheduling).toMatchObject({ policy: 'SCHED_OTHER', nice: 0, preempted: 0 });
    expect(pcb.files.map(({ fd, kind }) => [fd, kind])).toEqual([
      [0, 'pipe'],
      [1, 'pipe'],
      [2, 'pipe'],
    ]);
    const lines = pcbLines(pcb, view.now, 'ko', style).join('\n');
    for (const part of [
      '프로세스 제어 블록: cat',
      '레지스터',
      'CPU 스케줄링 정보',
      '메모리 관리 정보',
      '코드 영역',
    ])
      expect(lines).toContain(part);
  });

  test('looking changes nothing, and looks the same twice', () => {
    const before = machine.stateHash();
    expect(machine.inspect()).toEqual(machine.inspect());
    expect(machine.pcb(cat)).toEqual(machine.pcb(cat));
    expect(machine.pages(cat)).toEqual(machine.pages(cat));
    expect(machine.stateHash()).toBe(before);
  });

  test.each([20, 40, 80])('fits a terminal of %d columns', (width) => {
    const narrow = { width, isUnicode: true };
    for (const language of ['en', 'ko'] as const)
      for (const lines of [
        processTree(view, 1, language, narrow),
        psLines(view, { ...narrow, language, threads: false }),
        mapsLines(machine.pcb(cat)!, language, narrow),
        fdsLines(view, [cat], language, narrow),
      ])
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
  });
});

test('after a fork both show the same frames; a write gives the writer another frame at the same address', () => {
  const { machine } = stand('sleep 100 & sleep 100');
  const [a, b] = machine
    .inspect()
    .processes.filter(({ threads }) => threads[0]!.comm === 'sleep')
    .map(({ pid }) => pid);
  const code = (pid: number) => machine.pages(pid)!.filter(({ exec }) => exec);
  expect(code(a!).length).toBeGreaterThan(0);
  for (const page of code(a!)) {
    expect(page).toMatchObject({ backing: 'file', write: false });
    const same = code(b!).find(({ address }) => address === page.address);
    if (same !== undefined) {
      expect(same.frame).toBe(page.frame);
      expect(page.sharedWith).toContain(b);
    }
  }
  const stack = (pid: number) =>
    machine
      .pages(pid)!
      .filter(({ address }) => address > 2 ** 37)
      .at(-1)!;
  expect(stack(a!).frame).not.toBe(stack(b!).frame);
  expect(pageLines(machine.pages(a!)!, 'en', style)[0]).toMatch(/PAGE +FRAME +PERM +BACKED BY +SHARED WITH/);
});

test('the policy is named, with what it remembers of the task; a slice runs down', () => {
  const script = 'i=0; while :; do i=$((i+1)); done';
  const { machine, pid } = stand(script, {}, { virtualTimeout: 42e6, policy: 'mlfq', quantum: 4e6 as Nanos });
  const { scheduling } = machine.pcb(pid)!;
  // 4, 8 and 16 ms in the upper queues, so 14 of the 32 ms of the lowest one have gone by.
  expect(scheduling).toMatchObject({ decidedBy: 'mlfq', own: { queue: 3 } });
  expect(Math.abs(scheduling.sliceLeft - 18e6)).toBeLessThan(0.1e6);
  expect(pcbLines(machine.pcb(pid)!, 42e6 as Nanos, 'en', style).join('\n')).toMatch(
    /decided by +mlfq: queue 3, used 0, boosts 1/,
  );
});

test('names with control characters come as escapes', () => {
  const { machine } = stand('cp /bin/tiny "/tmp/\u001b[31mred"; cd /tmp; sleep 100 < "/tmp/\u001b[31mred"');
  const sleep = byName(machine, 'sleep');
  const lines = fdsLines(machine.inspect(), [sleep], 'en', style).join('\n');
  expect(lines).toContain('/tmp/\\u{1b}[31mred');
  expect(lines).not.toContain('\u001b');
});

test.runIf(canCross)(
  'two threads with two locks of the C library: who waits for which lock held by whom',
  () => {
    inFolder((folder) => {
      const program = resolve(folder, 'deadlock');
      expect(buildLibc('riscv64', 'deadlock', program)).toBeNull();
      const { machine, state } = stand('/bin/deadlock', { '/bin/deadlock': readFileSync(program) });
      const { waits } = machine.inspect();
      const [one, two] = waits.waits.filter(({ on }) => on === 'futex');
      expect([one!.by, two!.by]).toEqual([[two!.tid], [one!.tid]]);
      const calls = [one!, two!].map(({ tid }) => machine.pcb(tid)!.frames.map(({ at }) => at.symbol));
      expect(calls[0]).toEqual(expect.arrayContaining(['main', '_start']));
      expect(calls[1]).toEqual(expect.arrayContaining(['other']));
      for (const symbols of calls) expect(symbols[1]).toMatch(/pthread_mutex_lock|lll_lock/);
      expect(waits.deadlocks).toHaveLength(1);
      const said = circleText(waits.deadlocks[0]!, 'en');
      expect(said).toMatch(
        /^\d+ for the lock or condition at 0x[0-9a-f]+, held by \d+; \d+ for .*, held by \d+$/,
      );
      expect(queuesLines(machine.inspect(), 'ko', style)[0]).toMatch(/^교착 상태: /);
      expect(state).toBe('waiting');
    });
  },
);
