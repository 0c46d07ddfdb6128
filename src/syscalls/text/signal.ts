/** What calls about signals take and give, as strace prints it: actions, stacks, the frame that a handler leaves. */
import { signalName } from '../../abi/index.ts';
import { type Arg, asUnsigned64, type ResultText, stackPointer } from '../../kernel/index.ts';
import { bitNames, struct } from '../args.ts';
import { structure } from './fields.ts';
import { signalSetAt, signalSetText } from './sigset.ts';

/** In strace's order. */
const SA_FLAGS = {
  SA_ONSTACK: 0x08000000,
  SA_RESTART: 0x10000000,
  SA_NODEFER: 0x40000000,
  SA_RESETHAND: 0x80000000 | 0,
  SA_SIGINFO: 4,
  SA_NOCLDSTOP: 1,
  SA_NOCLDWAIT: 2,
  SA_EXPOSE_TAGBITS: 0x800,
};
const HANDLERS = ['SIG_DFL', 'SIG_IGN'];

/** struct sigaction { handler; flags; mask }: riscv has no restorer. */
const actionText = structure(24, (at) => {
  const handler = at.word(0);
  const mask = signalSetText({ lo: at.i32(16), hi: at.i32(20) });
  const flags = bitNames(SA_FLAGS, '0', at.i32(8), 'SA_???');
  return `{sa_handler=${HANDLERS[handler] ?? `0x${handler.toString(16)}`}, sa_mask=${mask}, sa_flags=${flags}}`;
});
export const inAction = struct(actionText);
export const outAction = struct(actionText, 'after');

const SS_FLAGS = { SS_ONSTACK: 1, SS_DISABLE: 2, SS_AUTODISARM: 0x80000000 | 0 };
const stackText = structure(
  24,
  (at) =>
    `{ss_sp=${at.pointer(0)}, ss_flags=${bitNames(SS_FLAGS, '0', at.i32(8), 'SS_???')}, ss_size=${at.u64(16)}}`,
);
export const inStack = struct(stackText);
export const outStack = struct(stackText, 'after');

/** Where the mask lies in the frame that rt_sigreturn(2) takes down: riscv64's ucontext behind a siginfo. */
const UC_SIGMASK = 168;
/** What rt_sigreturn(2) finds on the stack; it has no argument. */
export const frame: Arg<number> = {
  decode: asUnsigned64,
  show: (_value, k) => `{mask=${signalSetAt(k, stackPointer(k) + UC_SIGMASK) ?? '[]'}}`,
};

/** A signal that was waited for. */
export const signalResult: ResultText = (result) => `${result} (${signalName(result)})`;
