/** What an ELF file says about the program in it: plain data, addresses as safe integers. */
import type { Errno } from '../abi/index.ts';
import type { Problem } from '../base/index.ts';

/** A PT_LOAD program header: file bytes that are to lie at an address, followed by zeros up to `memSize`. */
export interface ElfSegment {
  /** Before relocation by the load bias. Congruent to `offset` modulo the page size. */
  readonly address: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly memSize: number;
  /** PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 (the ELF flags are the other way round). */
  readonly prot: number;
  readonly align: number;
}

/** The template of thread-local storage. The kernel ignores it; views and tools show it. */
export interface ElfTls {
  readonly address: number;
  readonly fileSize: number;
  readonly memSize: number;
  readonly align: number;
}

/** An executable or shared object that exec can map. */
export interface ElfImage {
  readonly kind: 'elf-image';
  /** `dyn` may be loaded anywhere: a PIE, or an interpreter. */
  readonly type: 'exec' | 'dyn';
  /** Before relocation, as are all addresses in here. */
  readonly entry: number;
  /** Sorted by address, at least one, without overlaps. */
  readonly segments: readonly ElfSegment[];
  /** Page-aligned extent of all segments. */
  readonly start: number;
  readonly end: number;
  /** Path of the dynamic linker, or null for a static program. */
  readonly interpreter: string | null;
  /** Where the program headers lie in memory (AT_PHDR), 0 when no segment holds them. */
  readonly headers: number;
  /** How many (AT_PHNUM) and how large each is (AT_PHENT). */
  readonly headerCount: number;
  readonly headerSize: number;
  readonly tls: ElfTls | null;
  /** PT_GNU_STACK asks for an executable stack. */
  readonly executableStack: boolean;
  /** The largest alignment a segment asks for: that of the load bias. */
  readonly align: number;
}

/** Why a file is no program for this machine: for the guest, and for its user. */
export interface ElfError {
  readonly kind: 'elf-error';
  /** What execve answers. For an interpreter the kernel answers ELIBBAD instead. */
  readonly errno: Errno;
  readonly problem: Problem;
}

export const isElfError = (value: ElfImage | ElfError): value is ElfError => value.kind === 'elf-error';

/** A section, for disassembly. */
export interface ElfSection {
  readonly name: string;
  /** SHT_* */
  readonly type: number;
  /** SHF_*: 1 write, 2 alloc, 4 executable. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** sh_link and sh_entsize, for symbol tables. */
  readonly link: number;
  readonly entrySize: number;
}

/** A function or object that has a name. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  /** Bytes, 0 when the file does not say. */
  readonly size: number;
  readonly type: 'function' | 'object' | 'label';
  readonly global: boolean;
}
