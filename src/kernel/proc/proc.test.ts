import { expect, test } from 'vitest';
import { encodeUtf8, type Nanos } from '../../base/index.ts';
import type { Hart } from '../../hart/index.ts';
import { type layout, Memory, type Mm } from '../../memory/index.ts';
import {
  bootTree,
  copyFsContext,
  type FileId,
  type FsContext,
  newFilesTable,
  newFsContext,
  openPath,
  type Resolved,
  unlinkNode,
  walk,
} from '../../vfs/index.ts';
import { createKernel } from '../boot.ts';
import { enterFamily } from '../family.ts';
import type { Kernel } from '../kernel.ts';
import { allCpus, credentialsOf, newGroup, newHandlers, newTask } from '../task.ts';
import type { FsId, Task, Tgid, ThreadGroup, Tid } from '../types.ts';
import { procSource } from './source.ts';

function machine(cpus = 2): Kernel {
  const plan: layout.Layout = {
    frames: 600,
    firstFrame: 16,
    codeIndex: 0,
    codeStart: 0,
    codeEnd: 0,
    marks: 0,
    wasmPages: 0,
  };
  const buffer = new ArrayBuffer(616 * 4096);
  const tlb = { flushPage: () => {}, flushAll: () => {}, frameWritten: () => {}, frameFreed: () => {} };
  const memory = new Memory({ buffer } as WebAssembly.Memory, plan, tlb);
  const k = createKernel({
    memory,
    hart: {} as Hart,
    table: [],
    options: {
      cpus,
      policy: 'fair',
      quantum: 5_000_000 as Nanos,
      switchCost: 0 as Nanos,
      seed: 7,
      epoch: { sec: 1_700_000_000, nsec: 0 },
      maxProcesses: 100,
      maxOpenFiles: 4096,
      hostname: 'slice',
      user: 0,
      strict: true,
      eventCapacity: 65536,
    },
  });
  const root = bootTree(k.vfs, { layers: [], cpus });
  k.fs = newFsContext(k.vfs, root);
  return k;
}

/** Adds a process (or a thread of one) that has a small address space. */
function add(
  k: Kernel,
  tid: number,
  comm: string,
  of?: ThreadGroup,
): { task: Task; group: ThreadGroup; mm: Mm } {
  const mm = k.memory.spaces.create();
  if (typeof mm === 'string') throw new Error(mm);
  const at = k.memory.spaces.mmap(mm, { length: 8192, prot: 3 }) as number;
  k.memory.user.copyOut(mm, at, encodeUtf8('prog\0-x\0HOME=/\0'));
  Object.assign(mm, { argStart: at, argEnd: at + 8, envStart: at + 8, envEnd: at + 15 });
  const group = of ?? newGroup(k, tid as Tgid, 0, newHandlers());
  const files = newFilesTable(k.vfs);
  const fs = k.counters.fs++ as FsId;
  k.fsContexts.set(fs, copyFsContext(k.vfs, k.fs) as FsContext);
  const init = { tid: tid as Tid, group: group.tgid, mm: mm.id, files: files.id, fs, registers: 0, comm };
  const task = newTask({ ...init, credentials: credentialsOf(0), affinity: allCpus(k.cpus.length) }, k.now());
  task.run = 'ready';
  group.threads.add(task.tid);
  k.tasks.set(task.tid, task);
  enterFamily(k, group);
  Object.assign(k, { task, group, files });
  return { task, group, mm };
}

/** Reads a file of /proc as a program would. */
function read(k: Kernel, path: string): string {
  const who = { fs: k.fs, credentials: k.task.credentials };
  const id = openPath(k.vfs, who, k.fs.root, `/proc/${path}`, { flags: 0, mode: 0 });
  if (typeof id !== 'number') throw new Error(`${path}: ${JSON.stringify(id)}`);
  const bytes: number[] = [];
  const to = {
    left: 1 << 16,
    put: (more: Uint8Array) => {
      bytes.push(...more);
      return more.length;
    },
    take: () => 0,
  };
  const done = k.vfs.ops.proc.read(k.vfs, k.vfs.files.get(id)!, to, -1);
  if (typeof done !== 'number') throw new Error(`${path}: ${JSON.stringify(done)}`);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

test('stat has its 52 fields where man 5 proc says, also when the name has spaces and brackets', () => {
  const k = machine();
  const { task, group } = add(k, 42, 'a ) b');
  Object.assign(task, { userTime: 1_230_000_000, nice: 5, minorFaults: 9 });
  Object.assign(group, { parent: 1, pgid: 40, sid: 39, tty: 0x501 });
  const text = read(k, '42/stat');
  expect(text.startsWith('42 (a ) b) R 1 40 39 1281 ')).toBe(true);
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  expect(fields).toHaveLength(50);
  const field = (number: number) => fields[number - 3];
  expect([field(10), field(14), field(18), field(19), field(20)]).toEqual(['9', '123', '25', '5', '1']);
  expect(field(23)).toBe('8192');
  expect(field(24)).toBe('1');
  expect(field(38)).toBe('17');
});

test('cmdline and environ are what lies in memory now, and empty for a zombie', () => {
  const k = machine();
  const { task, group, mm } = add(k, 5, 'prog');
  expect(read(k, '5/cmdline')).toBe('prog\0-x\0');
  expect(read(k, '5/environ')).toBe('HOME=/\0');
  k.memory.user.copyOut(mm, mm.argStart, encodeUtf8('renamed to this\0'));
  expect(read(k, '5/cmdline')).toBe('renamed to this');
  Object.assign(task, { run: 'zombie', mm: 0 });
  group.life = 'zombie';
  expect(read(k, '5/cmdline')).toBe('');
  expect(read(k, '5/status')).toMatch(/State:\tZ \(zombie\)/);
  expect(read(k, '5/stat')).toMatch(/^5 \(prog\) Z /);
});

test('threads are listed under task and found by number, but only processes are listed', () => {
  const k = machine();
  const { group } = add(k, 5, 'prog');
  add(k, 6, 'worker', group);
  expect(read(k, '5/task/6/comm')).toBe('worker\n');
  expect(read(k, '5/task/6/stat')).toMatch(/^6 \(worker\) R /);
  expect(read(k, '5/stat')).toMatch(/^5 \(prog\) R /);
  expect(read(k, '6/comm')).toBe('worker\n');
  const source = procSource(k);
  const root = { make: 'root', pid: 0, tid: 0, arg: 0 };
  expect(source.numbers(root)).toEqual([5]);
  expect(source.numbers({ ...root, make: 'PID/task', pid: 5 })).toEqual([5, 6]);
  expect(source.link({ ...root, make: 'thread-self' })).toBe('5/task/6');
  expect(source.owner({ ...root, make: 'PID', pid: 7 })).toBeNull();
});

test('maps have their names in column 74', () => {
  const k = machine();
  const { mm } = add(k, 5, 'prog');
  mm.vmas[0]!.name = '[heap]';
  const line = read(k, '5/maps');
  expect(line).toMatch(/^[0-9a-f]+-[0-9a-f]+ rw-p 00000000 00:00 0 +\[heap\]\n$/);
  expect(line.indexOf('[')).toBe(73);
  mm.vmas[0]!.name = '';
  expect(read(k, '5/maps').endsWith(' 0 \n')).toBe(true);
});

test('smaps adds up what is resident', () => {
  const k = machine();
  add(k, 5, 'prog');
  expect(read(k, '5/smaps')).toMatch(/^Size: {18}8 kB$/m);
  expect(read(k, '5/smaps')).toMatch(/^Rss: {19}4 kB$/m);
  expect(read(k, '5/smaps_rollup')).toMatch(/\[rollup\]\nRss: {19}4 kB\nPss: {19}4 kB\n/);
});

test('the lines that procps reads are there', () => {
  const k = machine();
  add(k, 5, 'prog');
  expect(read(k, 'meminfo')).toMatch(/^MemTotal: +\d+ kB\nMemFree: +\d+ kB\nMemAvailable: +\d+ kB\n/);
  expect(read(k, 'stat')).toMatch(/^cpu {2}(\d+ ){9}\d+\ncpu0 (\d+ ){9}\d+\ncpu1 /);
  expect(read(k, 'stat')).toMatch(/^btime 1700000000$/m);
  expect(read(k, 'uptime')).toBe('0.00 0.00\n');
  expect(read(k, 'loadavg')).toMatch(/^0\.00 0\.00 0\.00 1\/1 5\n$/);
  expect(read(k, 'version')).toMatch(/^Linux version 6\.12\.0-timeslice /);
  expect(read(k, 'cpuinfo')).toMatch(/^processor\t: 1$/m);
  expect(read(k, 'sys/kernel/pid_max')).toBe('32768\n');
  expect(read(k, 'sys/kernel/random/boot_id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  expect(read(k, 'sys/kernel/random/boot_id')).toBe(read(k, 'sys/kernel/random/boot_id'));
  expect(read(k, 'sys/kernel/random/uuid')).not.toBe(read(k, 'sys/kernel/random/uuid'));
  expect(read(k, 'mounts')).toMatch(/^tmpfs \/ tmpfs rw,relatime 0 0\nproc \/proc proc /);
  expect(read(k, 'self/mountinfo').split('\n')[1]).toMatch(
    /^\d+ \d+ 0:\d+ \/ \/proc rw,nosuid,nodev,noexec,relatime - proc proc rw$/,
  );
  expect(read(k, '5/limits')).toMatch(/^Max open files {12}1024 {17}4096 {17}files {5}$/m);
});

test('status tells ids, memory and masks', () => {
  const k = machine();
  const { task } = add(k, 5, 'prog');
  task.blocked = { lo: 1 << 16, hi: 0 };
  const text = read(k, '5/status');
  expect(text).toMatch(/^Name:\tprog\nUmask:\t0022\nState:\tR \(running\)\nTgid:\t5\nNgid:\t0\nPid:\t5\n/);
  expect(text).toMatch(/^VmSize:\t {7}8 kB$/m);
  expect(text).toMatch(/^SigBlk:\t0000000000010000$/m);
  expect(text).toMatch(/^Cpus_allowed_list:\t0-1$/m);
});

test('descriptors are links that say and lead where they are open', () => {
  const k = machine();
  add(k, 5, 'prog');
  const who = { fs: k.fs, credentials: k.task.credentials };
  const open = (path: string, flags: number) =>
    openPath(k.vfs, who, k.fs.root, path, { flags, mode: 0o600 }) as FileId;
  const file = open('/tmp/x', 0o102);
  k.files.fds[0] = { file, cloexec: true };
  const source = procSource(k);
  const node = { make: 'PID/fd/N', pid: 5, tid: 0, arg: 0 };
  expect(source.link(node)).toBe('/tmp/x');
  expect(source.link({ ...node, arg: 1 })).toBeNull();
  expect(read(k, '5/fdinfo/0')).toMatch(/^pos:\t0\nflags:\t02100002\nmnt_id:\t\d+\nino:\t\d+\n$/);
  const again = k.vfs.files.get(open('/proc/self/fd/0', 0))!;
  expect(again.inode).toBe(k.vfs.files.get(file)!.inode);
  const resolved = walk(k.vfs, who, k.fs.root, '/tmp/x', { follow: false, parent: true }) as Resolved;
  expect(unlinkNode(k.vfs, who, resolved)).toBeNull();
  expect(source.link(node)).toBe('/tmp/x (deleted)');
});

test('a program may rename itself and offer itself to the out-of-memory killer', () => {
  const k = machine();
  const { task, group } = add(k, 5, 'prog');
  const source = procSource(k);
  const node = { make: 'PID/comm', pid: 5, tid: 0, arg: 0 };
  expect(source.write(node, 'a name that is too long\n')).toBeNull();
  expect(task.comm).toBe('a name that is ');
  expect(source.write({ ...node, make: 'PID/oom_score_adj' }, '500\n')).toBeNull();
  expect(group.oomScoreAdj).toBe(500);
  expect(source.write({ ...node, make: 'PID/oom_score_adj' }, 'much')).toBe('EINVAL');
  expect(source.write({ ...node, make: 'sys/kernel/pid_max' }, '1')).toBe('EPERM');
  expect(source.write({ ...node, make: 'sys/kernel/hostname' }, 'other\n')).toBeNull();
  expect(read(k, 'sys/kernel/hostname')).toBe('other\n');
});
