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

function run(e: Emission): Code<never> {
  const sem: Sem = { ...integers(e), ...memory(e), ...floats(e), ...control(e) };
  e.form.insn.run(sem, e.form.tokens as never);
  const { operation, goTo } = e.site;
  return seq(...e.statements, goTo(i32.add(operation.get(), i32.const(stepOf(e)))));
}

/** The fast handler of a form, or undefined when it has none; `give up` is where it goes when it cannot. */
export function fastHandler(
  form: Form,
  site: Site,
  helpers: Helpers,
  giveUp: Label,
): Code<never> | undefined {
  if (form.twist === 'rounded') return undefined;
  const statements: Code<'nothing'>[] = [];
  let fast = true;
  const body = run({
    manner: 'fast',
    form,
    site,
    helpers,
    statements,
    giveUpIf: (condition) => statements.push(brIf(giveUp, condition)),
    giveUp: () => {
      fast = false;
    },
    trapped: unreachable,
  });
  return fast ? body : undefined;
}

/** The careful handler of a form, which can do everything. */
export function carefulHandler(form: Form, site: Site, helpers: Helpers, trapped: Code<never>): Code<never> {
  return run({
    manner: 'careful',
    form,
    site,
    helpers,
    statements: [],
    giveUpIf: () => undefined,
    giveUp: () => undefined,
    trapped,
  });
}
