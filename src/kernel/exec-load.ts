/** Building the address space of a new program: segments, interpreter, heap. Linux: fs/binfmt_elf.c. */
import type { Errno } from '../abi/index.ts';
import { nextU32 } from '../base/index.ts';
import { type ElfImage, isElfError, parseElf } from '../elf/index.ts';
import { layout, type Mm, type PageObject, PROT_EXEC, PROT_WRITE } from '../memory/index.ts';
import { inodePages, readAt, type Walker } from '../vfs/index.ts';
import { findProgram, type Program } from './exec-script.ts';
import type { Kernel } from './kernel.ts';
import { mapVdso, VVAR_ADDRESS } from './vdso.ts';

const { PAGE_SIZE, USER_END } = layout;
const MIB = 2 ** 20;

/** A program and, if it names one, its interpreter. */
export interface Loadable {
  readonly program: Program;
  readonly image: ElfImage;
  readonly interpreter: { readonly program: Program; readonly image: ElfImage } | null;
}

/** Where things came to lie: what the auxiliary vector tells. */
export interface Loaded {
  /** The program's own entry point, and where to begin: in the interpreter, if there is one. */
  readonly entry: number;
  readonly start: number;
  readonly headers: number;
  /** Where the interpreter lies; 0 without. */
  readonly base: number;
}

/** Reads the headers of a program and of its interpreter. */
export function readProgram(k: Kernel, who: Walker, program: Program): Loadable | Errno {
  const image = parse(k, program);
  if (typeof image === 'string') return image;
  if (image.interpreter === null) return { program, image, interpreter: null };
  const found = findProgram(k, who, image.interpreter);
  if (typeof found === 'string') return found;
  const loader = parse(k, found);
  if (typeof loader === 'string') return loader === 'ENOEXEC' ? 'ELIBBAD' : loader;
  return { program, image, interpreter: { program: found, image: loader } };
}

/** What was parsed from the first page of a file that is as its layer has it. */
interface Known {
  readonly size: number;
  readonly image: ElfImage;
}
/** A cache: the same programs are started again and again. */
const known = new WeakMap<PageObject, Known>();

/**
 * Only for headers in a page that is there, of a file nobody has changed: then parsing would find the same and
 * bring nothing in.
 */
function knownImage(object: PageObject, size: number): ElfImage | undefined {
  const found = known.get(object);
  const same = found?.size === size && object.filledSize >= size && object.pages.has(0);
  return same && object.dirty.size === 0 ? found.image : undefined;
}

function parse(k: Kernel, { inode }: Program): ElfImage | Errno {
  const object = k.memory.objects.get(inodePages(k.vfs, inode));
  const before = knownImage(object, inode.size);
  if (before !== undefined) return before;
  let end = 0;
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    end = Math.max(end, offset + length);
    return readAt(k.vfs, inode, offset, bytes) === length ? bytes : undefined;
  };
  const image = parseElf(read, inode.size);
  if (isElfError(image)) return image.errno;
  if (object.filled && end <= PAGE_SIZE && object.filledSize >= inode.size && object.dirty.size === 0)
    known.set(object, { size: inode.size, image });
  return image;
}

// Linux, riscv with Sv39: where position-independent programs, mappings and stacks begin, and how far chance
// moves them (ELF_ET_DYN_BASE, arch_mmap_rnd, STACK_RND_MASK).
const DYN_BASE = Math.floor(((USER_END / 3) * 2) / PAGE_SIZE) * PAGE_SIZE;
const MMAP_RANDOM_PAGES = 2 ** 18;
const STACK_RANDOM_PAGES = 2 ** 18;
const BRK_RANDOM_PAGES = 2 ** 13;
/** Below the shared object of all programs, with a page to spare. */
const STACK_TOP = VVAR_ADDRESS - PAGE_SIZE;
const STACK_GAP = 128 * MIB;
export const ADDR_NO_RANDOMIZE = 0x0040000;

/** Chance moves addresses as Linux does, but chance is the machine's seed. */
export interface Placement {
  readonly dynBase: number;
  readonly stackTop: number;
  readonly mmapTop: number;
  readonly brkGap: number;
}

export function choosePlaces(k: Kernel, personality: number, stackLimit: number): Placement {
  const isFixed = (personality & ADDR_NO_RANDOMIZE) !== 0;
  const pages = (count: number) => (isFixed ? 0 : nextU32(k.random) % count) * PAGE_SIZE;
  const stackTop = STACK_TOP - pages(STACK_RANDOM_PAGES);
  const gap = Math.min(Math.max(stackLimit, STACK_GAP), USER_END / 6);
  return {
    dynBase: DYN_BASE + pages(MMAP_RANDOM_PAGES),
    stackTop,
    mmapTop: Math.floor((stackTop - gap) / PAGE_SIZE) * PAGE_SIZE - pages(MMAP_RANDOM_PAGES),
    brkGap: pages(BRK_RANDOM_PAGES),
  };
}

/** Maps program and interpreter into an empty address space. */
export function load(
  k: Kernel,
  mm: Mm,
  { program, image, interpreter }: Loadable,
  places: Placement,
): Loaded | Errno {
  mm.mmapTop = places.mmapTop;
  const align = Math.max(image.align, PAGE_SIZE);
  const bias = image.type === 'dyn' ? Math.ceil(places.dynBase / align) * align - image.start : 0;
  const mapped = mapImage(k, mm, program, image, bias);
  if (mapped !== null) return mapped;
  describe(mm, image, bias);
  mm.brkStart = pageUp(Math.max(mm.dataEnd, image.end + bias)) + places.brkGap;
  mm.brk = mm.brkStart;
  const error = mapVdso(k, mm);
  if (error !== null) return error;
  const own = { entry: image.entry + bias, headers: image.headers === 0 ? 0 : image.headers + bias };
  if (interpreter === null) return { ...own, start: own.entry, base: 0 };
  const span = interpreter.image.end - interpreter.image.start;
  const at = k.memory.spaces.freeRange(mm, span + Math.max(interpreter.image.align, PAGE_SIZE));
  if (typeof at === 'string') return at;
  const base = Math.ceil(at / interpreter.image.align) * interpreter.image.align - interpreter.image.start;
  const loaded = mapImage(k, mm, interpreter.program, interpreter.image, base);
  return loaded ?? { ...own, start: interpreter.image.entry + base, base };
}

const pageDown = (n: number) => Math.floor(n / PAGE_SIZE) * PAGE_SIZE;
const pageUp = (n: number) => Math.ceil(n / PAGE_SIZE) * PAGE_SIZE;

function mapImage(k: Kernel, mm: Mm, program: Program, image: ElfImage, bias: number): Errno | null {
  const object = inodePages(k.vfs, program.inode);
  for (const { address, offset, fileSize, memSize, prot } of image.segments) {
    const start = pageDown(address + bias);
    const fileEnd = address + bias + fileSize;
    const end = pageUp(address + bias + memSize);
    if (fileSize > 0) {
      const done = k.memory.spaces.mmap(mm, {
        addr: start,
        length: fileEnd - start,
        prot,
        fixed: true,
        object,
        offset: pageDown(offset),
        name: program.path,
        inode: program.inode.id,
      });
      if (typeof done === 'string') return done;
      if (memSize > fileSize && !zeroTail(k, mm, fileEnd)) return 'ENOMEM';
    }
    const anonymous = fileSize > 0 ? pageUp(fileEnd) : start;
    if (end > anonymous) {
      const done = k.memory.spaces.mmap(mm, { addr: anonymous, length: end - anonymous, prot, fixed: true });
      if (typeof done === 'string') return done;
    }
  }
  return null;
}

const ZEROS = new Uint8Array(PAGE_SIZE);

/** The rest of the page in which file bytes end belongs to .bss. */
function zeroTail(k: Kernel, mm: Mm, from: number): boolean {
  const length = pageUp(from) - from;
  return length === 0 || k.memory.user.poke(mm, from, ZEROS.subarray(0, length));
}

/** Where code and data lie, for /proc/PID/stat. */
function describe(mm: Mm, { segments }: ElfImage, bias: number): void {
  const code = segments.filter(({ prot }) => (prot & PROT_EXEC) !== 0);
  const data = segments.filter(({ prot }) => (prot & PROT_WRITE) !== 0);
  const last = segments.at(-1)!;
  mm.codeStart = (code[0] ?? segments[0]!).address + bias;
  mm.codeEnd = Math.max(0, ...code.map(({ address, fileSize }) => address + fileSize)) + bias;
  mm.dataStart = (data[0] ?? last).address + bias;
  mm.dataEnd =
    Math.max(last.address + last.fileSize, ...data.map(({ address, fileSize }) => address + fileSize)) + bias;
}
