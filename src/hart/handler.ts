/** Handlers: forms of rows run in the interpreting stage, in either manner. */
import { bug } from '../base/index.ts';
import type { Sem } from '../isa/index.ts';
import { brIf, type Code, i32, type Label, seq, unreachable } from '../wasm/index.ts';
import { FORMS, type Form } from './form.ts';
import type { Helpers } from './helpers.ts';
import { interpretingSite, type Place, SLOT } from './interpreting.ts';
import { narrowIntegers } from './narrow.ts';
import type { Emission } from './stage.ts';
import { control } from './stage-control.ts';
import { floats } from './stage-float.ts';
import { integers } from './stage-integer.ts';
import { memory, narrowLoads } from './stage-memory.ts';

type Statements = Code<'nothing'>[];

/** A stage: what a row is run with, for one form after another. */
export function newStage(e: Emission): (form: Emission['form']) => Statements {
  const wide: Sem = { ...integers(e), ...memory(e), ...floats(e), ...control(e) };
  const sem = e.manner === 'compiled' ? { ...wide, ...narrowIntegers(e, wide), ...narrowLoads(e) } : wide;
  return (form) => {
    e.form = form;
    // A jump of compiled code is followed at once, and other instructions are run inside this one.
    const statements: Statements = [];
    e.statements = statements;
    form.insn.run(sem, form.tokens as never);
    return statements;
  };
}

const step = (form: Form): Code<'i32'> => i32.const(form.size * SLOT);

/** Makes fast handlers. */
export interface FastStage {
  /** The handler of a form, if it has a fast one, and whether it never gives up. */
  single(form: Form): { readonly body: Code<never>; readonly sure: boolean } | undefined;
  /** The handler of forms of which each but the last always goes on to the next. */
  chain(forms: readonly Form[]): Code<never>;
}

/** `giveUp` is where handlers go that cannot; `between` is what the loop does between two operations. */
export function fastStage(
  place: Place,
  helpers: Helpers,
  giveUp: Label,
  between: Code<'nothing'>,
): FastStage {
  let possible = true;
  let sure = true;
  const emission: Emission = {
    manner: 'fast',
    form: FORMS[0]!,
    site: interpretingSite(place, () => emission),
    helpers,
    statements: [],
    giveUpIf(condition) {
      sure = false;
      emission.statements.push(brIf(giveUp, condition));
    },
    giveUp() {
      possible = false;
    },
    trapped: unreachable,
  };
  const run = newStage(emission);
  const { operation, goTo } = place;
  const statements = (form: Form): Statements | undefined => {
    possible = true;
    const made = run(form);
    return possible ? made : undefined;
  };
  const body = (form: Form): Code<never> | undefined => {
    const made = statements(form);
    return made && seq(...made, goTo(i32.add(operation.get(), step(form))));
  };
  return {
    single(form) {
      sure = true;
      const made = body(form);
      return made && { body: made, sure };
    },
    chain(forms) {
      const last = forms.length - 1;
      const before = forms
        .slice(0, last)
        .flatMap((form) => [
          ...(statements(form) ?? bug(`${form.name} has no fast handler to chain`)),
          operation.set(i32.add(operation.get(), step(form))),
          between,
        ]);
      return seq(...before, body(forms[last]!) ?? bug(`${forms[last]!.name} has no fast handler`));
    },
  };
}

/** Makes careful handlers, which can do everything. */
export function carefulStage(
  place: Place,
  helpers: Helpers,
  trapped: Code<never>,
): (form: Form) => Code<never> {
  const emission: Emission = {
    manner: 'careful',
    form: FORMS[0]!,
    site: interpretingSite(place, () => emission),
    helpers,
    statements: [],
    giveUpIf: () => undefined,
    giveUp: () => undefined,
    trapped,
  };
  const run = newStage(emission);
  const { operation, goTo } = place;
  return (form) => seq(...run(form), goTo(i32.add(operation.get(), step(form))));
}
