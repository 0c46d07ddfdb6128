/**
 * The door from bytes to an image: checks the headers and says what exec must map. Reads nothing but headers,
 * never throws whatever the bytes are. Linux: fs/binfmt_elf.c load_elf_binary().
 */
import { decodeUtf8 } from '../base/index.ts';
import {
  ADDRESS_END,
  EHDR_SIZE,
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFDATA2MSB,
  ET_DYN,
  ET_EXEC,
  PAGE,
  PF_R,
  PF_W,
  PF_X,
  PHDR_SIZE,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
  PT_TLS,
  viewOf,
  word64,
} from './format.ts';
import { malformed, noSegment, notElf, truncated, wrongMachine, wrongType } from './refuse.ts';
import type { ElfError, ElfImage, ElfSegment, ElfTls } from './types.ts';

/** Gives `length` bytes of the file from `offset`, or undefined when there are fewer. */
export type ElfReader = (offset: number, length: number) => Uint8Array | undefined;

/** Linux: all program headers must fit into 64 KiB. */
const MAX_HEADERS_BYTES = 65536;
/** Linux: PATH_MAX. */
const MAX_INTERPRETER = 4096;

/** Parses a program of `size` bytes. */
export function parseElf(read: ElfReader, size: number): ElfImage | ElfError {
  const file = readHeader(read, size);
  if ('kind' in file) return file;
  const headers = readProgramHeaders(read, size, file);
  if ('kind' in headers) return headers;
  const segments = loadSegments(headers, size);
  if ('kind' in segments) return segments;
  const interpreter = readInterpreter(read, headers);
  if (interpreter !== null && typeof interpreter !== 'string') return interpreter;
  const last = segments.at(-1)!;
  return {
    kind: 'elf-image',
    type: file.type === ET_EXEC ? 'exec' : 'dyn',
    entry: file.entry,
    segments,
    start: segments[0]!.address - (segments[0]!.address % PAGE),
    end: Math.ceil((last.address + last.memSize) / PAGE) * PAGE,
    interpreter,
    headers: headersAddress(segments, file),
    headerCount: file.count,
    headerSize: PHDR_SIZE,
    tls: tlsOf(headers),
    executableStack: headers.some(({ type, flags }) => type === PT_GNU_STACK && (flags & PF_X) !== 0),
    align: segments.reduce((most, { align }) => Math.max(most, align), PAGE),
  };
}

interface FileHeader {
  readonly type: number;
  readonly entry: number;
  readonly offset: number;
  readonly count: number;
}

interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memSize: number;
  readonly align: number;
}

function readHeader(read: ElfReader, size: number): FileHeader | ElfError {
  const magic = size >= 4 ? read(0, 4) : undefined;
  if (magic === undefined || viewOf(magic).getUint32(0) !== 0x7f454c46) return notElf();
  const bytes = size >= EHDR_SIZE ? read(0, EHDR_SIZE) : undefined;
  if (bytes === undefined) return truncated('its header is incomplete');
  const view = viewOf(bytes);
  const [elfClass, order] = [bytes[4]!, bytes[5]!];
  if (elfClass !== ELFCLASS32 && elfClass !== ELFCLASS64) return malformed(`its class is ${elfClass}`);
  if (order !== ELFDATA2LSB && order !== ELFDATA2MSB) return malformed(`its byte order is ${order}`);
  const little = order === ELFDATA2LSB;
  const other = wrongMachine(elfClass, order, view.getUint16(18, little));
  if (other !== undefined) return other;
  const type = view.getUint16(16, true);
  if (type !== ET_EXEC && type !== ET_DYN) return wrongType(type);
  const entry = word64(view, 24);
  const offset = word64(view, 32);
  const count = view.getUint16(56, true);
  if (view.getUint16(54, true) !== PHDR_SIZE) return malformed('its program headers have a strange size');
  if (count === 0) return noSegment();
  if (entry === undefined || entry >= ADDRESS_END) return malformed('its entry is no user address');
  if (offset === undefined || count * PHDR_SIZE > MAX_HEADERS_BYTES) {
    return malformed('its program headers are out of range');
  }
  return { type, entry, offset, count };
}

function readProgramHeaders(
  read: ElfReader,
  size: number,
  { offset, count }: FileHeader,
): readonly ProgramHeader[] | ElfError {
  const length = count * PHDR_SIZE;
  const bytes = offset + length <= size ? read(offset, length) : undefined;
  if (bytes === undefined) return truncated('its program headers lie beyond its end');
  const view = viewOf(bytes);
  const headers: ProgramHeader[] = [];
  for (let at = 0; at < length; at += PHDR_SIZE) {
    const header = programHeader(view, at);
    if (header === undefined) return malformed('a program header is out of range');
    headers.push(header);
  }
  return headers;
}

function programHeader(view: DataView, at: number): ProgramHeader | undefined {
  const words = [8, 16, 32, 40, 48].map((field) => word64(view, at + field));
  const [offset, address, fileSize, memSize, align] = words;
  const type = view.getUint32(at, true);
  const flags = view.getUint32(at + 4, true);
  const isOurs = type === PT_LOAD || type === PT_INTERP || type === PT_TLS;
  if (isOurs && words.includes(undefined)) return undefined;
  return {
    type,
    flags,
    offset: offset ?? 0,
    address: address ?? 0,
    fileSize: fileSize ?? 0,
    memSize: memSize ?? 0,
    align: align ?? 0,
  };
}

function loadSegments(headers: readonly ProgramHeader[], size: number): readonly ElfSegment[] | ElfError {
  const segments: ElfSegment[] = [];
  let free = 0;
  for (const header of headers) {
    if (header.type !== PT_LOAD || header.memSize === 0) continue;
    const { address, offset, fileSize, memSize } = header;
    const align = Math.max(header.align, 1);
    if (fileSize > memSize) return malformed('a segment is larger in the file than in memory');
    if (address + memSize > ADDRESS_END) return malformed('a segment lies beyond the user address space');
    if (offset + fileSize > size) return truncated('a segment lies beyond its end');
    if (!isPowerOfTwo(align)) return malformed('the alignment of a segment is no power of two');
    if (address % PAGE !== offset % PAGE) return malformed('a segment is not aligned to pages');
    if (address < free) return malformed('its segments overlap or are out of order');
    free = address + memSize;
    segments.push({ address, offset, fileSize, memSize, prot: protOf(header.flags), align });
  }
  return segments.length === 0 ? noSegment() : segments;
}

const isPowerOfTwo = (n: number): boolean => n <= ADDRESS_END && Number.isInteger(Math.log2(n));

const protOf = (flags: number): number =>
  ((flags & PF_R) !== 0 ? 1 : 0) | ((flags & PF_W) !== 0 ? 2 : 0) | ((flags & PF_X) !== 0 ? 4 : 0);

function readInterpreter(read: ElfReader, headers: readonly ProgramHeader[]): string | null | ElfError {
  const header = headers.find(({ type }) => type === PT_INTERP);
  if (header === undefined) return null;
  if (header.fileSize < 2 || header.fileSize > MAX_INTERPRETER) {
    return malformed('the path of its interpreter is empty or too long');
  }
  const bytes = read(header.offset, header.fileSize);
  if (bytes === undefined) return truncated('the path of its interpreter lies beyond its end');
  if (bytes.at(-1) !== 0) return malformed('the path of its interpreter does not end');
  return decodeUtf8(bytes, 0, bytes.indexOf(0));
}

/** Linux: phdr_addr, since 5.18 found by file offset rather than by PT_PHDR. */
function headersAddress(segments: readonly ElfSegment[], { offset }: FileHeader): number {
  const holder = segments.find((segment) => {
    const into = offset - segment.offset;
    return into >= 0 && into < segment.fileSize;
  });
  return holder === undefined ? 0 : holder.address + (offset - holder.offset);
}

function tlsOf(headers: readonly ProgramHeader[]): ElfTls | null {
  const header = headers.find(({ type }) => type === PT_TLS);
  if (header === undefined) return null;
  const { address, fileSize, memSize, align } = header;
  return { address, fileSize, memSize, align };
}
