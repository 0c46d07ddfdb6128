import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onTiny, timeslice } from './timeslice.ts';

let folder: string;
const put = (name: string, text: string, mode = 0o644) => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-cli-'));
  put('plain.sh', 'echo $0 $1; exit 4\n');
  put('marked', '#!/bin/sh\necho marked $1\n', 0o755);
  put('unmarked', '#!/bin/sh -e\necho unmarked $1\n');
  put('data', 'some data\n');
  put('hello.s', HELLO);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HELLO = `
        .globl _start
_start: li a0, 1
        la a1, text
        li a2, 6
        li a7, 64
        ecall
        li a0, 7
        li a7, 93
        ecall
        .section .rodata
text:   .ascii "hello\\n"
`;

test('the exit status is the program’s, and a signal’s is 128 and its number', async () => {
  expect((await onTiny(['sh', '-c', 'exit 42'])).status).toBe(42);
  expect((await onTiny(['sh', '-c', 'kill -TERM $$'])).status).toBe(143);
});

test('a crash is told in a word', async () => {
  const told = await onTiny(['sh', '-c', 'kill -SEGV $$']);
  expect(told).toEqual({ status: 139, out: '', err: 'timeslice: sh was ended by SIGSEGV\n' });
});

test('output and errors go where they belong, byte for byte', async () => {
  const told = await onTiny(['sh', '-c', 'echo out; echo err >&2; cat'], { input: 'a\r\n\x00b' });
  expect(told).toEqual({ status: 0, out: 'out\na\r\n\x00b', err: 'err\n' });
});

test('large input and output pass whole', async () => {
  const input = 'x'.repeat(3_000_000);
  const { out, status } = await onTiny(['cat'], { input });
  expect(status).toBe(0);
  expect(out === input).toBe(true);
});

test('a program that reads no input does not wait for it', async () => {
  expect(await onTiny(['echo', 'done'], { input: 'x'.repeat(1_000_000) })).toMatchObject({ out: 'done\n' });
});

test.each([
  ['./plain.sh', './plain.sh x\n', 4],
  ['./marked', 'marked x\n', 0],
  ['./unmarked', 'unmarked x\n', 0],
  ['marked', 'marked x\n', 0],
])('the script %s of this computer works as it stands', async (name, out, status) => {
  expect(await onTiny([name, 'x'], { cwd: folder })).toEqual({ status, out, err: '' });
});

test('a named file brings its folder, read-only below memory', async () => {
  const told = await onTiny(['sh', '-c', 'ls; echo more >> $0; cat $0', 'data'], { cwd: folder });
  expect(told.out).toContain('plain.sh\n');
  expect(told.out.endsWith('some data\nmore\n')).toBe(true);
  expect((await onTiny(['cat', 'data'], { cwd: folder })).out).toBe('some data\n');
});

test('nothing of this computer is seen unless it is named, and with --no-host nothing at all', async () => {
  expect((await onTiny(['ls', folder], { cwd: folder })).status).not.toBe(0);
  expect((await onTiny(['--no-host', 'cat', 'data'], { cwd: folder })).status).not.toBe(0);
});

test('of a home folder only the named files are seen', async () => {
  const told = await onTiny(['sh', '-c', 'cat $0; ls', 'data'], { cwd: folder, env: { HOME: folder } });
  expect(told).toMatchObject({ status: 0, out: 'some data\ndata\n' });
});

test('--mount shows a folder elsewhere, --cwd begins there', async () => {
  const told = await onTiny(['--mount', `${folder}:/data`, '--cwd', '/data', 'sh', '-c', 'pwd; cat data']);
  expect(told).toEqual({ status: 0, out: '/data\nsome data\n', err: '' });
});

test('everything after the program belongs to the program', async () => {
  expect((await onTiny(['echo', '--cpus', '0', '--trace', '-x'])).out).toBe('--cpus 0 --trace -x\n');
});

test('environment and user are as told', async () => {
  const told = await onTiny([
    '--env',
    'A=1',
    '--env',
    'B=x=y',
    '--user',
    '1000',
    'sh',
    '-c',
    'echo $A $B; id -u',
  ]);
  expect(told.out).toBe('1 x=y\n1000\n');
});

test('the wall clock begins at --epoch', async () => {
  expect((await onTiny(['--epoch', '1000000000', 'date', '+%s'])).out).toBe('1000000000\n');
});

test('--trace prints what strace -f prints, of the calls that are named', async () => {
  const { err, out } = await onTiny(['--trace=wait4,exit_group', 'fork']);
  expect(out).toContain('I call fork() once');
  expect(err).toContain('strace: Process 3 attached\n');
  expect(err).toMatch(/^\[pid {5}3\] exit_group\(7\) += \?$/m);
  expect(err).not.toContain('clone');
});

test('--trace takes the words of strace -e, several times', async () => {
  const { err } = await onTiny([
    '--trace=%file',
    '--trace=status=failed',
    '--trace=signal=none',
    'cat',
    '/nothing',
  ]);
  expect(err).toMatch(/^openat\(AT_FDCWD, "\/nothing", .*\) += -1 ENOENT \(No such file or directory\)$/m);
  expect(err).not.toMatch(/write|= 0$/m);
});

test('--trace-summary is the table of strace -c', async () => {
  const { err } = await onTiny(['--trace-summary', 'sh', '-c', 'cat /nothing; sleep 1; true']);
  expect(err).toMatch(/^% time {5}seconds {2}usecs\/call {5}calls {4}errors syscall$/m);
  expect(err).toMatch(/^ *[\d.]+ {4}0\.\d{6} +\d+ {9}1 {9}1 openat$/m);
  expect(err).toMatch(/^ *[\d.]+ {4}1\.0\d{5} +\d+ +\d+ +(clock_)?nanosleep$/m);
  expect(err).toMatch(/^100\.00 .* total$/m);
});

test('a lone --trace does not swallow the program', async () => {
  expect((await onTiny(['--trace', 'true'])).err).toMatch(
    /^exit_group\(0\) += \?\n\+\+\+ exited with 0 \+\+\+\n$/,
  );
});

test('with --warp sleeping takes no real time, without it does', async () => {
  const took = async (way: string, seconds: string) => {
    const began = performance.now();
    await onTiny([way, 'sleep', seconds]);
    return performance.now() - began;
  };
  expect(await took('--no-warp', '2')).toBeGreaterThan(2000);
  expect(await took('--warp', '3600')).toBeLessThan(60_000);
});

test('--summary tells the tree and the timeline of this very run', async () => {
  const { err } = await onTiny(['--summary', 'sh', '-c', 'sleep 0.01 | cat; false'], {
    env: { COLUMNS: '60', LANG: 'C.UTF-8' },
  });
  const [, tree, lanes] = /Processes\n([\s\S]*?)\nTimeline.*\n([\s\S]*)$/.exec(err)!;
  expect(tree).toBe('sh 2: exit 1\n├─ sleep 3: exit 0\n└─ cat 4: exit 0\n');
  const [scale, ...rest] = lanes!.split('\n');
  expect(scale).toMatch(/ms$/);
  expect(rest[1]).toMatch(/^sleep 3 ▄·+▄/);
  expect(rest.every((line) => line.length <= 60 || line.includes('context switches'))).toBe(true);
  expect(rest.at(-2)).toMatch(
    /^3 processes, \d+ context switches, 0 preemptions, 10(\.\d+)? ms of virtual time$/,
  );
});

test('what asm writes runs, and disasm reads it back with its labels', async () => {
  expect(await timeslice(['asm', 'hello.s', '-o', 'hello'], { cwd: folder })).toMatchObject({
    status: 0,
    err: '',
  });
  expect(await onTiny(['./hello'], { cwd: folder })).toEqual({ status: 7, out: 'hello\n', err: '' });
  const { out } = await timeslice(['disasm', '--explain', 'hello'], { cwd: folder });
  expect(out).toContain('<_start>:');
  expect(out).toMatch(/ecall/);
  expect(out).toMatch(/li {10}a0,1 .*# a0 ← 1/);
});

test('without the Debian image a program runs on tiny, with a word about it', async () => {
  const env = { TIMESLICE_CACHE: join(folder, 'no-cache') };
  expect(await timeslice(['run', 'echo', 'hi'], { env })).toEqual({
    status: 0,
    out: 'hi\n',
    err:
      'timeslice: the Debian image is not set up, so this runs on the small image tiny; ' +
      '`timeslice image pull` fetches Debian\n',
  });
  const { out, status } = await timeslice(['doctor'], { env });
  expect(out).toMatch(/^missing {2}image debian .*\n.*to mend: timeslice image pull$/m);
  expect(status).toBe(1);
});

test('doctor tells what is there, as words and as JSON', async () => {
  const { out } = await timeslice(['doctor', '--json']);
  const findings = JSON.parse(out) as { what: string; state: string }[];
  expect(findings.find(({ what }) => what === 'machine')?.state).toBe('ok');
  expect((await timeslice(['doctor'])).out).toContain('boots and runs a program');
});

test('glossary explains a word in the language of the flag or of the locale', async () => {
  const korean = await timeslice(['glossary', 'context switch', '--lang', 'ko']);
  expect(korean.out).toMatch(/^문맥 교환 \(context switch\)\n {2}실행하던 작업의 문맥을 PCB에/);
  const byLocale = await timeslice(['glossary', '타임아웃 인터럽트'], { env: { LC_ALL: 'ko_KR.UTF-8' } });
  expect(byLocale.out).toMatch(/^타이머 인터럽트 \(timer interrupt, timeout interrupt, 타임아웃 인터럽트\)/);
  const unknown = await timeslice(['glossary', 'no such word']);
  expect(unknown.err).toMatch(/^timeslice: the glossary has no word like no such word\n/);
  expect(unknown.status).toBe(125);
});

test('help ends quietly when its reader has left', async () => {
  const unread = ['bash', '-c', 'set -o pipefail; "$@" | true', 'bash'];
  expect(await timeslice(['run', '--help'], { through: unread })).toEqual({ status: 0, out: '', err: '' });
});
