/** ps, pstree, pgrep and their kin tell the truth about the processes a script has started. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the shell's dollars.
import { expect, test } from 'vitest';
import { bash, describeDebian } from './image.ts';

/** A table's rows as records, by its heading. The last column takes the rest of its line. */
function table(text: string): Record<string, string>[] {
  const [head, ...rows] = text.trimEnd().split('\n');
  const names = head!.trim().split(/\s+/);
  return rows.map((row) => {
    const cells = row.trim().split(/\s+/);
    const last = cells.splice(names.length - 1).join(' ');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? last]));
  });
}

describeDebian('procps and psmisc', () => {
  test('ps -ef names every process, its parent and its command', () => {
    const script = 'sleep 100 & sleep 200 & echo $$ $!; ps -ef; kill %1 %2; wait';
    const [ids, ...rest] = bash(script).split('\n');
    const [shell, last] = ids!.split(' ');
    const rows = table(rest.join('\n'));
    expect(rows[0]).toMatchObject({ UID: 'root', PID: '1', PPID: '0' });
    const children = rows.filter(({ PPID }) => PPID === shell);
    expect(children.map(({ CMD }) => CMD)).toEqual(['sleep 100', 'sleep 200', 'ps -ef']);
    expect(children[1]!['PID']).toBe(last);
    expect(rows.find(({ PID }) => PID === shell)!['CMD']).toMatch(/^bash -c /);
    expect(rows).toHaveLength(5);
  });

  test('ps -eLf shows each thread of a process', () => {
    const script = `python3 -c '
import threading, time
for _ in range(3): threading.Thread(target=time.sleep, args=(5,)).start()' & sleep 2; ps -eLf; kill %1; wait`;
    const rows = table(bash(script, { stderr: '' }));
    const threads = rows.filter(({ CMD }) => CMD!.startsWith('python3'));
    expect(threads).toHaveLength(4);
    expect(new Set(threads.map(({ PID }) => PID)).size).toBe(1);
    expect(new Set(threads.map(({ LWP }) => LWP)).size).toBe(4);
    expect(threads.every(({ NLWP }) => NLWP === '4')).toBe(true);
    expect(threads[0]!['LWP']).toBe(threads[0]!['PID']);
  });

  test('ps shows the states: running, sleeping, stopped and zombie', () => {
    const script = `sleep 50 & s=$!; sleep 60 & t=$!; sleep 0.1; kill -STOP $t; (sleep 0.01 & exec sleep 70) & z=$!
sleep 0.3; ps -o pid,stat,comm --ppid $z; ps -o args= --ppid $z; ps -o stat=,comm= -p $s,$t; ps -o stat= -p $$; kill -CONT $t; kill $s $t $z; wait`;
    const lines = bash(script).split('\n');
    expect(lines[1]).toMatch(/^ *\d+ Z +sleep$/);
    expect(lines.slice(2, 5)).toEqual(['[sleep] <defunct>', 'S    sleep', 'T    sleep']);
    expect(lines[5]).toMatch(/^S/);
  });

  test('pstree -p draws who started whom', () => {
    const script =
      '(sleep 100 & sleep 100 & wait) & inner=$!; sleep 0.1; pstree -p $$; echo $$ $inner; pkill sleep; wait';
    const lines = bash(script).trimEnd().split('\n');
    const [shell, inner] = lines.pop()!.split(' ');
    const text = lines.join('\n');
    expect(text).toMatch(new RegExp(`^bash\\(${shell}\\)-\\+-bash\\(${inner}\\)-\\+-sleep\\(\\d+\\)`));
    expect(text.match(/sleep\(\d+\)/g)).toHaveLength(2);
    expect(text).toMatch(/`-pstree\(\d+\)$/m);
  });

  test('pgrep, pkill, kill and killall find whom they are told', () => {
    const script = `sleep 100 & a=$!; sleep 100 & b=$!; tail -f /dev/null & c=$!
[ "$(pgrep -d' ' sleep)" = "$a $b" ] && echo pgrep; [ "$(pgrep -f '^tail')" = $c ] && echo by line
pgrep -c -P $$ ; kill $a; wait $a; echo $?; pkill -PIPE sleep; wait $b; echo $?
killall tail; wait $c; echo $?; pgrep sleep || echo nobody; kill -0 $a 2> /dev/null || echo gone`;
    expect(bash(script)).toBe('pgrep\nby line\n3\n143\n141\n143\nnobody\ngone\n');
  });

  test('uptime, free, vmstat, w and top read the machine', () => {
    const script = `sleep 3; cut -d. -f1 /proc/uptime; uptime -p; free -b | awk '/Mem/{print ($2 > 2e8) ($3 > 0) ($3 + 0 < $2 + 0)}'
vmstat | tail -1 | wc -w; top -bn1 | head -1 | cut -c1-5; top -bn1 | grep -c 'bash$'; grep -c ^processor /proc/cpuinfo; pmap $$ | tail -1 | cut -c1-6; pwdx $$ | cut -d: -f2`;
    expect(bash(script, { machine: { cpus: 2 } })).toMatch(
      /^3\nup 0 minutes\n111\n\d+\ntop -\n1\n2\n total\n \/\n$/,
    );
  });

  test('/proc agrees with the system calls', () => {
    const script = `[ $(readlink /proc/self) -gt 1 ] && echo self; readlink /proc/$$/exe /proc/$$/cwd; tr '\\0' ' ' < /proc/$$/cmdline | head -1 | cut -c1-8
awk '{print $1 == '$$'}' /proc/$$/stat; grep ^PPid /proc/$$/status; exec 5< /etc/passwd; readlink /proc/$$/fd/5; ls /proc/$$/task | wc -l
grep -c 'r-xp.*bash' /proc/$$/maps; grep -c '\\[stack\\]' /proc/$$/maps; cat /proc/$$/comm; wc -c < /proc/$$/environ | awk '{print ($1 > 10)}'`;
    expect(bash(script)).toBe(
      'self\n/usr/bin/bash\n/\nbash -c \n1\nPPid:\t1\n/etc/passwd\n1\n1\n1\nbash\n1\n',
    );
  });
});
