/** strace and gdb on other guest programs; gdb at a terminal is in debugger.test.ts. What they debug is built here: it needs the cross compiler. */
import { expect, test } from 'vitest';
import { bash, type DebianScene, describeDebian } from '../debian/image.ts';
import { canCross } from '../linux/libc.ts';
import { debuggedFiles } from './debugged.ts';
import { imageOfSet } from './sets.ts';

const image = imageOfSet('trace');
const files = debuggedFiles();

const scene = (): DebianScene => ({ image, files, cwd: '/work' });

/** Addresses and numbers of processes differ with every change of a program. */
const steady = (text: string): string =>
  text
    .replace(/0x[0-9a-f]{5,}/g, '0xADDR')
    .replace(/\b(process|LWP) \d+/g, '$1 N')
    .replace(/^.*(libthread_db|debuginfod).*\n/gm, '');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What gdb says to a list of commands. */
function gdb(program: string, commands: readonly string[]): string {
  const list = commands.map((command) => `-ex ${quoted(command)}`).join(' ');
  return steady(bash(`gdb -nx -batch ${list} ${program} 2>&1`, scene()));
}

describeDebian(
  'strace',
  () => {
    test('counts the calls of a program', () => {
      const text = bash('strace -c -o /tmp/log true; cat /tmp/log', { image });
      expect(text).toMatch(/ execve\n[\s\S]*\n100\.00 .* total\n$/);
    });

    test('-f shows a pipeline of bash, call by call', () => {
      const text = bash(`strace -f -o /tmp/log bash -c 'ls /usr | wc -l'; cat /tmp/log`, { image });
      const lines = text.split('\n').map((line) => line.replace(/^\d+ +/, ''));
      expect(lines[1]).toMatch(
        /^execve\("\/usr\/bin\/bash", \["bash", "-c", "ls \/usr \| wc -l"\], 0x.*\) = 0$/,
      );
      expect(lines.filter((line) => line.startsWith('+++ exited with 0'))).toHaveLength(3);
      expect(lines.filter((line) => /^(execve\(|<\.\.\. execve resumed>).*= 0$/.test(line))).toHaveLength(3);
      expect(text).toMatch(/write\(1, "bin\\ngames\\n/);
      expect(text).toMatch(/--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=\d+, /);
    });

    test('follows threads', () => {
      const script = `python3 -SBI -c '
import threading
t = threading.Thread(target=lambda: print("in the thread", flush=True)); t.start(); t.join()'`;
      const text = bash(`strace -f -e trace=write,exit -o /tmp/log ${script}; cat /tmp/log`, { image });
      expect(text).toMatch(/^\d+ +write\(1, "in the thread\\n", 14\) += 14$/m);
      expect(text).toMatch(/^\d+ +exit\(0\) += \?$/m);
      expect(text.match(/\+\+\+ exited with 0 \+\+\+/g)).toHaveLength(2);
    });

    test('looks on at a process that waits, and leaves it', () => {
      const script = `sleep 2 & pid=$!
sleep 0.1; timeout 0.5 strace -p $pid -o /tmp/log; echo left $?
wait $pid; echo ended $?; cat /tmp/log`;
      const text = bash(script, {
        image,
        stderr: expect.stringMatching(/attached\n.*detached\n$/) as unknown as string,
      });
      expect(text).toMatch(
        /^left 124\nended 0\nrestart_syscall\(<\.\.\. resuming interrupted clock_nanosleep \.\.\.>/,
      );
    });

    test('makes a call fail that would succeed', () => {
      const text = bash(
        'strace -o /tmp/log -e inject=mkdirat:error=ENOSPC mkdir /tmp/new; echo $?; grep mkdirat /tmp/log',
        {
          image,
          stderr: 'mkdir: cannot create directory ‘/tmp/new’: No space left on device\n',
        },
      );
      expect(text).toMatch(/^1\n/);
      expect(text).toMatch(/mkdirat\(.*\) += -1 ENOSPC \(No space left on device\) \(INJECTED\)/);
    });
  },
  image,
);

describeDebian(
  'gdb',
  () => {
    test.skipIf(!canCross)('stops, shows frames and data, and goes on by steps', () => {
      const commands = [
        'break add',
        'run',
        'bt',
        'up',
        'print *p',
        'down',
        'next',
        'next',
        'info locals',
        'finish',
      ];
      expect(gdb('./still', commands)).toBe(`Breakpoint 1 at 0xADDR: file debugged.c, line 19.

Breakpoint 1, add (a=3, b=4) at debugged.c:19
19	    int sum = a + b;
#0  add (a=3, b=4) at debugged.c:19
#1  0xADDR in walk (p=0xADDR, depth=0) at debugged.c:27
#2  0xADDR in walk (p=0xADDR, depth=1) at debugged.c:28
#3  0xADDR in walk (p=0xADDR, depth=2) at debugged.c:28
#4  0xADDR in main (argc=1, argv=0xADDR) at debugged.c:57
#1  0xADDR in walk (p=0xADDR, depth=0) at debugged.c:27
27	        return add(p->x, p->y);
$1 = {x = 3, y = 4, name = 0xADDR "first"}
#0  add (a=3, b=4) at debugged.c:19
19	    int sum = a + b;
20	    total += sum;
21	    return sum;
sum = 7
0xADDR in walk (p=0xADDR, depth=0) at debugged.c:27
27	        return add(p->x, p->y);
Value returned is $2 = 7
`);
    });

    test.skipIf(!canCross)('watches a variable, changes it, and calls a function of the program', () => {
      const commands = [
        'break 58',
        'run',
        'watch total',
        'c',
        'delete',
        'finish',
        'next',
        'set var n=1000',
        'set var total=5',
      ];
      const text = gdb('./moving', [...commands, 'print add(40, 2)', 'info registers pc', 'c']);
      expect(text).toContain('Old value = 7\nNew value = 17\nadd (a=0, b=10) at debugged.c:21\n');
      expect(text).toMatch(/\$2 = 42\npc +0xADDR\t0xADDR <main\+\d+>\nn 1023 total 70\n/);
      expect(text).toMatch(/\[Inferior 1 \(process N\) exited normally\]\n$/);
    });

    test.skipIf(!canCross)('follows threads', () => {
      const commands = ['break thread', 'run', 'info threads', 'thread apply all bt 1', 'delete', 'c'];
      const text = gdb('--args ./moving threads', commands);
      expect(text).toMatch(/Thread 2 "moving" hit Breakpoint 1, thread \(arg=0x1\) at debugged\.c:33\n/);
      expect(text).toMatch(/^\* 2 .* thread \(arg=0x1\) at debugged\.c:33\n {2}3 .* thread \(arg=0x2\)/m);
      expect(text).toContain('threads made it 63\n');
      expect(text.match(/^\[Thread 0xADDR \(LWP N\) exited\]$/gm)).toHaveLength(2);
    });

    test.skipIf(!canCross)('stops at signals, and finds its way through their handlers', () => {
      const text = gdb('--args ./still signal', ['break handler', 'run', 'c', 'bt', 'c']);
      expect(text).toContain('Program received signal SIGUSR1, User defined signal 1.\n');
      expect(text).toContain('#0  handler (signo=10) at debugged.c:40\n#1  <signal handler called>\n');
      expect(text).toContain('the signal made it 50\n');
    });

    test.skipIf(!canCross)('goes along with a child', () => {
      const commands = ['set follow-fork-mode child', 'break add if a == 1 && b == 2', 'run', 'bt', 'c'];
      const text = gdb('--args ./still fork', commands);
      expect(text).toContain('Thread 2.1 "still" hit Breakpoint 1, add (a=1, b=2) at debugged.c:19\n');
      expect(text).toContain('#1  0xADDR in main (argc=2, argv=0xADDR) at debugged.c:79\n');
      expect(text).toMatch(/the child gave 3\n.*\[Inferior 2 \(process N\) exited with code 03\]\n/);
    });

    test.skipIf(!canCross)('tells where a program crashed, and again from a core file', () => {
      const commands = ['run', 'bt', 'generate-core-file /tmp/core', 'kill', 'core /tmp/core', 'bt'];
      const text = gdb('--args ./still crash', commands);
      expect(text).toContain('Program received signal SIGSEGV, Segmentation fault.\n');
      const frame = '#0  0xADDR in main (argc=2, argv=0xADDR) at debugged.c:88\n';
      expect(text.split(frame)).toHaveLength(4);
    });

    test.skipIf(!canCross)('attaches to a process, changes it, and lets it go', () => {
      const script = `./still wait & pid=$!
sleep 0.02
gdb -nx -batch -p $pid -ex 'bt -2' -ex 'print add(1, 1)' -ex 'set var leave=1' -ex detach 2>&1
wait $pid; echo status $?`;
      const text = steady(bash(script, scene()));
      expect(text).toMatch(/in wait_for_debugger \(\) at debugged\.c:46\n/);
      expect(text).toMatch(/\$1 = 2\n\[Inferior 1 \(process N\) detached\]\nlet go, total 42\nstatus 0\n$/);
    });
  },
  image,
);
