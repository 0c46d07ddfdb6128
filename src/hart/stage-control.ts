/** The interpreting stage: jumps, CSRs, fences and environment calls. */
import type { CsrOp, Sem } from '../isa/index.ts';
import { type Code, call, i32, i64, seq, when } from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { AT } from './operation.ts';
import { noteTrap, pcOf } from './place.ts';
import { codeOf, type Emission, SLOT, tokenOf } from './stage.ts';

const CSR_OPS: readonly CsrOp[] = ['write', 'set', 'clear'];

/** To pc + offset; in a near form the field already holds the distance between operations. */
function byOffset(e: Emission): Code<never> {
  const { operation, goTo, jump } = e.site;
  if (e.form.twist === 'near') return goTo(i32.add(operation.get(), i32.load(operation.get(), AT.imm)));
  return jump(i64.add(pcOf(operation.get()), i64.load32S(operation.get(), AT.imm)));
}

/** An illegal instruction; the word is looked up by the caller, who has it. */
export const illegal = (e: Emission): Code<never> =>
  seq(noteTrap(CAUSE.illegal, i64.extendI32U(call(e.helpers.word, e.site.operation.get()))), e.trapped);

/** A trap that is the instruction's whole meaning. */
function trap(e: Emission, cause: number, value: Code<'i64'>): void {
  e.giveUp();
  e.statements.push(noteTrap(cause, value), e.trapped);
}

/** Everything that is neither arithmetic nor memory. */
export const control = (e: Emission) => {
  const { operation, goTo, jump } = e.site;
  return {
    branchIf(cond) {
      e.statements.push(
        when(codeOf(cond), byOffset(e)),
        goTo(i32.add(operation.get(), i32.const(e.form.size * SLOT))),
      );
    },
    jumpBy() {
      e.statements.push(byOffset(e));
    },
    jumpTo(address) {
      e.statements.push(jump(i64.and(codeOf(address), i64.const(-2))));
    },
    csr(how, _csr, _rd, _value, source) {
      e.giveUp();
      const token = tokenOf(source);
      const immediate = 'at' in token && token.at === AT.third ? CSR_OPS.length : 0;
      const known = call(e.helpers.csr, operation.get(), i32.const(CSR_OPS.indexOf(how) + immediate));
      e.statements.push(when(i32.eqz(known), illegal(e)));
    },
    // One host thread: memory is always in order.
    fence() {},
    // Stores to code take effect at once anyway.
    fenceI() {},
    ecall: () => trap(e, CAUSE.ecall, i64.const(0)),
    ebreak: () => trap(e, CAUSE.breakpoint, pcOf(operation.get())),
    illegal() {
      e.giveUp();
      e.statements.push(illegal(e));
    },
  } satisfies Partial<Sem>;
};
