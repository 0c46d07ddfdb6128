/** Handlers: forms of rows run in the interpreting stage, in either manner. */
import type { Sem } from '../isa/index.ts';
import { brIf, type Code, i32, type Label, seq, unreachable } from '../wasm/index.ts';
import type { Form } from './form.ts';
import type { Helpers } from './helpers.ts';
import { type Emission, type Site, stepOf } from './stage.ts';
import { control } from './stage-control.ts';
import { floats } from './stage-float.ts';
import { integers } from './stage-integer.ts';
import { memory } from './stage-memory.ts';

/** Runs the row; afterwards the statements are its code, but for going on. */
function run(e: Emission): void {
  const sem: Sem = { ...integers(e), ...memory(e), ...floats(e), ...control(e) };
  e.form.insn.run(sem, e.form.tokens as never);
}

const goOn = (e: Emission): Code<never> => e.site.goTo(i32.add(e.site.operation.get(), i32.const(stepOf(e))));

/** The statements of a form's fast handler, or undefined when it has none; `giveUp` is where it goes if it cannot. */
function fast(form: Form, site: Site, helpers: Helpers, giveUp: Label): Emission | undefined {
  if (form.twist === 'rounded') return undefined;
  let possible = true;
  const emission: Emission = {
    manner: 'fast',
    form,
    site,
    helpers,
    statements: [],
    giveUpIf: (condition) => emission.statements.push(brIf(giveUp, condition)),
    giveUp: () => {
      possible = false;
    },
    trapped: unreachable,
  };
  run(emission);
  return possible ? emission : undefined;
}

/** The fast handler of a form, if it has one. */
export function fastHandler(
  form: Form,
  site: Site,
  helpers: Helpers,
  giveUp: Label,
): Code<never> | undefined {
  const emission = fast(form, site, helpers, giveUp);
  return emission === undefined ? undefined : seq(...emission.statements, goOn(emission));
}

/**
 * The fast handler of two forms, the first of which always goes on to the second; `between` is what the loop does
 * between two operations.
 */
export function fusedHandlers(
  [first, second]: readonly [Form, Form],
  site: Site,
  helpers: Helpers,
  giveUp: Label,
  between: Code<'nothing'>,
): Code<never> | undefined {
  const one = fast(first, site, helpers, giveUp);
  const two = fastHandler(second, site, helpers, giveUp);
  if (one === undefined || two === undefined) return undefined;
  const step = site.operation.set(i32.add(site.operation.get(), i32.const(stepOf(one))));
  return seq(...one.statements, step, between, two);
}

/** The careful handler of a form, which can do everything. */
export function carefulHandler(form: Form, site: Site, helpers: Helpers, trapped: Code<never>): Code<never> {
  const emission: Emission = {
    manner: 'careful',
    form,
    site,
    helpers,
    statements: [],
    giveUpIf: () => undefined,
    giveUp: () => undefined,
    trapped,
  };
  run(emission);
  return seq(...emission.statements, goOn(emission));
}
