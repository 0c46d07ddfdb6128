/**
 * prctl's options about memory: names for anonymous mappings, and where a program says that its own parts are
 * (checkpoint/restore, programs that change their command line). Linux: kernel/sys.c, prctl_set_mm().
 */
import { CAP, type Errno } from '../abi/index.ts';
import { capable, type Kernel, limitOf, RLIMIT } from '../kernel/index.ts';
import { layout, type Mm } from '../memory/index.ts';
import type { Outcome } from '../vfs/index.ts';

/** Linux: ANON_VMA_NAME_MAX_LEN, with the NUL. */
const MAX_NAME = 80;
/** Printable, and nothing that could be taken for a part of /proc/PID/maps. Linux: is_valid_name_char(). */
const isName = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && !/[\\`$[\]]/.test(text);

const PR_SET_VMA_ANON_NAME = 0;

/** PR_SET_VMA. */
export function setVma(k: Kernel, which: number, ...[addr, length, name]: readonly number[]): Outcome {
  if (which !== PR_SET_VMA_ANON_NAME) return 'EINVAL';
  if (name === 0) return k.memory.spaces.name(k.mm, addr!, length!, null);
  const text = k.user.cstring(name!, MAX_NAME);
  if (text === 'EFAULT') return 'EFAULT';
  if (text === 'ENAMETOOLONG' || !isName(text)) return 'EINVAL';
  return k.memory.spaces.name(k.mm, addr!, length!, text);
}

type Part =
  | 'codeStart'
  | 'codeEnd'
  | 'dataStart'
  | 'dataEnd'
  | 'brkStart'
  | 'brk'
  | 'stackStart'
  | 'argStart'
  | 'argEnd'
  | 'envStart'
  | 'envEnd';

/** PR_SET_MM_* from 1 on. */
const PARTS: readonly (Part | null)[] = [
  null,
  'codeStart',
  'codeEnd',
  'dataStart',
  'dataEnd',
  'stackStart',
  'brkStart',
  'brk',
  'argStart',
  'argEnd',
  'envStart',
  'envEnd',
];
/** Those that have to be mapped. */
const MAPPED: ReadonlySet<Part> = new Set(['stackStart', 'argStart', 'argEnd', 'envStart', 'envEnd']);
/** struct prctl_mm_map: eleven addresses in this order, the auxiliary vector and its size, and a descriptor. */
const IN_MAP: readonly Part[] = [
  'codeStart',
  'codeEnd',
  'dataStart',
  'dataEnd',
  'brkStart',
  'brk',
  'stackStart',
  'argStart',
  'argEnd',
  'envStart',
  'envEnd',
];
const MAP_SIZE = 104;
const AUXV_AT = 88;

const OTHERS = { PR_SET_MM_AUXV: 12, PR_SET_MM_EXE_FILE: 13, PR_SET_MM_MAP: 14, PR_SET_MM_MAP_SIZE: 15 };
/** Linux: sizeof(mm->saved_auxv) on riscv64, AT_VECTOR_SIZE words. */
const MAX_AUXV = 72 * 8;
const LOWEST = 65536;

type Places = Readonly<Record<Part, number>>;

/** Linux: validate_prctl_map_addr(). */
function areWrong(k: Kernel, places: Places): boolean {
  const { codeStart, codeEnd, dataStart, dataEnd, brkStart, brk, argStart, argEnd, envStart, envEnd } =
    places;
  if (IN_MAP.some((part) => places[part] < LOWEST || places[part] >= layout.USER_END)) return true;
  if (codeStart >= codeEnd || dataStart > dataEnd || brkStart > brk) return true;
  if (argStart > argEnd || envStart > envEnd) return true;
  return brk - brkStart + dataEnd - dataStart > limitOf(k.group, RLIMIT.RLIMIT_DATA);
}

const placesOf = (mm: Mm): Places =>
  Object.fromEntries(IN_MAP.map((part) => [part, mm[part]])) as unknown as Places;

function readAuxv(k: Kernel, addr: number, length: number): Uint8Array | Errno {
  if (addr === 0 || length > MAX_AUXV) return 'EINVAL';
  const bytes = new Uint8Array(length);
  return k.user.copyIn(addr, bytes) ? bytes : 'EFAULT';
}

function setPart(k: Kernel, part: Part, addr: number): Outcome {
  if (addr >= layout.USER_END || addr < LOWEST) return 'EINVAL';
  const places = { ...placesOf(k.mm), [part]: addr };
  if (areWrong(k, places)) return 'EINVAL';
  // Linux looks for the next mapping, not for one that is there.
  if (MAPPED.has(part) && !k.mm.vmas.some(({ end }) => end > addr)) return 'EFAULT';
  k.mm[part] = addr;
  return 0;
}

function setMap(k: Kernel, addr: number, length: number): Outcome {
  if (length !== MAP_SIZE) return 'EINVAL';
  const raw = new Uint8Array(MAP_SIZE);
  if (!k.user.copyIn(addr, raw)) return 'EFAULT';
  const view = new DataView(raw.buffer);
  const word = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  const places = Object.fromEntries(IN_MAP.map((part, i) => [part, word(i * 8)])) as unknown as Places;
  const [auxvSize, exe] = [view.getUint32(AUXV_AT + 8, true), view.getUint32(AUXV_AT + 12, true)];
  if (areWrong(k, places)) return 'EINVAL';
  const auxv = auxvSize === 0 ? null : readAuxv(k, word(AUXV_AT), auxvSize);
  if (typeof auxv === 'string') return auxv;
  if (exe !== 0xffffffff) return capable(k, CAP.CAP_SYS_ADMIN) ? 'EBUSY' : 'EPERM';
  Object.assign(k.mm, places);
  if (auxv !== null) k.mm.auxv = auxv;
  return 0;
}

/** PR_SET_MM. */
export function setMm(k: Kernel, which: number, ...[addr, fourth, fifth]: readonly number[]): Outcome {
  const takesLength = which === OTHERS.PR_SET_MM_AUXV || which >= OTHERS.PR_SET_MM_MAP;
  if (fifth !== 0 || (fourth !== 0 && !(takesLength && which <= OTHERS.PR_SET_MM_MAP_SIZE))) return 'EINVAL';
  if (which === OTHERS.PR_SET_MM_MAP_SIZE) return k.user.writeU32(addr!, MAP_SIZE) ? 0 : 'EFAULT';
  if (which === OTHERS.PR_SET_MM_MAP) return setMap(k, addr!, fourth!);
  if (!capable(k, CAP.CAP_SYS_RESOURCE)) return 'EPERM';
  // The program that runs is mapped: Linux refuses to change it until nothing of it is.
  if (which === OTHERS.PR_SET_MM_EXE_FILE) return k.files.fds[addr!] == null ? 'EBADF' : 'EBUSY';
  if (which === OTHERS.PR_SET_MM_AUXV) {
    const auxv = readAuxv(k, addr!, fourth!);
    if (typeof auxv === 'string') return auxv;
    k.mm.auxv = auxv;
    return 0;
  }
  const part = PARTS[which];
  return part == null ? 'EINVAL' : setPart(k, part, addr!);
}
