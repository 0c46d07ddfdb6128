/** Run-time systems of other languages: compilers at run time, collectors, schedulers of their own, many threads. */
import { expect, test } from 'vitest';
import { bash, type DebianScene, debian, describeDebian } from '../debian/image.ts';
import { imageOfSet } from './sets.ts';

const GIB = 2 ** 30;

/** A program that must end well; what it printed. */
function output(argv: readonly string[], scene: DebianScene): string {
  const { stdout, stderr, status } = debian(argv, scene);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

describeDebian(
  'Perl',
  () => {
    test('computes, forks and opens pipes', () => {
      const program = `
my %h = map { $_ => $_ ** 2 } 1 .. 20_000;
print scalar(keys %h), " $h{321} ", 2 ** 70, "\\n";
my $pid = open(my $child, '-|') // die;
if (!$pid) { print join(',', sort { $b <=> $a } 1 .. 5), "\\n"; exit 3 }
print <$child>; close $child; print $? >> 8, "\\n";
print join(' ', 'a1b22c333' =~ /(\\d+)/g), "\\n";`;
      const printed = output(['perl', '-e', program], { image: imageOfSet('perl') });
      expect(printed).toBe('20000 103041 1.18059162071741e+21\n5,4,3,2,1\n3\n1 22 333\n');
    });
  },
  imageOfSet('perl'),
);

describeDebian(
  'QuickJS',
  () => {
    test('interprets JavaScript', () => {
      const program = 'console.log([1, 2, 3].map((x) => x * x), 2n ** 100n, /(\\d+)/.exec("a42")[1])';
      const printed = output(['qjs', '-e', program], { image: imageOfSet('quickjs') });
      expect(printed).toBe('1,4,9 1267650600228229401496703205376 42\n');
    });
  },
  imageOfSet('quickjs'),
);

describeDebian(
  'Node.js',
  () => {
    test('runs worker threads, timers and child processes', () => {
      const program = `
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
if (!isMainThread) {
  let sum = 0;
  for (let i = 0; i < 300000; i++) sum += i * workerData;
  parentPort.postMessage(sum);
} else {
  const sums = [1, 2, 3].map((n) => new Promise((done) =>
    new Worker(__filename, { workerData: n }).on('message', done)));
  Promise.all(sums).then((all) => {
    console.log(all.join(' '));
    setTimeout(() => console.log(require('child_process').execSync('echo child').toString().trim()), 20);
  });
}`;
      const scene = {
        image: imageOfSet('node'),
        files: { '/data/w.js': program },
        machine: { memory: 2 * GIB },
      };
      expect(output(['node', '/data/w.js'], scene)).toBe('44999850000 89999700000 134999550000\nchild\n');
    });
  },
  imageOfSet('node'),
);

describeDebian(
  'OpenJDK',
  () => {
    test('compiles and runs a program with a pool of threads', () => {
      const program = `
import java.util.concurrent.*;
public class Sums {
  public static void main(String[] args) throws Exception {
    var pool = Executors.newFixedThreadPool(3);
    var sums = new java.util.ArrayList<Future<Long>>();
    for (int i = 1; i <= 4; i++) {
      final long k = i;
      sums.add(pool.submit(() -> { long s = 0; for (int j = 0; j < 100_000; j++) s += j * k; return s; }));
    }
    for (var sum : sums) System.out.println(sum.get());
    pool.shutdown();
    var thread = Thread.ofVirtual().start(() -> System.out.println("virtual thread"));
    thread.join();
  }
}`;
      const scene = {
        image: imageOfSet('java'),
        files: { '/data/Sums.java': program },
        machine: { memory: 2 * GIB, cpus: 2 },
      };
      const printed = output(['java', '/data/Sums.java'], scene);
      expect(printed).toBe('4999950000\n9999900000\n14999850000\n19999800000\nvirtual thread\n');
    });
  },
  imageOfSet('java'),
);

describeDebian(
  'Go',
  () => {
    test('runs programs with many goroutines', () => {
      const script = `
export RESTIC_PASSWORD=x HOME=/root
seq 1 20000 | fzf --filter=777 | sort -n | head -2
restic init --quiet --repo /tmp/r
restic backup --quiet --repo /tmp/r /etc/passwd /etc/init.d /usr/share/base-passwd
restic check --repo /tmp/r | tail -1
go version`;
      expect(bash(script, { image: imageOfSet('go'), machine: { memory: GIB, cpus: 2 } })).toMatch(
        /^777\n1777\nno errors were found\ngo version go1\.\d+\.\d+ linux\/riscv64\n$/,
      );
    });
  },
  imageOfSet('go'),
);

describeDebian(
  'GCC',
  () => {
    test('compiles, links and runs a program', () => {
      const program =
        '#include <stdio.h>\nint main(void) { printf("hello %d\\n", __riscv_xlen); return 7; }\n';
      const scene = { image: imageOfSet('gcc'), files: { '/data/hello.c': program } };
      expect(bash('gcc -O2 -Wall -o /tmp/hello /data/hello.c && /tmp/hello; echo $?', scene)).toBe(
        'hello 64\n7\n',
      );
    });
  },
  imageOfSet('gcc'),
);
