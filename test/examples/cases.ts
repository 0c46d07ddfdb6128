/**
 * What the Python programs of examples/ print, on any Linux and on Timeslice. Recorded with CPython 3.11 on Linux and
 * read through by hand; where processes or threads run side by side, their lines may come in any order.
 */
import type { GuestCase } from '../guest/case.ts';

/** Rows for `python3 ARGV…`, from the root of the repository. */
export const exampleCases: readonly GuestCase[] = [
  {
    name: 'hello',
    argv: ['examples/hello.py'],
    stdout: 'hello from a process\nmy process id is {me}\n',
    status: 0,
  },
  {
    name: 'one child',
    argv: ['examples/one_child.py'],
    stdout: `parent: I am process {parent}
child: I am process {child}
child: my parent is process {parent}
`,
    status: 0,
  },
  {
    name: 'parent waits',
    argv: ['examples/parent_waits.py'],
    stdout: `parent {parent} starts a child
child {child} was started by {parent}
parent: child {child} ended with status 0
`,
    status: 0,
  },
  {
    name: 'three children',
    argv: ['examples/three_children.py'],
    stdout: `parent {parent}
child {first} of parent {parent}
child {second} of parent {parent}
child {third} of parent {parent}
`,
    status: 0,
    anyOrder: true,
  },
  {
    name: 'three greetings',
    argv: ['examples/three_greetings.py'],
    stdout: `greetings from a child process
greetings from a child process
greetings from a child process
`,
    status: 0,
  },
  {
    name: 'three tasks',
    argv: ['examples/three_tasks.py'],
    stdout: `counter: 499500
speller: p-r-o-c-e-s-s
greeter: good day
`,
    status: 0,
    anyOrder: true,
  },
  {
    name: 'called too early',
    argv: ['examples/called_too_early.py'],
    stdout: `the parent is process {parent}
edit runs in process {child}
show runs in process {parent}
save runs in process {parent}
`,
    status: 0,
    anyOrder: true,
  },
  {
    name: 'same threads',
    argv: ['examples/same_threads.py'],
    stdout: `main thread {process} of process {process}
thread {first} of process {process}
thread {second} of process {process}
thread {third} of process {process}
`,
    status: 0,
    anyOrder: true,
  },
  {
    name: 'different threads',
    argv: ['examples/different_threads.py'],
    stdout: `one kitchen, process {process}
the cook is cooking
the baker is baking
the washer is washing
`,
    status: 0,
    anyOrder: true,
  },
  {
    name: 'family',
    argv: ['examples/family.py'],
    stdout: `parent {parent}: I have a pipe and shared memory, and start three children
ada    {ada}: I send 303 primes through the pipe; my parent is {parent}
ben    {ben}: I wrote my name into shared memory; my parent is {parent}
cleo   {cleo}: thread {first} has added up its half
cleo   {cleo}: thread {second} has added up its half
cleo   {cleo}: together that is 49995000
parent {parent}: thread {reader} read from the pipe: 303 primes
parent {parent}: child {ada} ended with status 0
parent {parent}: child {ben} ended with status 0
parent {parent}: child {cleo} ended with status 2
parent {parent}: shared memory holds 'Ben was here' and 3 visits
`,
    status: 0,
    anyOrder: true,
  },
];
