/** Observations of processes: creation, the process control block and its life, zombies. */
import { expect } from 'vitest';
import { type Observations, PROGRAM } from './watch.ts';

const CHILD = 3;
const SHELL = 3;

export const processes: Readonly<Record<string, Observations>> = {
  create: {
    'fork makes process 3, the child of 2, which was not there before': async (run) => {
      const fork = run.first('fork');
      expect(fork).toMatchObject({ tid: PROGRAM, child: CHILD, group: CHILD });
      const before = await run.at(4);
      expect(before.inspect().processes.map(({ pid }) => pid)).toEqual([1, PROGRAM]);
      const after = await run.at(fork);
      expect(after.pcb(CHILD)!.ids).toMatchObject({ pid: CHILD, ppid: PROGRAM });
      expect(after.pcb(PROGRAM)!.children).toEqual([CHILD]);
    },
    'the parent is blocked until the child has ended, and gets its status': async (run) => {
      expect((await run.at(10)).pcb(PROGRAM)).toMatchObject({ state: 'blocked', waitsFor: { on: 'child' } });
      expect(run.first('reap', ({ child }) => child === CHILD)).toMatchObject({
        tid: PROGRAM,
        status: 7 << 8,
      });
      expect(run.lines.at(-1)).toBe('3. parent: child 3 has ended with status 7');
    },
  },
  pcb: {
    'every part is filled': async (run) => {
      const pcb = (await run.at(11)).pcb(PROGRAM)!;
      expect(pcb.ids).toMatchObject({ pid: PROGRAM, ppid: 1, uid: 0 });
      expect(pcb).toMatchObject({ comm: 'subject', state: 'blocked', waitsFor: { on: 'pipe-read' } });
      expect(Number(pcb.registers!.x['a7'])).toBe(63);
      expect(pcb.scheduling).toMatchObject({ nice: 5, policy: 'SCHED_OTHER', blocked: 1 });
      expect(pcb.scheduling.dispatched).toBeGreaterThanOrEqual(1);
      expect(pcb.children).toEqual([CHILD]);
    },
    'the program counter is in the call that waits, by way of wait_for_word and main': async (run) => {
      const { at, frames } = (await run.at(11)).pcb(PROGRAM)!;
      expect(at!.symbol).toBe('ecall');
      expect(frames.map((frame) => frame.at.symbol)).toEqual(
        expect.arrayContaining(['wait_for_word', 'main']),
      );
    },
    'memory has a base and a limit for each segment, and a page table': async (run) => {
      const memory = (await run.at(11)).pcb(PROGRAM)!.memory!;
      expect(memory.bounds.map(({ kind }) => kind)).toEqual(['code', 'data', 'heap', 'stack']);
      for (const { base, limit } of memory.bounds) expect(limit).toBeGreaterThan(base);
      const heap = memory.segments.find(({ kind }) => kind === 'heap')!;
      expect(heap.resident).toBeGreaterThanOrEqual(10);
      expect(memory.root).toBeGreaterThan(0);
    },
    'files, and a signal that is blocked and pending since 10 ms': async (run) => {
      const [before, after] = [(await run.at(9)).pcb(PROGRAM)!, (await run.at(11)).pcb(PROGRAM)!];
      expect(after.files.map(({ fd, path }) => [fd, path]).slice(3, 4)).toEqual([[3, '/etc/passwd']]);
      expect(after.files.map(({ fd, kind }) => [fd, kind]).slice(4)).toEqual([[4, 'pipe']]);
      expect(before.signals).toMatchObject({ blocked: ['SIGUSR1'], pending: [] });
      expect(after.signals).toMatchObject({ blocked: ['SIGUSR1'], pending: ['SIGUSR1'] });
    },
  },
  'pcb-life': {
    'no PCB before the fork, a whole one after it': async (run) => {
      expect((await run.at(5)).pcb(CHILD)).toBeUndefined();
      const pcb = (await run.at(15)).pcb(CHILD)!;
      expect(pcb.registers).not.toBeNull();
      expect(pcb.memory!.residentPages).toBeGreaterThan(0);
      expect(pcb.files.length).toBe(3);
    },
    'after the end only its status is left, in a zombie': async (run) => {
      const pcb = (await run.at(25)).pcb(CHILD)!;
      expect(pcb).toMatchObject({
        state: 'zombie',
        exitStatus: 3 << 8,
        memory: null,
        registers: null,
        files: [],
      });
    },
    'after the wait the PCB is gone': async (run) => {
      const reap = run.first('reap', ({ child }) => child === CHILD);
      expect((await run.at(reap)).pcb(CHILD)).toBeUndefined();
      expect((await run.at(35)).inspect().processes.map(({ pid }) => pid)).toEqual([1, PROGRAM]);
    },
  },
  twice: {
    'two processes execute the same program with the same words': async (run) => {
      const { processes } = (await run.at(10)).inspect();
      const sleeping = processes.filter(({ ppid }) => ppid === PROGRAM);
      expect(sleeping.map(({ pid }) => pid)).toEqual([3, 4]);
      expect(sleeping[0]!.argv).toEqual(sleeping[1]!.argv);
      expect(sleeping[0]!.executable).toBe(sleeping[1]!.executable);
    },
    'each has an address space and a page table of its own; code lies in the same frames': async (run) => {
      const machine = await run.at(10);
      const [a, b] = [machine.pcb(3)!.memory!, machine.pcb(4)!.memory!];
      expect(a.mm).not.toBe(b.mm);
      expect(a.root).not.toBe(b.root);
      const code = machine.pages(3)!.filter(({ exec, backing }) => exec && backing === 'file');
      expect(code.length).toBeGreaterThan(0);
      for (const page of code) expect(page.sharedWith).toContain(4);
    },
  },
  zombie: {
    'between its end and the wait the child is a zombie without memory': async (run) => {
      const exit = run.first('exit', ({ tid }) => tid === CHILD);
      const reap = run.first('reap', ({ child }) => child === CHILD);
      expect(reap.time - exit.time).toBeGreaterThan(15e6);
      const machine = await run.at(10);
      const child = machine.inspect().processes.find(({ pid }) => pid === CHILD)!;
      expect(child).toMatchObject({ state: 'zombie', rssPages: 0, fds: [] });
      expect(machine.pcb(PROGRAM)!.waitsFor!.on).toMatch(/sleep|time/);
    },
    'then it is gone': async (run) => {
      expect((await run.at(30)).pcb(CHILD)).toBeUndefined();
    },
  },
  orphan: {
    'when the parent ends, process 1 adopts the child': async (run) => {
      const adopted = run.first('reparent', ({ child }) => child === 4);
      expect(adopted).toMatchObject({ tid: 3, to: 1 });
      const [before, after] = [await run.at(5), await run.at(15)];
      expect([before.pcb(4)!.ids.ppid, after.pcb(4)!.ids.ppid]).toEqual([3, 1]);
      expect(after.pcb(1)!.children).toContain(4);
      expect(run.lines.at(-1)).toBe('4. child 4: my parent is 1 now');
    },
    'and reaps it': (run) => {
      expect(run.first('reap', ({ child }) => child === 4)).toMatchObject({ tid: 1 });
    },
  },
  foreground: {
    'the background job writes to the terminal, and is stopped when it reads': async (run) => {
      const job = run.children(SHELL)[0]!;
      const wrote = run.first('transfer', ({ tid, type }) => tid === job && type === 'tty');
      expect(wrote).toMatchObject({ direction: 'write' });
      const early = (await run.at(5)).inspect().processes;
      expect(early.find(({ pid }) => pid === SHELL)).toMatchObject({ isForeground: true });
      expect(early.find(({ pid }) => pid === job)).toMatchObject({ isForeground: false, sid: SHELL });
      expect(run.first('stop', ({ tid }) => tid === job)).toMatchObject({ signo: 'SIGTTIN' });
      expect((await run.at(15)).inspect().processes.find(({ pid }) => pid === job)!.state).toBe('stopped');
    },
    'in the foreground it waits for input, and gets it': async (run) => {
      const job = run.children(SHELL)[0]!;
      const machine = await run.at(30);
      const { processes } = machine.inspect();
      expect(processes.find(({ pid }) => pid === job)).toMatchObject({ isForeground: true, state: 'live' });
      expect(processes.find(({ pid }) => pid === SHELL)).toMatchObject({ isForeground: false });
      expect(machine.pcb(job)).toMatchObject({ state: 'blocked', waitsFor: { on: 'tty-read' } });
      expect(run.first('wake', ({ tid, time }) => tid === job && time > 30e6)['by']).toBe(4);
      expect(run.output).toContain('job: you typed hello');
    },
  },
  daemon: {
    'its parent is process 1, and it leads neither session nor group': async (run) => {
      const daemon = (await run.at(15)).inspect().processes.find(({ pid }) => pid === 4)!;
      expect(daemon).toMatchObject({ ppid: 1, sid: 3, pgid: 3, tty: 0, isForeground: false });
      expect(run.first('reparent', ({ child }) => child === 4)).toMatchObject({ tid: 3, to: 1 });
    },
    'it has no way to the user, but a log': async (run) => {
      const { files } = (await run.at(15)).pcb(4)!;
      expect(files.map(({ path }) => path)).toEqual(['/dev/null', '/tmp/daemon.log', '/tmp/daemon.log']);
    },
    'it works on after its starter has let go of it': (run) => {
      const writes = run.of('transfer', 4).filter(({ direction }) => direction === 'write');
      expect(writes.map(({ time }) => Math.floor(time / 1e7))).toEqual([1, 2, 3]);
      expect(run.lines.slice(-3)).toEqual(['work 1 is done', 'work 2 is done', 'work 3 is done']);
    },
  },
};
