/** What /proc shows of a process's inside to debuggers: its memory, and the call it is in. */
import type { Mm } from '../../memory/index.ts';
import type { ProcNode } from '../../vfs/index.ts';
import { saveLoaded } from '../cpu.ts';
import type { Kernel } from '../kernel.ts';
import { getSaved } from '../register-file.ts';
import { memoryOf, type Who, whoIs } from './who.ts';

function spaceOf(k: Kernel, node: ProcNode): Mm | undefined {
  const who = whoIs(k, node);
  return who === null ? undefined : memoryOf(k, who);
}

/** Reads whatever the mappings allow; gives how many bytes came before a page that is not there. */
export function peekMemory(k: Kernel, node: ProcNode, address: number, into: Uint8Array): number | null {
  const mm = spaceOf(k, node);
  return mm === undefined ? null : k.memory.user.peek(mm, address, into);
}

const PAGE_SIZE = 4096;

/** Writes whatever the mappings allow; gives how many bytes were written. */
export function pokeMemory(k: Kernel, node: ProcNode, address: number, from: Uint8Array): number | null {
  const mm = spaceOf(k, node);
  if (mm === undefined) return null;
  let done = 0;
  while (done < from.length) {
    const at = address + done;
    const bytes = from.subarray(done, done + PAGE_SIZE - (at % PAGE_SIZE));
    if (!k.memory.user.poke(mm, at, bytes)) break;
    done += bytes.length;
  }
  return done;
}

const SP = 2;
const A0 = 10;
const A7 = 17;
const hex = (value: number) => `0x${value.toString(16)}`;

/** Number and arguments of the call a task waits in, its stack pointer and pc (man 5 proc). */
export function syscallText(k: Kernel, { task }: Who): string {
  const isAway = task === k.task || task.run === 'blocked' || task.run === 'stopped';
  if (!isAway) return task.run === 'zombie' ? '' : 'running\n';
  saveLoaded(k);
  const saved = (register: number | 'pc') => getSaved(k.memory.frames, task.registers, register);
  const isEntering = task.traced?.stop === 'syscall-enter';
  const where = [hex(saved(SP)), hex(saved('pc') + (task.call === null || isEntering ? 0 : 4))];
  if (task.call === null && !isEntering) return `-1 ${where.join(' ')}\n`;
  const args = [0, 1, 2, 3, 4, 5].map((i) => hex(saved(A0 + i)));
  if (isEntering) args[0] = hex((task.traced!.a0hi >>> 0) * 2 ** 32 + (task.traced!.a0lo >>> 0));
  return `${[saved(A7), ...args, ...where].join(' ')}\n`;
}
