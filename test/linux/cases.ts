/**
 * What the kernel must do, told by the programs of guest/tests. Recorded on a real Linux 6.18 (x86-64, where
 * tools/build-native.sh builds the same programs) and compared with qemu-riscv64 7.2; where the two differ, the real
 * kernel is right and the row says what qemu-user does. Each row runs in an empty folder, as root.
 */
import type { GuestCase } from '../guest/case.ts';

/** Rows for `suite NAME`. */
export const linuxCases: readonly GuestCase[] = [
  {
    name: 'wait statuses',
    argv: ['wait_statuses'],
    stdout: `exit(7): exit 7
exit(0x1234): exit 52
SIGTERM: signal 15
SIGKILL: signal 9
SIGABRT: signal 6
`,
    status: 0,
  },
  {
    name: 'wait options',
    argv: ['wait_options'],
    stdout: `no child: ECHILD
not my child: ECHILD
unknown option: EINVAL
WNOHANG while it runs: 0
bad group: ECHILD
wait gives the id: yes
status: exit 1
again: ECHILD
wait without a place for the status: yes
`,
    status: 0,
  },
  {
    name: 'waitid info',
    argv: ['waitid_info'],
    stdout: `WEXITED|WNOWAIT: 0
signo: 17
code: 1
pid: yes
status: 44
WEXITED: 0
the same child: yes
then: ECHILD
without any event: EINVAL
WNOHANG while it runs: 0
pid then: 0
code of a killed one: 2
status of a killed one: 9
`,
    status: 0,
  },
  {
    name: 'stop and continue',
    argv: ['stop_and_continue'],
    stdout: `first: stop 19
told once: 0
then: continue
then: stop 20
a stopped task keeps the signal pending: 0
waitid code: 2
waitid status: 15
SIGKILL ends a stopped task: signal 9
`,
    status: 0,
  },
  {
    name: 'kill beats stop',
    argv: ['kill_beats_stop'],
    stdout: `first: stop 19
another stop: 0
then: signal 9
`,
    status: 0,
  },
  {
    name: 'orphans',
    argv: ['orphans'],
    stdout: `new parent: 1
it is not ours: ECHILD
`,
    status: 0,
  },
  {
    name: 'subreaper',
    argv: ['subreaper'],
    stdout: `set: 0
get: 1
a child does not inherit it: exit 0
the grandchild is ours now: exit 42
and nobody else: ECHILD
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 refuses PR_SET_CHILD_SUBREAPER',
  },
  {
    name: 'child of ignorer',
    argv: ['child_of_ignorer'],
    stdout: `SIG_IGN: ECHILD
SA_NOCLDWAIT: ECHILD
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 loses SA_NOCLDWAIT',
  },
  {
    name: 'groups',
    argv: ['groups'],
    stdout: `own group: yes
a child is in our group: yes
move it: 0
moved: yes
negative: EINVAL
no such group: EPERM
not a child: ESRCH
no such process: ESRCH
wait by group finds none: ECHILD
wait by its group: yes
status: exit 1
kill(0) reaches the own group only: signal 15
kill of an unknown group: ESRCH
`,
    status: 0,
  },
  {
    name: 'sessions',
    argv: ['sessions'],
    stdout: `setsid gives our id: yes
group and session are ours: yes
a leader cannot again: EPERM
a session's leader cannot change group: EPERM
a child inherits both: exit 1
ours is as before: yes
a child in another session cannot be moved: EPERM
`,
    status: 0,
  },
  {
    name: 'clone fork flags',
    argv: ['clone_fork_flags'],
    stdout: `CLONE_PARENT_SETTID: yes
CLONE_CHILD_SETTID in the child: exit 1
CLONE_CHILD_SETTID does not write here: 0
CLONE_FILES: a descriptor of the child is ours: yes
CLONE_FS: we are in / with umask 123
without an exit signal a plain wait finds no child: ECHILD
__WALL finds it: yes
status: exit 3
its memory was a copy: 1
CLONE_PARENT: no child of the caller: exit 5
but of the caller's parent: exit 6
`,
    status: 0,
    notInQemu: 'qemu-user knows fork and pthread_create only',
  },
  {
    name: 'clone refusals',
    argv: ['clone_refusals'],
    stdout: `SIGHAND without VM: EINVAL
THREAD without SIGHAND: EINVAL
PIDFD with PARENT_SETTID: EINVAL
no such process to signal: ESRCH
bad size of clone3: EINVAL
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 has no clone3',
  },
  {
    name: 'clone thread',
    argv: ['clone_thread'],
    stdout: `it returned; its thread pointer was its own: 9
the same process: yes
another task: yes
memory is shared: 5
descriptors are shared: EBADF
the folder is shared: /
the kernel cleared its id: 0
a thread is no child: ECHILD
`,
    status: 0,
  },
  {
    name: 'thread exit',
    argv: ['thread_exit'],
    stdout: `fifty threads one after the other: 1275
three at a time: 6
`,
    status: 0,
  },
  {
    name: 'exit group ends all',
    argv: ['exit_group_ends_all'],
    stdout: `exit_group in a thread: exit 11
the first thread may end before the others: exit 12
exit of the only thread: exit 14
`,
    status: 0,
  },
  {
    name: 'vfork waits',
    argv: ['vfork_waits'],
    stdout: `the parent goes on afterwards and sees: 77
the child wrote before: 1
status: exit 5
`,
    status: 0,
    notInQemu: 'qemu-user makes a fork of vfork: the memory is copied',
  },
  {
    name: 'prctl names',
    argv: ['prctl_names'],
    stdout: `get: 0
cut to 15: a-rather-long-n
dumpable: 1
set dumpable 0: 0
dumpable: 0
set dumpable 7: EINVAL
no new privileges: 0
set: 0
no new privileges: 1
cannot be taken back: EINVAL
pdeathsig: 0
is: 0
set pdeathsig 99: EINVAL
unknown: EINVAL
`,
    status: 0,
  },
  {
    name: 'busy text',
    argv: ['busy_text'],
    stdout: `execve: ETXTBSY
open for writing: ETXTBSY
open for both: ETXTBSY
cut short: ETXTBSY
truncate: ETXTBSY
open for reading: yes
unlink: 0
another of the same name: yes
`,
    status: 0,
    notInQemu: 'the program that runs is qemu-user',
  },
  {
    name: 'pdeathsig',
    argv: ['pdeathsig'],
    stdout: 'bytes from the child, which died with its parent: 0\n',
    status: 0,
  },
  {
    name: 'signal masks',
    argv: ['signal_masks'],
    stdout: `blocked, and SIGKILL cannot be: yes
delivered while blocked: 0
pending: yes
afterwards, each once: 2
handlers began with 12, 10
pending: 0
real-time signals queue: 3
ignoring drops what is pending: 0
bad how: EINVAL
bad size: EINVAL
`,
    status: 0,
  },
  {
    name: 'signal siginfo',
    argv: ['signal_siginfo'],
    stdout: `kill: code 0, from us 1, uid as ours 1
tgkill: code -6, from us 1
sigqueue: 0
sigqueue: code -1, pid 4711, uid 12, value 123456789a
from a child: yes
pretending to be kill towards another: exit 1
`,
    status: 0,
  },
  {
    name: 'signal restart',
    argv: ['signal_restart'],
    stdout: `read, without SA_RESTART: EINTR
read, with SA_RESTART: 1
nanosleep is never restarted: EINTR
and tells what was left: yes
poll neither: EINTR
wait4, without SA_RESTART: EINTR
an ignored signal interrupts nothing: 0
handlers ran: 6
`,
    status: 0,
  },
  {
    name: 'signal flags',
    argv: ['signal_flags'],
    stdout: `without SA_NODEFER: 2 runs, 1 deep
with SA_NODEFER: 2 runs, 2 deep
SA_RESETHAND: the default again: yes
sa_mask and the signal itself are blocked inside: yes
and not afterwards: 0
sigaction gives back what was set: yes
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 shows another mask inside a handler',
  },
  {
    name: 'signal altstack',
    argv: ['signal_altstack'],
    stdout: `at first disabled: 2
set: 0
without SA_ONSTACK: on it: no
with SA_ONSTACK: on it: yes
flags inside: 1
changing it inside: EPERM
too small: ENOMEM
bad flags: EINVAL
disable: 0
disabled: on it: no
`,
    status: 0,
  },
  {
    name: 'signal nested',
    argv: ['signal_nested'],
    stdout: `outer begins
inner
outer ends
registers survive: yes
a handler may come between any two instructions: yes
`,
    status: 0,
  },
  {
    name: 'signal wait',
    argv: ['signal_wait'],
    stdout: `sigtimedwait takes a pending one: 12
code: 0
nothing is left pending: 0
timeout: EAGAIN
one that comes later: 10
from the child: yes
interrupted by another: EINTR
`,
    status: 0,
  },
  {
    name: 'signal suspend',
    argv: ['signal_suspend'],
    stdout: `sigsuspend: EINTR
the handler ran: 1
the mask is back: yes
`,
    status: 0,
  },
  {
    name: 'signal inheritance',
    argv: ['signal_inheritance'],
    stdout: `child: mask kept 1, pending 0, handler ran 1
child: exit 0
ours is still pending: yes
`,
    status: 0,
  },
  {
    name: 'signal threads',
    argv: ['signal_threads'],
    stdout: `a process's signal goes to the thread that lets it in: yes
a thread's own signal waits for that thread: 0
which then takes it: 1
there: yes
`,
    status: 0,
  },
  {
    name: 'signal refusals',
    argv: ['signal_refusals'],
    stdout: `handler for SIGKILL: EINVAL
ignoring SIGSTOP: EINVAL
signal 0 has no action: EINVAL
signal 65: EINVAL
kill with 65: EINVAL
kill with 0: 0
kill nobody: ESRCH
tgkill with tid 0: EINVAL
tgkill of the wrong process: ESRCH
tkill with tid -1: EINVAL
bad size of a set: EINVAL
`,
    status: 0,
  },
  {
    name: 'sigchld',
    argv: ['sigchld'],
    stdout: `exit: signal 17, code 1, status 9, pid 1, count 1
stop: code 5, status 19
kill: code 2, status 9
SA_NOCLDSTOP: told of a stop: 0
of the end: 1
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 loses SA_NOCLDSTOP',
  },
  {
    name: 'sigpipe',
    argv: ['sigpipe'],
    stdout: `default: signal 13
handled: EPIPE
signals: 1
ignored: EPIPE
`,
    status: 0,
  },
  {
    name: 'alarm',
    argv: ['alarm'],
    stdout: `every 5 ms: 0
signals, at least: 3
the interval is kept: yes
the old one comes back: yes
after switching off: 0
too many microseconds: EINVAL
a child has no timer: exit 0
`,
    status: 0,
  },
  {
    name: 'due timers',
    argv: ['due_timers'],
    stdout: `settime: 0
gettime: 0
the next period: yes
those before: yes
all read: EAGAIN
and on: yes
setitimer: 0
a period: yes
none runs while the signal waits: yes
then one does: yes
`,
    status: 0,
  },
  {
    name: 'fault codes',
    argv: ['fault_codes'],
    stdout: `read at 0: SIGSEGV, code 1, address as accessed
write at 8: SIGSEGV, code 1, address as accessed
write to a read-only page: SIGSEGV, code 2, address as accessed
read of PROT_NONE: SIGSEGV, code 2, address as accessed
write to code: SIGSEGV, code 2, address as accessed
jump to data: SIGSEGV, code 2, address as accessed
jump to nowhere: SIGSEGV, code 1, address as accessed
read of an unmapped page: SIGSEGV, code 1, address as accessed
the page behind it: exit 0
read in the upper half: SIGSEGV, code 1, address as accessed
the kernel itself answers EFAULT: EFAULT
`,
    status: 0,
  },
  {
    name: 'fault bus',
    argv: ['fault_bus'],
    stdout: `the file: hello
zeros up to the end of its page: 0
the page behind it: SIGBUS, code 2, address as accessed
after truncation: SIGBUS, code 2, address as accessed
`,
    status: 0,
  },
  {
    name: 'fault instructions',
    argv: ['fault_instructions'],
    stdout: `illegal instruction: SIGILL, code 1
breakpoint: SIGTRAP, code 1
illegal, default: signal 4
breakpoint, default: signal 5
a fault cannot be ignored: signal 4
nor blocked: signal 4
`,
    status: 0,
    notNative: 'the codes of illegal instructions and breakpoints differ between processors',
  },
  {
    name: 'division',
    argv: ['division'],
    stdout: `42 / 0: -1 rest 42
least / -1: is least 1, rest 0
unsigned word: -1
`,
    status: 0,
  },
  {
    name: 'futex wait wake',
    argv: ['futex_wait_wake'],
    stdout: `wait for another value: EAGAIN
wake nobody: 0
wake one of three: 1
awake: 1
wake up to ten: 2
awake: 3
wait returned: 0
not aligned: EINVAL
not mapped: EFAULT
unknown operation: ENOSYS
`,
    status: 0,
  },
  {
    name: 'futex timeouts',
    argv: ['futex_timeouts'],
    stdout: `relative: ETIMEDOUT
not early: yes
late by the slack: yes
bad: EINVAL
absolute, past: ETIMEDOUT
absolute: ETIMEDOUT
not early: yes
by the wall clock: ETIMEDOUT
not early: yes
`,
    status: 0,
  },
  {
    name: 'futex requeue',
    argv: ['futex_requeue'],
    stdout: `wrong value: EAGAIN
wake one, move two: 3
left on the first: 1
moved to the second: 2
requeue all: 2
first: 0
second: 2
`,
    status: 0,
  },
  {
    name: 'futex bitset',
    argv: ['futex_bitset'],
    stdout: `no bits: EINVAL
another bit: 0
one bit: 1
a plain wake means all bits: 2
`,
    status: 0,
  },
  {
    name: 'futex processes',
    argv: ['futex_processes'],
    stdout: `woken across processes by shared memory: 1
child: exit 3
`,
    status: 0,
  },
  {
    name: 'pipe ends',
    argv: ['pipe_ends'],
    stdout: `pipe: 0
a short read: 4
the rest: 2
reading the write end: EBADF
writing the read end: EBADF
seeking: ESPIPE
zero bytes: 0
what is left: 4
the end: 0
and again: 0
bad address: EFAULT
bad flags: EINVAL
all a child wrote: 12
`,
    status: 0,
  },
  {
    name: 'pipe nonblock',
    argv: ['pipe_nonblock'],
    stdout: `empty: EAGAIN
full: EAGAIN
room: 65536
F_GETPIPE_SZ: 65536
a small write into a full page: EAGAIN
after a page was read: 4096
flags: 2048
flags: 2049
`,
    status: 0,
  },
  {
    name: 'pipe atomic',
    argv: ['pipe_atomic'],
    stdout: `bytes: 153600
mixed: 0
`,
    status: 0,
  },
  {
    name: 'close under read',
    argv: ['close_under_read'],
    stdout: `close: 0
the descriptor is gone: EBADF
its writer has a reader still: 3
read: 3
and now none: EPIPE
after dup3 over it: 5
restarted: EBADF
`,
    status: 0,
  },
  {
    name: 'poll events',
    argv: ['poll_events'],
    stdout: `empty pipe: ready: 1
read end 0, write end 4, none 0
timeout: 0
after a write: read end 1, write end 4
ready: 2
without writer: 16; not open: 32
without reader: 12
/dev/null: 5
woken by a write: 1
bad address: EFAULT
`,
    status: 0,
  },
  {
    name: 'ppoll signal',
    argv: ['ppoll_signal'],
    stdout: `blocked as long as we do not wait: 0
ppoll with another mask: EINTR
the handler ran: 1
the mask is back: yes
`,
    status: 0,
  },
  {
    name: 'time left',
    argv: ['time_left'],
    stdout: `ready at once: 1
nearly all is left: yes
timeout: 0
nothing is left: 0
a bad address: EFAULT
tells it, too: yes
pselect6: 1
nearly all is left: yes
a handler comes: EINTR
some is left: yes
a handler comes: EINTR
some is left: yes
a handler ends a sleep: EINTR
some is left: yes
a whole sleep: 0
says nothing: 77000
a whole sleep with no place for the rest: 0
a cut one: EFAULT
no time: 0
`,
    status: 0,
    notInQemu: 'tells no time left when a handler comes',
  },
  {
    name: 'epoll levels',
    argv: ['epoll_levels'],
    stdout: `add: 0
add again: EEXIST
add itself: EINVAL
nothing yet: 0
level: 1
events 1, data 1122334455667788
and still: 1
edge: 1
only once: 0
until more comes: 1
one shot: 1
then silent: 0
delete: 0
delete again: ENOENT
a regular file: EPERM
closing takes it out: 0
hang-up without asking: 1
events 10
timeout: 0
`,
    status: 0,
  },
  {
    name: 'eventfd',
    argv: ['eventfd'],
    stdout: `first: 8
value: 3
then empty: EAGAIN
sums: 14
too big: EINVAL
full: EAGAIN
short: EINVAL
semaphore: 1
semaphore: 1
then: EAGAIN
`,
    status: 0,
  },
  {
    name: 'socketpair',
    argv: ['socketpair'],
    stdout: `socketpair: 0
there: 3
and back: 3
the end: 0
writing to nobody: EPIPE
`,
    status: 0,
  },
  {
    name: 'dup and flags',
    argv: ['dup_and_flags'],
    stdout: `dup gives the lowest: 1
dup of nothing: EBADF
dup3 onto itself: EINVAL
dup3: 20
its close-on-exec flag: 1
not the first's: 0
F_DUPFD from 30: 30
F_DUPFD from 20: 21
F_DUPFD_CLOEXEC: 1
status flags are shared by copies: 1
descriptor flags are not: 0
dup3 bad flag: EINVAL
dup3 to -1: EBADF
close twice: EBADF
unknown fcntl: EINVAL
close_range: 0
then: EBADF
`,
    status: 0,
  },
  {
    name: 'cloexec',
    argv: ['cloexec'],
    stdout: `plain descriptor open 1, close-on-exec open 0
status: exit 21
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'shared offset',
    argv: ['shared_offset'],
    stdout: `a copy shares the position: b
another open does not: a
a child shares it: d
pread does not move it: a 4
`,
    status: 0,
  },
  {
    name: 'mmap basics',
    argv: ['mmap_basics'],
    stdout: `aligned: yes
zeroed: 0
a hole: 0
before it: rw
in it: --
behind it: rw
again, nothing there: 0
length 0: EINVAL
neither shared nor private: EINVAL
not aligned: EINVAL
no such descriptor: EBADF
much too much: ENOMEM
a pipe: ENODEV
/dev/zero: 0
shared writing needs a writable file: EACCES
private writing does not: yes
offset not aligned: EINVAL
`,
    status: 0,
  },
  {
    name: 'mmap fixed',
    argv: ['mmap_fixed'],
    stdout: `MAP_FIXED is where asked: yes
replaced: 7 0 7
not aligned: EINVAL
MAP_FIXED_NOREPLACE on a mapping: EEXIST
and where nothing is: yes
a hint that is taken gives another place: yes
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 ignores MAP_FIXED_NOREPLACE',
  },
  {
    name: 'mprotect rights',
    argv: ['mprotect_rights'],
    stdout: `read-only: 0
all: r-
none in the middle: 0
first: r-
middle: --
last: r-
all again: rw
contents survive: 9
data is not code: signal 11
over a hole: ENOMEM
not aligned: EINVAL
bad rights: EINVAL
a shared file opened for reading: EACCES
`,
    status: 0,
  },
  {
    name: 'mremap grows',
    argv: ['mremap_grows'],
    stdout: `shrink in place: yes
cut off: --
grow against a neighbour: ENOMEM
may move: yes
kept 1, new part 0
the old place: --
to a fixed place: yes
kept: 1
fixed without may move: EINVAL
length 0: EINVAL
nothing there: EFAULT
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 answers ENOMEM to length 0',
  },
  {
    name: 'madvise dontneed',
    argv: ['madvise_dontneed'],
    stdout: `MADV_DONTNEED: 0
then 0 and 5
not aligned: EINVAL
unknown advice: EINVAL
nothing there: ENOMEM
`,
    status: 0,
    notInQemu: 'qemu-user 7.2 accepts any advice',
  },
  {
    name: 'brk moves',
    argv: ['brk_moves'],
    stdout: `there is a heap: yes
grown by: 12288
new memory is zero: 0
shrunk: yes
zero again after shrinking: 0
a bad wish changes nothing: yes
a child has its own copy: exit 1
ours stays: yes
`,
    status: 0,
  },
  {
    name: 'cow after fork',
    argv: ['cow_after_fork'],
    stdout: `parent: data 1, private 1, stack 1, shared 2
child: data 2, private 2, stack 2, shared 3
read(2) into a copied page: exit 0
ours is untouched: 3
after twenty more: 3
`,
    status: 0,
  },
  {
    name: 'shared mappings',
    argv: ['shared_mappings'],
    stdout: `two mappings of one page: x
read sees it: map
a private one too, before it writes: map
then they differ: cap map
write is seen: wro cap
a child's write too: kid
the mapping outlives the descriptor: kid
and the name: kid
msync: 0
memfd: memfd
`,
    status: 0,
  },
  {
    name: 'file mappings',
    argv: ['file_mappings'],
    stdout: `contents 0123456789, then 0
cut and grown: 01234 then 0
`,
    status: 0,
  },
  {
    name: 'stack grows',
    argv: ['stack_grows'],
    stdout: 'two megabytes deep: 1000\n',
    status: 0,
  },
  {
    name: 'stack overflow',
    argv: ['stack_overflow'],
    stdout: `without a handler: signal 11
SIGSEGV, code 1, on the alternate stack 1
with one: exit 5
`,
    status: 0,
    notInQemu: 'the stack qemu-user gives ends at a page of its own, so the code is SEGV_ACCERR',
  },
  {
    name: 'open flags',
    argv: ['open_flags'],
    stdout: `missing: ENOENT
O_CREAT|O_EXCL makes it: yes
and not twice: EEXIST
O_APPEND is behind: 6
always: 7
reading a write-only one: EBADF
writing a read-only one: EBADF
O_TRUNC empties: 0
O_DIRECTORY on a file: ENOTDIR
a folder for writing: EISDIR
through a file: ENOTDIR
an empty name: ENOENT
a long name: ENAMETOOLONG
bad address: EFAULT
reading a folder: EISDIR
umask: 640
`,
    status: 0,
  },
  {
    name: 'seek and truncate',
    argv: ['seek_and_truncate'],
    stdout: `end: 10
back: 7
from the end: 0
before the start: EINVAL
unknown whence: EINVAL
behind the end nothing is read: 0
a hole makes it longer: 21
the hole is zero: 0, around it 8 x
ftruncate: 0
size: 4
truncate by name, longer: 0
size: 6
negative: EINVAL
missing: ENOENT
pwrite: 2
then: 0zz3
`,
    status: 0,
  },
  {
    name: 'rename and link',
    argv: ['rename_and_link'],
    stdout: `rename over a file: 0
contents: A
the old name: ENOENT
missing: ENOENT
RENAME_NOREPLACE: EEXIST
link: 0
links: 2
link over a file: EEXIST
both names are one file: rename does nothing: 0
both are there: 0
links: 1
a folder into itself: EINVAL
a file over a folder: EISDIR
a folder over a file: ENOTDIR
a folder over an empty one: 0
a folder over a full one: ENOTEMPTY
linking a folder: EPERM
unlinking a folder: EISDIR
rmdir of a full one: ENOTEMPTY
rmdir of a file: ENOTDIR
`,
    status: 0,
  },
  {
    name: 'unlink while open',
    argv: ['unlink_while_open'],
    stdout: `unlink: 0
the name is gone: ENOENT
the file is not: kept
links: 0
making a file in a removed folder: ENOENT
`,
    status: 0,
  },
  {
    name: 'directories',
    argv: ['directories'],
    stdout: `. .. one sub two
a buffer too small: EINVAL
in small pieces, folders times 100 plus files: 302
at the end: 0
from the start again: yes
a file has no entries: ENOTDIR
a folder with a folder has three links: yes
mkdir twice: EEXIST
mkdir below nothing: ENOENT
fchdir: yes
chdir by ..: yes
chdir to a file: ENOTDIR
getcwd with little room: ERANGE
`,
    status: 0,
  },
  {
    name: 'at forms',
    argv: ['at_forms'],
    stdout: `fstatat: 0
size: 4
by the descriptor alone: 0
size: 4
an empty path without the flag: ENOENT
relative to a file: ENOTDIR
relative to nothing: EBADF
an absolute path needs no folder: yes
renameat: 0
there: 0
unlinkat: ENOENT
unknown flag: EINVAL
faccessat: 0
faccessat, missing: ENOENT
`,
    status: 0,
  },
  {
    name: 'statx fields',
    argv: ['statx_fields'],
    stdout: `statx: 0
size 7, mode 100644, links 1, same inode 1
basic fields are given: yes
missing: ENOENT
reserved bit: EINVAL
/dev/null: character device 1, number 103
`,
    status: 0,
  },
  {
    name: 'symlinks',
    argv: ['symlinks'],
    stdout: `symlink: 0
readlink: 1
with little room: 1
of a file: EINVAL
followed, size: 6
not followed: link 1, size 1
O_NOFOLLOW: ELOOP
a loop: ELOOP
dangling: ENOENT
O_CREAT through it: 0
made its target: 0
O_CREAT|O_EXCL does not follow: EEXIST
unlink takes the link: 0
`,
    status: 0,
  },
  {
    name: 'vectors',
    argv: ['vectors'],
    stdout: `writev: 6
readv: 6
parts: on etwo
too many: EINVAL
sendfile into a pipe: 12
`,
    status: 0,
  },
  {
    name: 'exec arguments',
    argv: ['exec_arguments'],
    stdout: `4 arguments: [any name] [+arguments] [] [two words]
environment: [A=1] [B=] [no equals sign]
status: exit 21
120 kB of arguments: exit 21
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'exec auxv',
    argv: ['exec_auxv'],
    stdout: `page size 4096, header size 56, ticks 100, secure 0, base 0
program headers in memory: yes
random bytes: yes
file name /proc/self/exe
ids: yes
stack aligned to 16: yes
status: exit 21
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'exec script',
    argv: ['exec_script'],
    stdout: `5 arguments: [/proc/self/exe] [+arguments] [./script] [first] [second]
environment:
status: exit 21
exec failed: ENOENT
exec failed: ENOEXEC
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'exec refusals',
    argv: ['exec_refusals'],
    stdout: `missing: ENOENT
a folder: EACCES
neither ELF nor script: ENOEXEC
empty: ENOEXEC
not executable: EACCES
a cut-off ELF: ENOEXEC
bad address: EFAULT
bad arguments: EFAULT
`,
    status: 0,
  },
  {
    name: 'exec signals',
    argv: ['exec_signals'],
    stdout: `handled becomes default 1, ignored stays ignored 1
mask kept 1, pending kept 1, alternate stack off 1
status: exit 21
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'exec from thread',
    argv: ['exec_from_thread'],
    stdout: `the task is named after the file: yes
one thread, whose id is the process's: yes
status: exit 21
`,
    status: 0,
    notInQemu: 'qemu-user hands exec to the host, which cannot start a riscv64 program without binfmt_misc',
  },
  {
    name: 'rlimit nofile',
    argv: ['rlimit_nofile'],
    stdout: `set: 0
now 10, at most 20
open: EMFILE
pipe: EMFILE
dup: EMFILE
dup3 beyond: EBADF
F_DUPFD beyond: EINVAL
more than the maximum: EINVAL
a child has the same: exit 12
unknown limit: EINVAL
`,
    status: 0,
  },
  {
    name: 'rlimit fsize',
    argv: ['rlimit_fsize'],
    stdout: `80 bytes: 80
80 more: up to the limit: 20
and then: EFBIG
signal XFSZ
`,
    status: 0,
  },
  {
    name: 'rlimit stack get',
    argv: ['rlimit_stack_get'],
    stdout: `get: 0
at least a megabyte: yes
core: 0
not above its maximum: yes
of another that is not there: ESRCH
`,
    status: 0,
  },
  {
    name: 'clocks',
    argv: ['clocks'],
    stdout: `a processor's clock runs while we compute: yes
monotonic goes forward: yes
the wall clock is after 2020: yes
unknown clock: EINVAL
bad address: EFAULT
sleeping takes no processor time: yes
`,
    status: 0,
  },
  {
    name: 'sleeps',
    argv: ['sleeps'],
    stdout: `nanosleep: 0
not early: yes
too many nanoseconds: EINVAL
negative: EINVAL
until a moment: 0
not early: yes
until a past moment: 0
six sleeps of 100 ms together: yes
`,
    status: 0,
  },
  {
    name: 'bad calls',
    argv: ['bad_calls'],
    stdout: `no such call: ENOSYS
read from a closed descriptor: EBADF
read into nowhere: EFAULT
write from nowhere: 0
getcwd into nowhere: EFAULT
ioctl of no terminal: ENOTTY
kill with signal -1: EINVAL
getpgid of nobody: ESRCH
uname into nowhere: EFAULT
getrandom: 1
getrandom with bad flags: EINVAL
close -1: EBADF
`,
    status: 0,
  },
];
