/** What calls on address spaces take and give, as strace prints it. */
import { type Arg, asInt, asUnsigned64, type ResultText } from '../../kernel/index.ts';
import { bitNames, oneOf, pointer, wordOf } from '../args.ts';
import { addressText } from './fields.ts';

/** Where in its file a mapping begins. */
export const fileOffset: Arg<number> = {
  decode: asUnsigned64,
  show: (v) => (v === 0 ? '0' : `0x${v.toString(16)}`),
};

const MREMAP_FIXED_OR_KEPT = 2 | 4;
/** Where mremap(2) is to put it, if it is told. */
export const newAddress: Arg<number> = {
  decode: asUnsigned64,
  show: (addr, k) => (k.call.words[6]! & MREMAP_FIXED_OR_KEPT ? addressText(addr) : ''),
};

const PAGE = 4096;
/** Which pages are there, a byte for each. */
export const residence: Arg<number> = {
  decode: asUnsigned64,
  when: 'after',
  show(addr, k, result) {
    const pages = Math.ceil(wordOf(k, 1) / PAGE);
    const limit = k.tracer?.textLimit ?? 32;
    const bytes = new Uint8Array(Math.min(pages, limit));
    if (typeof result === 'string' || !k.user.copyIn(addr, bytes)) return pointer.show(addr, k, null);
    const shown = [...bytes].map((byte) => String(byte & 1));
    return `[${shown.join(', ')}${pages > bytes.length ? ', ...' : ''}]`;
  },
};

const COMMANDS = {
  MEMBARRIER_CMD_QUERY: 0,
  MEMBARRIER_CMD_GLOBAL: 1,
  MEMBARRIER_CMD_GLOBAL_EXPEDITED: 2,
  MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED: 4,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED: 8,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: 0x10,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE: 0x20,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: 0x40,
  MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ: 0x80,
  MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ: 0x100,
  MEMBARRIER_CMD_GET_REGISTRATIONS: 0x200,
};
/** What membarrier(2) is asked to do. */
export const membarrierCommand: Arg<number> = oneOf(COMMANDS);
/** Its processor, which strace leaves out unless the flag asks for one. */
export const membarrierCpu: Arg<number> = {
  decode: asInt,
  show: (cpu, k) => (k.call.words[2] === 1 ? String(cpu) : ''),
};
/** What it says of itself: a set of commands. */
export const membarrierResult: ResultText = (result, k) => {
  const asks = k.call.words[0] === 0 || k.call.words[0] === COMMANDS.MEMBARRIER_CMD_GET_REGISTRATIONS;
  if (!asks || result === 0) return String(result);
  return `0x${result.toString(16)} (${bitNames(COMMANDS, '0', result, '')})`;
};
