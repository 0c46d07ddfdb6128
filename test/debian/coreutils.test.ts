/** coreutils and their neighbours on real trees and real sizes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the shell's dollars.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bash, debian, describeDebian } from './image.ts';

/** Bytes without a pattern, the same every time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let word = 12345;
  for (let i = 0; i < length; i++) {
    word = (Math.imul(word, 1103515245) + 12345) >>> 0;
    bytes[i] = word >>> 16;
  }
  return bytes;
}

const digest = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

describeDebian('coreutils', () => {
  test('ls -lR walks all of /usr, and agrees with find', () => {
    const script = `ls -lR /usr > /tmp/list; grep -c ':$' /tmp/list; find /usr -type d | wc -l
grep -c '^-' /tmp/list; find /usr -type f | wc -l; grep -c '^l' /tmp/list; find /usr -type l | wc -l; tail -1 /tmp/list | wc -w`;
    const [heads, directories, files, foundFiles, links, foundLinks] = bash(script).split('\n').map(Number);
    expect(directories).toBeGreaterThan(50);
    expect({ heads, files, links }).toEqual({ heads: directories, files: foundFiles, links: foundLinks });
  });

  test('sort puts thirty thousand numbers in order, in memory and with temporary files', () => {
    const script = `seq 30000 | shuf --random-source=/usr/bin/bash > /tmp/n; sort -n /tmp/n | paste -d= - <(seq 30000) | awk -F= '$1 != $2' | wc -l
sort -n -S 64k /tmp/n | tail -1; sort /tmp/n | sha256sum; ls /tmp/sort* 2> /dev/null | wc -l`;
    const sorted = Array.from({ length: 30000 }, (_, i) => String(i + 1)).sort();
    const sum = digest('sha256', Buffer.from(`${sorted.join('\n')}\n`));
    expect(bash(script)).toBe(`0\n30000\n${sum}  -\n0\n`);
  });

  test('checksums are those the host computes of the same bytes', () => {
    const bytes = noise(300_001);
    const script =
      'cd /data; for sum in md5 sha1 sha224 sha256 sha512; do ${sum}sum noise; done; cksum < noise; base64 noise | base64 -d | sha256sum';
    const lines = bash(script, { files: { '/data/noise': bytes } }).split('\n');
    const named = ['md5', 'sha1', 'sha224', 'sha256', 'sha512'].map(
      (name) => `${digest(name, bytes)}  noise`,
    );
    expect(lines.slice(0, 5)).toEqual(named);
    expect(lines[5]).toMatch(/^\d+ 300001$/);
    expect(lines[6]).toBe(`${digest('sha256', bytes)}  -`);
  });

  test('sha256sum of the image’s own files can be checked again', () => {
    expect(
      bash(
        'cd /usr/bin; sha256sum [a-c]* > /tmp/sums; sha256sum -c --quiet /tmp/sums && wc -l < /tmp/sums > /dev/null && echo same',
      ),
    ).toBe('same\n');
  });

  test('files: copy, move, link, remove, times, modes and sizes', () => {
    const script = `cd /tmp; mkdir -p a/b/c; echo text > a/b/c/f; cp -r a copy; cat copy/b/c/f; mv copy/b/c/f copy/g
ln copy/g hard; ln -s copy/g soft; stat -c %h copy/g; readlink -f soft; rm copy/g; cat hard; cat soft 2> /dev/null || echo dangling
touch -d 2001-02-03T04:05:06Z hard; stat -c %Y hard; chmod u=rwx,go= hard; stat -c %a hard; truncate -s 1M hard; stat -c '%s %b' hard
rmdir a 2> /dev/null || echo not empty; rm -r a copy; ls; du -s --apparent-size -b hard; install -m 600 hard other; stat -c %a other`;
    expect(bash(script)).toBe(
      'text\n2\n/tmp/copy/g\ntext\ndangling\n981173106\n700\n1048576 8\nnot empty\nhard\nsoft\n1048576\thard\n600\n',
    );
  });

  test('writing into the image’s directories changes the machine only', () => {
    const script = `echo mine > /etc/hostname; cat /etc/hostname; echo more >> /etc/passwd; tail -1 /etc/passwd; head -1 /etc/passwd
rm /usr/bin/yes; ls /usr/bin/yes 2> /dev/null || echo gone; mv /usr/bin/cat /usr/bin/dog; dog /etc/hostname; mkdir /new; rmdir /new /opt && echo removed`;
    expect(bash(script)).toBe('mine\nmore\nroot:*:0:0:root:/root:/bin/bash\ngone\nmine\nremoved\n');
  });

  test('dd, head, tail, split and tac move bytes exactly', () => {
    const script = `seq 10000 > /tmp/s; dd if=/tmp/s of=/tmp/d bs=1000 skip=3 count=5 status=none; wc -c < /tmp/d
split -l 3000 /tmp/s /tmp/part.; wc -l /tmp/part.* | tail -1; cat /tmp/part.* | sha256sum; tac /tmp/s | head -1; tail -c +48890 /tmp/s
dd if=/dev/zero bs=1M count=8 status=none | wc -c; od -An -tx1 -N4 /dev/zero; head -c 16 /dev/urandom | wc -c`;
    const text = Array.from({ length: 10000 }, (_, i) => `${i + 1}\n`).join('');
    const sum = digest('sha256', Buffer.from(text));
    expect(bash(script)).toBe(`5000\n10000 total\n${sum}  -\n10000\n0000\n8388608\n 00 00 00 00\n16\n`);
  });

  test('the machine introduces itself', () => {
    const script = `uname -srm; nproc; id; whoami; hostname; getconf PAGESIZE; date -u +%F; arch; tty; df -h / | tail -1 | wc -w; env -i pwd`;
    expect(bash(script, { machine: { cpus: 2 } })).toMatch(
      /^Linux 6\.\d+\.\d+\S* riscv64\n2\nuid=0\(root\) gid=0\(root\) groups=0\(root\)\nroot\ntimeslice\n4096\n2025-01-01\nriscv64\nnot a tty\n6\n\/\n$/,
    );
  });

  test('another user may read, but not write what is root’s', () => {
    const script =
      'id -u; cat /etc/shadow 2> /dev/null || echo no; echo x > /etc/motd || echo denied; echo y > /tmp/y && cat /tmp/y; kill -0 1 || echo not mine';
    const { stdout, status } = debian(['bash', '-c', script], { machine: { user: 1000 } });
    expect({ stdout, status }).toEqual({ stdout: '1000\nno\ndenied\ny\nnot mine\n', status: 0 });
  });
});
