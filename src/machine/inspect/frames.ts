/** The calls that a thread is in: frame by frame up its stack, by the call frame information of the mapped programs. */
import type { UnwindRow } from '../../elf/index.ts';
import type { Kernel } from '../../kernel/index.ts';
import type { Mm } from '../../memory/index.ts';
import { glance64 } from './glance.ts';
import type { PlaceName, Symbols } from './symbols.ts';

/** One call. */
export interface StackFrame {
  /** Where the call stands: an address in the caller, the program counter in the innermost one. */
  readonly pc: number;
  /** First address behind the frame. */
  readonly cfa: number;
  readonly at: PlaceName;
}

const RA = 1;
const SP = 2;
const MOST_FRAMES = 1000;

/** The innermost call first. `registers` are x0 to x31, as far as they are addresses. */
export function stackFrames(
  k: Kernel,
  mm: Mm,
  symbols: Symbols,
  pc: number,
  registers: readonly number[],
): readonly StackFrame[] {
  const frames: StackFrame[] = [];
  let x = registers.slice();
  let here = pc;
  let isBehindCall = false;
  while (frames.length < MOST_FRAMES) {
    const look: number = isBehindCall ? here - 1 : here;
    const at = isBehindCall ? symbols.behindCall(mm, here) : symbols.at(mm, here);
    if (at === null) break;
    const row: UnwindRow | null = symbols.callerRow(mm, look);
    if (row === null) {
      if (!isBehindCall) frames.push({ pc: here, cfa: x[SP]!, at });
      break;
    }
    const cfa = x[row.cfaRegister]! + row.cfaOffset;
    frames.push({ pc: here, cfa, at });
    if (row.isOutermost || (isBehindCall && cfa < x[SP]!)) break;
    const next = x.slice();
    for (const [register, offset] of row.saved) next[register] = glance64(k, mm, cfa + offset) ?? 0;
    next[SP] = cfa;
    here = next[RA]!;
    // The value in ra is the caller's only when a frame has put it aside or none has been made yet.
    if (here === 0 || (isBehindCall && !row.saved.has(RA))) break;
    x = next;
    isBehindCall = !row.isSignal;
  }
  return frames;
}
