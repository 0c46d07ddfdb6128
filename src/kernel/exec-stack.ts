/**
 * The stack a program begins on, from its top down: the file's name, environment and argument strings, sixteen
 * random bytes, the auxiliary vector, the pointers, argc. Linux: fs/binfmt_elf.c create_elf_tables().
 */
import type { Errno } from '../abi/index.ts';
import { encodeUtf8, fillRandom } from '../base/index.ts';
import { layout, type Mm, PROT_EXEC, PROT_READ, PROT_WRITE } from '../memory/index.ts';
import type { ProgramCredentials } from './exec-credentials.ts';
import type { Loadable, Loaded } from './exec-load.ts';
import type { ExecRequest } from './exec-script.ts';
import type { Kernel } from './kernel.ts';
import { RSEQ_ALIGN, RSEQ_FEATURE_SIZE } from './rseq.ts';
import { VDSO_ADDRESS } from './vdso.ts';

const { PAGE_SIZE } = layout;

/** AT_*: include/uapi/linux/auxvec.h. */
const AT = {
  PHDR: 3,
  PHENT: 4,
  PHNUM: 5,
  PAGESZ: 6,
  BASE: 7,
  FLAGS: 8,
  ENTRY: 9,
  UID: 11,
  EUID: 12,
  GID: 13,
  EGID: 14,
  HWCAP: 16,
  CLKTCK: 17,
  SECURE: 23,
  RANDOM: 25,
  HWCAP2: 26,
  RSEQ_FEATURE_SIZE: 27,
  RSEQ_ALIGN: 28,
  EXECFN: 31,
  SYSINFO_EHDR: 33,
  MINSIGSTKSZ: 51,
} as const;

/** One bit for each single-letter extension. */
const HWCAP = [...'IMAFDC'].reduce((bits, letter) => bits | (1 << (letter.charCodeAt(0) - 65)), 0);
const CLOCK_TICKS = 100;
const MINSIGSTKSZ = 2048;
/** What Linux gives every program at first; the rest grows by faults. */
const FIRST_STACK = 128 * 1024;
/** Linux: MAX_ARG_STRLEN, and the quarter of the stack limit that arguments may fill, 6 MiB at most. */
export const MAX_STRING = 32 * PAGE_SIZE;
const MAX_ARGUMENTS = 6 * 2 ** 20;
const MIN_ARGUMENTS = 32 * PAGE_SIZE;

/** May these arguments be passed? Strings and pointers count. */
export function areTooLong({ argv, envp }: ExecRequest, stackLimit: number): boolean {
  const limit = Math.max(MIN_ARGUMENTS, Math.min(stackLimit / 4, MAX_ARGUMENTS));
  const all = [...argv, ...envp];
  const bytes = all.reduce((sum, { length }) => sum + length + 1 + 8, 0);
  return bytes > limit || all.some(({ length }) => length >= MAX_STRING);
}

export interface StackPlan {
  readonly top: number;
  readonly program: Loadable;
  readonly loaded: Loaded;
  readonly as: ProgramCredentials;
  readonly executable: boolean;
}

/** Maps and fills the stack; gives the stack pointer. */
export function buildStack(k: Kernel, mm: Mm, request: ExecRequest, plan: StackPlan): number | Errno {
  const name = encodeUtf8(request.program.name);
  const strings = [...request.argv, ...request.envp, name];
  const stringBytes = strings.reduce((sum, { length }) => sum + length + 1, 0);
  // Eight bytes of zero end the stack.
  const stringsAt = plan.top - 8 - stringBytes;
  const randomAt = Math.floor((stringsAt - 16) / 16) * 16;
  const auxv = auxiliary(plan, randomAt, plan.top - 8 - name.length - 1);
  const words = 1 + request.argv.length + 1 + request.envp.length + 1 + auxv.length;
  const sp = Math.floor((randomAt - words * 8) / 16) * 16;
  const bottom = Math.floor(sp / PAGE_SIZE) * PAGE_SIZE - FIRST_STACK;
  const mapped = k.memory.spaces.mmap(mm, {
    addr: bottom,
    length: plan.top - bottom,
    prot: PROT_READ | PROT_WRITE | (plan.executable ? PROT_EXEC : 0),
    fixed: true,
    growsDown: true,
    name: '[stack]',
  });
  if (typeof mapped === 'string') return mapped;
  const block = new Uint8Array(plan.top - sp);
  const view = new DataView(block.buffer);
  const random = new Uint8Array(16);
  fillRandom(k.random, random);
  block.set(random, randomAt - sp);
  const pointers = placeStrings(block, strings, stringsAt, sp);
  const [args, envs] = [request.argv.length, request.envp.length];
  const table = [args, ...pointers.slice(0, args), 0, ...pointers.slice(args, args + envs), 0, ...auxv];
  setWords(view, table);
  remember(mm, { sp, stringsAt, pointers, args, envs, auxv });
  return k.memory.user.copyOut(mm, sp, block) ? sp : 'ENOMEM';
}

function setWords(view: DataView, words: readonly number[]): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    view.setUint32(i * 8, word, true);
    view.setUint32(i * 8 + 4, Math.floor(word / 2 ** 32), true);
  }
}

function placeStrings(block: Uint8Array, strings: readonly Uint8Array[], from: number, sp: number): number[] {
  let at = from;
  return strings.map((bytes) => {
    block.set(bytes, at - sp);
    const here = at;
    at += bytes.length + 1;
    return here;
  });
}

function auxiliary(
  { program, loaded, as: { credentials, secure } }: StackPlan,
  random: number,
  name: number,
): number[] {
  const { ruid, euid, rgid, egid } = credentials;
  // Pairs of a type and its value.
  // biome-ignore format: one pair a line
  return [
    AT.SYSINFO_EHDR, VDSO_ADDRESS,
    AT.HWCAP, HWCAP,
    AT.PAGESZ, PAGE_SIZE,
    AT.CLKTCK, CLOCK_TICKS,
    AT.PHDR, loaded.headers,
    AT.PHENT, program.image.headerSize,
    AT.PHNUM, program.image.headerCount,
    AT.BASE, loaded.base,
    AT.FLAGS, 0,
    AT.ENTRY, loaded.entry,
    AT.UID, ruid,
    AT.EUID, euid,
    AT.GID, rgid,
    AT.EGID, egid,
    AT.SECURE, secure ? 1 : 0,
    AT.RANDOM, random,
    AT.HWCAP2, 0,
    AT.RSEQ_FEATURE_SIZE, RSEQ_FEATURE_SIZE,
    AT.RSEQ_ALIGN, RSEQ_ALIGN,
    AT.EXECFN, name,
    AT.MINSIGSTKSZ, MINSIGSTKSZ,
    0, 0,
  ];
}

/** What /proc/PID/{cmdline,environ,auxv,stat} tell. */
function remember(
  mm: Mm,
  at: {
    sp: number;
    stringsAt: number;
    pointers: number[];
    args: number;
    envs: number;
    auxv: readonly number[];
  },
): void {
  mm.stackStart = at.sp;
  mm.argStart = at.stringsAt;
  mm.argEnd = at.pointers[at.args]!;
  mm.envStart = mm.argEnd;
  mm.envEnd = at.pointers[at.args + at.envs]!;
  mm.auxv = new Uint8Array(at.auxv.length * 8);
  const view = new DataView(mm.auxv.buffer);
  setWords(view, at.auxv);
}
