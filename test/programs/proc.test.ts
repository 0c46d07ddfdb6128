/**
 * What programs read of processes and of the machine, and what users and capabilities let them do. The first test's
 * text is what a real kernel prints for the same program; `python3 capabilities.py` as root shows it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, debian, describeDebian } from '../debian/image.ts';

const folder = join(import.meta.dirname, 'proc');
const fileOf = (name: string) => readFileSync(join(folder, name), 'utf8');

describeDebian('Processes', () => {
  test('change their users, capabilities and programs as on Linux', () => {
    const files = { '/data/capabilities.py': fileOf('capabilities.py') };
    const { stdout } = debian(['python3', '/data/capabilities.py'], { files });
    expect(stdout).toBe(fileOf('capabilities.txt'));
  });

  test('every text file of /proc and /sys can be read', () => {
    const script = `
for file in $(find /proc/self/ -maxdepth 1 -type f) $(find /proc -maxdepth 1 -type f) $(find /proc/sys /sys -type f); do
  cat $file > /dev/null 2> /tmp/error || echo "$file $(cat /tmp/error)"
done`;
    expect(bash(script)).toBe('/proc/self/mem cat: /proc/self/mem: Input/output error\n');
  });

  test('files of the kernel say what they are in fdinfo', () => {
    const program = `
import os, select, signal
event = os.eventfd(3)
poll = select.epoll(); poll.register(event, select.EPOLLIN)
for fd in (event, poll.fileno(), os.pidfd_open(os.getpid())):
    print(open(f'/proc/self/fdinfo/{fd}').read().split('ino:')[1].split('\\n', 1)[1].split('ino:')[0], end='')
    print()`;
    const { stdout } = debian(['python3', '-c', program]);
    expect(stdout).toMatch(
      /^eventfd-count: {16}3\neventfd-id: \d+\neventfd-semaphore: 0\n\ntfd: {8}\d events: {7}19 data: +\w+ {2}pos:0 \nPid:\t\d+\nNSpid:\t\d+\n\n$/,
    );
  });

  test('count what they read and write', () => {
    const counts = bash('head -c 5000 /dev/zero > /tmp/x; cat /proc/self/io; wc -c < /tmp/x');
    expect(counts).toMatch(/^rchar: \d+\nwchar: 0\nsyscr: \d+\nsyscw: 0\nread_bytes: 0\n/);
  });

  test('share pages after a fork, until one of them writes', () => {
    const program = `
import os
block = bytearray(4 << 20)
def private():
    rows = dict(l.split(':') for l in open('/proc/self/smaps_rollup') if l.count(':') == 1)
    return int(rows['Private_Dirty'].split()[0]), int(rows['Shared_Dirty'].split()[0])
before = private()
r, w = os.pipe(); done, end = os.pipe()
if os.fork() == 0:
    os.read(r, 1)
    block[::4096] = bytes(1024)
    os.write(end, b'x')
    os.read(r, 1); os._exit(0)
shared = private()
os.write(w, b'x'); os.read(done, 1)
after = private()
os.write(w, b'x')
print(before[0] >= 4096, shared[1] >= 4096, shared[0] < 2048, after[0] >= 4096, after[1] < 4096)`;
    const { stdout } = debian(['python3', '-c', program]);
    expect(stdout).toBe('True True True True True\n');
  });
});
