/** What calls about time take and give, as strace prints it. */
import { signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, type Kernel } from '../../kernel/index.ts';
import { struct } from '../args.ts';
import { addressText, type Fields, structure, timespec } from './fields.ts';

const TIMER_ABSTIME = 1;
const restText = structure(16, (at) => timespec(at, 0));

/** What is left of a sleep: told only when it was interrupted. */
const rest = (isAbsolute: (k: Kernel) => boolean): Arg<number> => ({
  decode: asUnsigned64,
  when: 'after',
  show: (addr, k, result) =>
    (addr !== 0 && result === 'EINTR' && !isAbsolute(k) ? restText(k, addr) : null) ?? addressText(addr),
});
export const sleepRest: Arg<number> = rest(() => false);
export const clockSleepRest: Arg<number> = rest((k) => (k.call.words[2]! & TIMER_ABSTIME) !== 0);

const NOTIFY = ['SIGEV_SIGNAL', 'SIGEV_NONE', 'SIGEV_THREAD', '', 'SIGEV_THREAD_ID'];
const [SIGNAL, THREAD, THREAD_ID] = [0, 2, 4];
const VALUE = 0;

function eventText(at: Fields): string {
  const [signo, notify] = [at.i32(8), at.i32(12)];
  const hasSignal = notify === SIGNAL || notify === THREAD_ID;
  const told: string[] = [];
  if (at.u64(VALUE) !== 0n)
    told.push(`sigev_value={sival_int=${at.i32(VALUE)}, sival_ptr=${at.pointer(VALUE)}}`);
  told.push(`sigev_signo=${hasSignal ? signalName(signo) : at.u32(8)}`);
  told.push(`sigev_notify=${NOTIFY[notify] || `0x${(notify >>> 0).toString(16)} /* SIGEV_??? */`}`);
  if (notify === THREAD_ID) told.push(`sigev_notify_thread_id=${at.i32(16)}`);
  if (notify === THREAD)
    told.push(`sigev_notify_function=${at.pointer(16)}, sigev_notify_attributes=${at.pointer(24)}`);
  return `{${told.join(', ')}}`;
}
/** struct sigevent. */
export const inSigevent: Arg<number> = struct(structure(64, eventText));

/** The number of a new timer. */
export const outTimerId: Arg<number> = struct(
  structure(4, (at) => `[${at.i32(0)}]`),
  'after',
);
