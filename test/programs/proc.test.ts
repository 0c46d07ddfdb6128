/**
 * What programs read of processes and of the machine, and what users and capabilities let them do. The first test's
 * text is what a real kernel prints for the same program; `python3 capabilities.py` as root shows it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, debian, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

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

  test('have the namespaces of the machine in common', () => {
    const script = `
readlink /proc/self/ns/pid /proc/1/ns/pid_for_children /proc/$$/task/$$/ns/user
stat -L -c '%i %a' /proc/self/ns/uts
[ /proc/self/ns/net -ef /proc/1/ns/net ] && echo same`;
    expect(bash(script)).toBe(
      'pid:[4026531836]\npid:[4026531836]\nuser:[4026531837]\n4026531838 444\nsame\n',
    );
  });

  test('need a capability for low ports, as many as the machine says', () => {
    const program = `
import os, socket
def bind(port):
    try: socket.socket().bind(('127.0.0.1', port))
    except OSError as error: return error.strerror
    return 'bound'
def as_nobody(*ports):
    if os.fork() == 0:
        os.setuid(65534)
        print(*map(bind, ports), sep=', ', flush=True)
        os._exit(0)
    os.wait()
print(bind(80), flush=True)
as_nobody(81, 1024)
open('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'w').write('80')
as_nobody(81, 79)`;
    const { stdout } = debian(['python3', '-c', program]);
    expect(stdout).toBe('bound\nPermission denied, bound\nbound, Permission denied\n');
  });
});

const files = imageOfSet('files');

/** A command, and what its output has in it. */
const TOOLS: readonly (readonly [command: string, output: RegExp])[] = [
  ['lscpu', /^Architecture: +riscv64\n[\s\S]*NUMA node0 CPU\(s\): +0\n$/],
  ['lsns', /^ +NS TYPE +NPROCS +PID USER +COMMAND\n[\s\S]*4026531836 pid +\d+ +1 root +init\n/],
  ['lsipc', /^RESOURCE DESCRIPTION[\s\S]*MSGMNI +Number of System V message queues +32000 +0/],
  ['prlimit --nofile=50 sh -c "ulimit -n"', /^50\n$/],
  ['taskset -c 0 taskset -p $$', /current affinity mask: 1\n$/],
  ['chrt -f 5 sh -c "chrt -p \\$\\$"', /policy: SCHED_FIFO\n.*priority: 5\n$/],
  ['ionice -c 2 -n 5 ionice', /^best-effort: prio 5\n$/],
  ['choom -n 100 -- sh -c "choom -p \\$\\$"', /adjust value: 100\n$/],
  ['setsid -w sh -c "ps -o sid= -p \\$\\$; echo \\$\\$"', /^ *(\d+)\n\1\n$/],
  ['flock /tmp/lock sh -c "flock -n /tmp/lock true || echo held"', /^held\n$/],
  ['su nobody -s /bin/sh -c id', /^uid=65534\(nobody\)/],
  ['setpriv --reuid 65534 --clear-groups readlink /proc/1/ns/pid || echo refused', /^refused\n$/],
  ['runuser -u nobody -- id -un', /^nobody\n$/],
  ['pmap -X $$', /Perm +Offset[\s\S]*\[vdso\]/],
  ['findmnt -n -o FSTYPE /proc', /^proc\n$/],
  ['free -m', /^ +total[\s\S]*Mem: +\d+/],
  ['vmstat 1 2', /^procs[\s\S]*\n +\d+ +\d+ +0/],
  ['uptime', / up [\s\S]*load average: /],
];

describeDebian(
  'Tools that look at processes',
  () => {
    test.each(TOOLS)('%s', (command, output) => {
      const { stdout, stderr, status } = debian(['bash', '-c', command], { image: files });
      expect(stdout, stderr).toMatch(output);
      expect(status).toBe(0);
    });
  },
  files,
);
