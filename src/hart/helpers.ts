/** What handlers call: functions of the module and of the host. `paging.ts` and `float.ts` define most. */
import type { FloatType } from '../isa/index.ts';
import type { Func, ValueType } from '../wasm/index.ts';

/** Functions that leave 0 have noted a trap. */
export interface Helpers {
  /** (address, bytes) → where they can be read now; a copy when they lie on two pages. */
  readonly read: Func<readonly ['i64', 'i32'], 'i32'>;
  /** (address) → where an aligned datum can be read and written now. */
  readonly write: Func<readonly ['i64'], 'i32'>;
  /** (address, value, bytes) → whether it is stored. */
  readonly store: Func<readonly ['i64', 'i64', 'i32'], 'i32'>;
  /** (address, bytes) → whether their page is in the TLB of reads now, all on one page. Notes no trap. */
  readonly fillRead: Func<readonly ['i64', 'i32'], 'i32'>;
  /** The same for writes; never of code. */
  readonly fillWrite: Func<readonly ['i64', 'i32'], 'i32'>;
  /** As `fillRead`, but gives where the bytes are, or 0. */
  readonly reachRead: Func<readonly ['i64', 'i32'], 'i32'>;
  readonly reachWrite: Func<readonly ['i64', 'i32'], 'i32'>;
  /** (operation) → its instruction word. */
  readonly word: Func<readonly ['i32'], 'i32'>;
  /** (operation, how) → whether there is such a CSR and it may be used so. */
  readonly csr: Func<readonly ['i32', 'i32'], 'i32'>;
  readonly widen: Func<readonly ['f32'], 'f64'>;
  readonly narrow: Func<readonly ['f64', 'i32'], 'f32'>;
  /** Floating point by name, `f64.add`: operands, and the rounding mode where there is one. */
  float<R extends FloatType>(name: string): Func<readonly ValueType[], R>;
  /** The same for answers that are integers: `f64.lt`, `f32.class`, `f64.to.wu`. */
  integer(name: string): Func<readonly ValueType[], 'i64'>;
}
