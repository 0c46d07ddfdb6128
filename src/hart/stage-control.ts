/** The stage: jumps, CSRs, fences and environment calls. */
import type { CsrOp, Sem } from '../isa/index.ts';
import { type Code, i64 } from '../wasm/index.ts';
import { CAUSE } from './cause.ts';
import { noteTrap } from './place.ts';
import { codeOf, type Emission } from './stage.ts';

const CSR_OPS: readonly CsrOp[] = ['write', 'set', 'clear'];

/** A trap that is the instruction's whole meaning. */
function trap(e: Emission, cause: number, value: Code<'i64'>): void {
  e.giveUp();
  e.statements.push(noteTrap(cause, value), e.trapped);
}

/** Everything that is neither arithmetic nor memory. */
export const control = (e: Emission) => {
  const { site } = e;
  return {
    branchIf(cond) {
      e.statements.push(site.branch(codeOf(cond)));
    },
    jumpBy() {
      e.statements.push(site.jumpBy());
    },
    jumpTo(address) {
      e.statements.push(site.jump(i64.and(codeOf(address), i64.const(-2))));
    },
    csr(how, _csr, _rd, _value, source) {
      e.giveUp();
      e.statements.push(site.csr(CSR_OPS.indexOf(how), source));
    },
    // One host thread: memory is always in order.
    fence() {},
    // Stores to code take effect at once anyway.
    fenceI() {},
    ecall: () => trap(e, CAUSE.ecall, i64.const(0)),
    ebreak: () => trap(e, CAUSE.breakpoint, site.pc()),
    illegal() {
      e.giveUp();
      e.statements.push(site.illegal());
    },
  } satisfies Partial<Sem>;
};
