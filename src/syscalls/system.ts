/** The machine as a whole: its name, its size, its processor, its entropy. */
import { CAP } from '../abi/index.ts';
import { decodeUtf8, encodeUtf8, fillRandom } from '../base/index.ts';
import {
  type Arg,
  asUint,
  capable,
  type Kernel,
  loadAverages,
  REGISTERS_REPLACED,
  syscall,
  UTS,
} from '../kernel/index.ts';
import { layout } from '../memory/index.ts';
import { flags, outBuffer, pointer, quote, size, struct, uint } from './args.ts';
import { isBeyond } from './file.ts';
import { personaResult } from './text/process.ts';

const base = { interrupted: 'never blocks', support: 'full' } as const;

/** Bytes of one field of struct utsname. */
const UTS_FIELD = 65;

const namesOf = (k: Kernel): readonly string[] => [
  UTS.sysname,
  k.names.host,
  UTS.release,
  UTS.version,
  UTS.machine,
  k.names.domain,
];

const unameText = (k: Kernel, addr: number): string | null => {
  const name = k.user.cstring(addr + UTS_FIELD, UTS_FIELD);
  return `{sysname="${UTS.sysname}", nodename=${quote(name)}, ...}`;
};

export const uname = syscall({
  nr: 160,
  name: 'uname',
  args: [struct(unameText, 'after')],
  errors: ['EFAULT'],
  ...base,
  run(k, addr) {
    const bytes = new Uint8Array(6 * UTS_FIELD);
    for (const [i, name] of namesOf(k).entries())
      bytes.set(encodeUtf8(name).subarray(0, UTS_FIELD - 1), i * UTS_FIELD);
    return k.user.copyOut(addr, bytes) ? 0 : 'EFAULT';
  },
});

const setName = (nr: number, name: string, which: 'host' | 'domain') =>
  syscall({
    nr,
    name,
    args: [pointer, size],
    errors: ['EFAULT', 'EINVAL', 'EPERM'],
    ...base,
    run(k, addr, length) {
      if (!capable(k, CAP.CAP_SYS_ADMIN)) return 'EPERM';
      if (length >= UTS_FIELD) return 'EINVAL';
      const bytes = new Uint8Array(length);
      if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
      k.names[which] = decodeUtf8(bytes);
      return 0;
    },
  });

/** struct sysinfo: thirteen words and a half (man 2 sysinfo). */
const SYSINFO_SIZE = 112;

export const sysinfo = syscall({
  nr: 179,
  name: 'sysinfo',
  args: [struct(() => null, 'after')],
  errors: ['EFAULT'],
  ...base,
  run(k, addr) {
    const view = new DataView(new ArrayBuffer(SYSINFO_SIZE));
    const word = (at: number, value: number) => {
      view.setUint32(at, value, true);
      view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    };
    const { total, free, shmem } = k.memory.usage();
    word(0, Math.floor(k.now() / 1e9));
    // Fixed point with 16 bits behind it.
    for (const [i, load] of loadAverages(k).entries()) word(8 + 8 * i, Math.floor(load * 65536));
    word(32, total * layout.PAGE_SIZE);
    word(40, free * layout.PAGE_SIZE);
    word(48, shmem * layout.PAGE_SIZE);
    view.setUint16(80, k.tasks.size, true);
    view.setUint32(104, 1, true);
    return k.user.copyOut(addr, new Uint8Array(view.buffer)) ? 0 : 'EFAULT';
  },
});

const GRND = { GRND_NONBLOCK: 1, GRND_RANDOM: 2, GRND_INSECURE: 4 };
/** Linux: no call moves more than this (MAX_RW_COUNT). */
const MAX_RANDOM = 0x7ffff000;
const CHUNK = 4096;

export const getrandom = syscall({
  nr: 278,
  name: 'getrandom',
  args: [outBuffer, size, flags(GRND)],
  errors: ['EFAULT', 'EINVAL'],
  ...base,
  run(k, addr, wanted, bits) {
    if ((bits & ~7) !== 0 || (bits & 6) === 6) return 'EINVAL';
    const length = Math.min(wanted, MAX_RANDOM);
    if (isBeyond(addr, length)) return 'EFAULT';
    for (let done = 0; done < length; done += CHUNK) {
      const bytes = new Uint8Array(Math.min(CHUNK, length - done));
      fillRandom(k.random, bytes);
      const copied = k.transfer(addr + done, bytes.length).put(bytes);
      if (copied < bytes.length) return done + copied > 0 ? done + copied : 'EFAULT';
    }
    return length;
  },
});

/** personality(0xffffffff) only asks. */
const ASK = 0xffffffff;
const persona: Arg<number> = { decode: asUint, show: (value) => `0x${value.toString(16)}` };

export const personality = syscall({
  nr: 92,
  name: 'personality',
  args: [persona],
  errors: [],
  interrupted: 'never blocks',
  support: { partial: 'ADDR_NO_RANDOMIZE is honoured at the next exec; other bits are only kept' },
  result: personaResult,
  run(k, wanted) {
    const before = k.task.personality;
    if (wanted !== ASK) k.task.personality = wanted;
    return before;
  },
});

const REBOOT = { magic1: 0xfee1dead, magic2: [672274793, 85072278, 369367448, 537993216] };
const RB_HALT = [0xcdef0123, 0x4321fedc, 0x01234567];

export const reboot = syscall({
  nr: 142,
  name: 'reboot',
  args: [uint, uint, uint, pointer],
  errors: ['EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: { partial: 'halt, power off and restart all end the machine' },
  run(k, magic1, magic2, command) {
    if (!capable(k, CAP.CAP_SYS_BOOT)) return 'EPERM';
    if (magic1 !== REBOOT.magic1 || !REBOOT.magic2.includes(magic2)) return 'EINVAL';
    if (command === 0 || command === 0x89abcdef) return 0;
    if (!RB_HALT.includes(command)) return 'EINVAL';
    k.halt = { why: 'exited', status: 0 };
    // With the machine end those whom the host started, and the host waits for them.
    for (const [tgid, status] of k.hosted) if (status < 0) k.hosted.set(tgid, 0);
    k.hostedEnded = true;
    return REGISTERS_REPLACED;
  },
});

/** Calls that are answered like a kernel built without them. */
const absent = (nr: number, name: string, why: string) =>
  syscall({
    nr,
    name,
    args: [],
    errors: ['ENOSYS'],
    interrupted: 'never blocks',
    support: { refused: 'ENOSYS', why },
    run: () => 'ENOSYS',
  });

export const SYSTEM_CALLS = [
  uname,
  setName(161, 'sethostname', 'host'),
  setName(162, 'setdomainname', 'domain'),
  sysinfo,
  getrandom,
  personality,
  reboot,
  absent(280, 'bpf', 'as a kernel built without CONFIG_BPF_SYSCALL'),
  absent(241, 'perf_event_open', 'as a kernel built without CONFIG_PERF_EVENTS'),
  absent(282, 'userfaultfd', 'as a kernel built without CONFIG_USERFAULTFD'),
  absent(425, 'io_uring_setup', 'as a kernel built without CONFIG_IO_URING'),
];
