/**
 * Where everything lies in the one WebAssembly memory. TypeScript and generated code both read this.
 *
 *     0x0000  guard: never used, so that a zero pointer of ours shows
 *     0x1000  HART: registers and control words of the running task
 *     0x2000  TLB: banks of three direct-mapped arrays (read, write, execute)
 *     ....    CODE_INDEX: for each frame, where its pre-decoded page lies (0 or 1: it has none)
 *     ....    CODE: pre-decoded pages, a cache
 *     ....    MARKS: half as much, what is known of operations where compiled code may begin
 *     ....    frames of guest memory, from `firstFrame` on
 *
 * Nothing below `firstFrame` but the HART block is machine state: TLB and code are caches, and no state
 * hash or snapshot looks at them.
 */

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;
/** Sv39's user half: 256 GiB. Addresses at or above it never translate. */
export const USER_END = 2 ** 38;

/** Byte offsets inside the HART block. `x0` is a slot that always holds zero. */
export const HART = 0x1000;
export const HART_X = HART; // 32 × i64; x0 reads as zero
export const HART_F = HART + 0x100; // 32 × i64
export const HART_PC = HART + 0x200; // i64
export const HART_FFLAGS = HART + 0x208; // i32, sticky flags NV DZ OF UF NX = 16 8 4 2 1
export const HART_FRM = HART + 0x20c; // i32
export const HART_RESERVATION = HART + 0x210; // i64 address, -1 when there is none
/** How many bytes from HART_X make up a task's saved registers (x, f, pc, fflags, frm). */
export const REGISTERS_SIZE = 0x210;

// Control words: of the run loop, not of the task
export const HART_ROOT = HART + 0x300; // i32 byte address of the Sv39 root table
export const HART_ASID = HART + 0x304; // i32 address-space tag of TLB entries, 12 bits
export const HART_CAUSE = HART + 0x308; // i32 why the run ended (hart/trap.ts)
export const HART_TVAL = HART + 0x310; // i64 faulting address, or the illegal instruction
export const HART_TIME = HART + 0x318; // i64 virtual nanoseconds when this run began (rdtime)
export const HART_INSTRET = HART + 0x320; // i64 instructions this task had retired when this run began
export const HART_RETIRED = HART + 0x328; // i32 instructions retired by the last run
export const HART_TLB = HART + 0x32c; // i32 byte address of the bank of TLBs in use
/** A write to x0 lands here: decoded operations name this slot as their destination. */
export const HART_SINK = HART + 0x330; // i64
/** Free for the processor tiers' own use up to the end of the block. */
export const HART_SCRATCH = HART + 0x400;

/**
 * A TLB entry is 16 bytes: i64 address of the virtual page, i32 to add to an address to find its byte, i32 the page
 * of operations. An address space that runs has a bank to itself, so its entries outlive a context switch.
 */
export const TLB_ENTRY = 16;
export const TLB_ENTRIES = 8192;
export const EXEC_ENTRIES = 512;
/** Offsets in a bank. */
export const TLB_READ = 0;
export const TLB_WRITE = TLB_READ + TLB_ENTRIES * TLB_ENTRY;
export const TLB_EXEC = TLB_WRITE + TLB_ENTRIES * TLB_ENTRY;
/** A byte for each kilobyte of entries: whether any was filled since the bank was emptied. */
export const TLB_TOUCHED = TLB_EXEC + EXEC_ENTRIES * TLB_ENTRY;
export const TLB_GROUP_SHIFT = 10;
export const TLB_BANK = TLB_TOUCHED + 4096;
export const TLB_BANKS = 16;
export const TLB_START = 0x2000;
const TLB_END = TLB_START + TLB_BANKS * TLB_BANK;
/** No address space has this tag. */
export const NO_ASID = 0xfff;

export const CODE_INDEX = TLB_END;

/** Page-table entries are Sv39's, of which the high word is always zero: memory has at most 2^20 frames. */
export const PTE_V = 1;
export const PTE_R = 2;
export const PTE_W = 4;
export const PTE_X = 8;
export const PTE_U = 16;
export const PTE_A = 64;
export const PTE_D = 128;
/** Software bit of a leaf: writable for the task, but the frame is shared: copy on the first write. */
export const PTE_COW = 256;
/**
 * Software bit of a level-1 entry: its leaf table may be shared with another address space. A leaf may carry
 * PTE_W and yet not be written through such an entry: a walk for a write must fault, and the fault splits the
 * table (or finds it is the last user and clears this bit). Setting PTE_A through it is harmless.
 */
export const PTE_SHARED_TABLE = 512;
export const PTE_PPN_SHIFT = 10;

export interface Layout {
  /** Frames of guest memory (what `--memory` says). */
  readonly frames: number;
  /** Number of the first guest frame; its byte address is `firstFrame * PAGE_SIZE`. */
  readonly firstFrame: number;
  readonly codeIndex: number;
  /** Byte range of the pre-decoded pages. */
  readonly codeStart: number;
  readonly codeEnd: number;
  /** Where the marks of the operations begin; they end at the first frame. */
  readonly marks: number;
  /** Pages of 64 KiB the WebAssembly memory has. */
  readonly wasmPages: number;
}

const MIB = 2 ** 20;
/**
 * Room for pre-decoded code: a cache, so its size is chosen, not granted. Machines with much memory are made for
 * programs with much code.
 */
const codeBytesFor = (frames: number): number =>
  Math.min(96, Math.max(32, Math.floor((frames * PAGE_SIZE) / MIB / 16))) * MIB;

export function layoutFor(frames: number): Layout {
  const align = (n: number) => Math.ceil(n / 65536) * 65536;
  const codeBytes = codeBytesFor(frames);
  const markBytes = codeBytes / 2;
  // The index covers frame numbers from 0, so its size depends on itself: over-allow by one page of words.
  const reserved = CODE_INDEX + codeBytes + markBytes + 2 * 65536;
  const total = frames + Math.ceil(reserved / PAGE_SIZE);
  const indexBytes = align(CODE_INDEX + (total + Math.ceil(total / 512) + 64) * 4) - CODE_INDEX;
  const codeStart = CODE_INDEX + indexBytes;
  const codeEnd = codeStart + codeBytes;
  const marks = codeEnd;
  const firstFrame = (marks + markBytes) / PAGE_SIZE;
  const wasmPages = align((firstFrame + frames) * PAGE_SIZE) / 65536;
  return { frames, firstFrame, codeIndex: CODE_INDEX, codeStart, codeEnd, marks, wasmPages };
}
