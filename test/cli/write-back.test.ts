import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onTiny, type Way } from './timeslice.ts';

let folder: string;
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-rw-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'data'), 'data\n');
  writeFileSync(join(folder, 'other'), 'other\n');
  writeFileSync(join(folder, 'sub/deep'), 'deep\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (script: string, way?: Way, options: readonly string[] = []) =>
  onTiny(['--mount', `${folder}:/data:rw`, '--cwd', '/data', ...options, 'sh', '-c', script], way);

/** Root may write everywhere unless it gives that up. */
const isRoot = process.getuid?.() === 0;
const asOwner: Way = isRoot ? { through: ['setpriv', '--bounding-set=-dac_override'] } : {};

test('what the guest did in a folder mounted rw is there when it has ended', async () => {
  const script = [
    'echo more >> data',
    'mkdir -p made/in',
    'echo new > made/in/file',
    'ln -s ../data made/link',
    'chmod 700 other',
    'mv sub moved',
    'exit 3',
  ].join('; ');
  expect(await inFolder(script)).toEqual({ status: 3, out: '', err: '' });
  expect(readdirSync(folder).sort()).toEqual(['data', 'made', 'moved', 'other']);
  expect([text('data'), text('made/in/file'), text('moved/deep')]).toEqual([
    'data\nmore\n',
    'new\n',
    'deep\n',
  ]);
  expect(readlinkSync(join(folder, 'made/link'))).toBe('../data');
  expect(statSync(join(folder, 'other')).mode & 0o777).toBe(0o700);
});

test('files that changed places and names that went are so here, too', async () => {
  expect(await inFolder('mv data x; mv other data; mv x other; rm -r sub')).toMatchObject({ err: '' });
  expect(readdirSync(folder).sort()).toEqual(['data', 'other']);
  expect([text('data'), text('other')]).toEqual(['other\n', 'data\n']);
});

test('without :rw nothing is written, and reading changes nothing', async () => {
  const script = 'echo more >> /data/data; rm /data/other';
  expect(await onTiny(['--mount', `${folder}:/data`, 'sh', '-c', script])).toMatchObject({ status: 0 });
  const before = statSync(join(folder, 'data'));
  expect(await inFolder('cat data sub/deep; ls')).toMatchObject({ status: 0 });
  const after = statSync(join(folder, 'data'));
  expect([text('data'), text('other'), after.ino, after.mtimeMs]).toEqual([
    'data\n',
    'other\n',
    before.ino,
    before.mtimeMs,
  ]);
});

test('a folder inside one that is mounted rw in its own place is part of it', async () => {
  writeFileSync(join(folder, 'sub/run.sh'), 'echo made > sub/result\n');
  const told = await onTiny(['--mount', `.:${folder}:rw`, 'sub/run.sh'], { cwd: folder });
  expect(told).toEqual({ status: 0, out: '', err: '' });
  expect(text('sub/result')).toBe('made\n');
});

test('a limit writes back what was done until then', async () => {
  const told = await inFolder('echo kept > kept; spin', {}, ['--virtual-timeout', '50ms']);
  expect(told).toMatchObject({ status: 125 });
  expect(text('kept')).toBe('kept\n');
});

test('Ctrl-C does, and Ctrl-C twice, too', async () => {
  await inFolder('echo one > one; echo ready; spin', { onOutput: (kill) => kill('SIGINT') });
  const told = await inFolder("trap '' INT; echo two > two; echo ready; spin", {
    onOutput(kill) {
      kill('SIGINT');
      setTimeout(() => kill('SIGINT'), 300);
    },
  });
  expect(told).toMatchObject({ status: 130, err: '' });
  expect([text('one'), text('two')]).toEqual(['one\n', 'two\n']);
});

test('what cannot be written is named, and the status tells', async () => {
  chmodSync(join(folder, 'sub'), 0o555);
  const told = await inFolder('echo kept > kept; echo lost > sub/deep', asOwner);
  const where = join(folder, 'sub/deep');
  expect(told.err).toContain(`timeslice: ${where} cannot be written back: permission denied\n`);
  expect(told.err).toMatch(
    /timeslice: What could not be put into its place lies in .*\/\.timeslice-\w+\.\n$/,
  );
  expect(told.status).toBe(125);
  expect(text('kept')).toBe('kept\n');
});

test('files that come to the folder meanwhile stay', async () => {
  const come = () => writeFileSync(join(folder, 'since'), 'since');
  await inFolder('ls; echo more >> data; sleep 0.3', { onOutput: come }, ['--no-warp']);
  expect(existsSync(join(folder, 'since'))).toBe(true);
  expect(text('data')).toBe('data\nmore\n');
});

test('a folder that may not be written to is refused at once', async () => {
  chmodSync(folder, 0o555);
  const told = await inFolder('echo not run', asOwner);
  chmodSync(folder, 0o755);
  const sentence = `--mount ${folder}:/data:rw: you may not write to ${folder}`;
  expect(told).toMatchObject({
    out: '',
    err: `timeslice: ${sentence}\ntimeslice: Change its permissions (chmod +w).\n`,
  });
});
