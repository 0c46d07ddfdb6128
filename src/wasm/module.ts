/** A module under construction: types, imports, functions, one table, globals, exports; `bytes()` encodes it. */
import { unsignedLeb } from './bytes.ts';
import type { Code } from './code.ts';
import { TYPE, type ValType } from './ops.ts';

export interface Signature {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

export const signature = (params: readonly ValType[], results: readonly ValType[] = []): Signature => ({
  params,
  results,
});

interface Body {
  readonly type: number;
  readonly locals: readonly ValType[];
  code: Code;
}

const name = (text: string) => [...unsignedLeb(text.length), ...[...text].map((c) => c.charCodeAt(0))];
const vector = (items: readonly (readonly number[])[]) => [...unsignedLeb(items.length), ...items.flat()];

export class ModuleBuilder {
  readonly #types: Signature[] = [];
  readonly #imports: number[][] = [];
  readonly #bodies: Body[] = [];
  readonly #globals: number[][] = [];
  readonly #exports: number[][] = [];
  #elements: readonly number[] = [];
  #importedFunctions = 0;

  /** Index of a signature, added when it is new. */
  type(sig: Signature): number {
    const same = (other: Signature) =>
      other.params.join() === sig.params.join() && other.results.join() === sig.results.join();
    const known = this.#types.findIndex(same);
    return known >= 0 ? known : this.#types.push(sig) - 1;
  }

  importMemory(module: string, field: string, pages: number): void {
    this.#imports.push([...name(module), ...name(field), 2, 0, ...unsignedLeb(pages)]);
  }

  /** Imports come before every function of the module's own. */
  importFunction(module: string, field: string, sig: Signature): number {
    this.#imports.push([...name(module), ...name(field), 0, ...unsignedLeb(this.type(sig))]);
    return this.#importedFunctions++;
  }

  /** A mutable global that starts at zero. */
  global(type: ValType): number {
    const zero = {
      i32: [0x41, 0],
      i64: [0x42, 0],
      f32: [0x43, 0, 0, 0, 0],
      f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
    };
    return this.#globals.push([TYPE[type], 1, ...zero[type], 0x0b]) - 1;
  }

  /** Reserves a function, whose body may follow later with `define`, so that functions can name each other. */
  declare(sig: Signature, locals: readonly ValType[] = []): number {
    return this.#bodies.push({ type: this.type(sig), locals, code: [] }) - 1 + this.#importedFunctions;
  }

  define(func: number, code: Code): void {
    this.#bodies[func - this.#importedFunctions]!.code = code;
  }

  func(sig: Signature, locals: readonly ValType[], code: Code): number {
    const index = this.declare(sig, locals);
    this.define(index, code);
    return index;
  }

  /** Table 0, filled with these functions. */
  table(functions: readonly number[]): void {
    this.#elements = functions;
  }

  exportFunction(field: string, func: number): void {
    this.#exports.push([...name(field), 0, ...unsignedLeb(func)]);
  }

  exportGlobal(field: string, index: number): void {
    this.#exports.push([...name(field), 3, ...unsignedLeb(index)]);
  }

  bytes(): Uint8Array {
    const section = (id: number, body: readonly number[]) => [id, ...unsignedLeb(body.length), ...body];
    const types = this.#types.map(({ params, results }) => [
      0x60,
      ...vector(params.map((t) => [TYPE[t]])),
      ...vector(results.map((t) => [TYPE[t]])),
    ]);
    const size = unsignedLeb(this.#elements.length);
    const parts: (readonly number[])[] = [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector(types)),
      section(2, vector(this.#imports)),
      section(3, vector(this.#bodies.map(({ type }) => unsignedLeb(type)))),
      section(4, vector([[0x70, 1, ...size, ...size]])),
      section(6, vector(this.#globals)),
      section(7, vector(this.#exports)),
      section(9, vector([[0, 0x41, 0, 0x0b, ...vector(this.#elements.map((f) => unsignedLeb(f)))]])),
      section(10, this.#codeSection()),
    ];
    const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  #codeSection(): number[] {
    const out = unsignedLeb(this.#bodies.length);
    for (const { locals, code } of this.#bodies) {
      const body = [...vector(locals.map((t) => [1, TYPE[t]])), ...code, 0x0b];
      for (const byte of unsignedLeb(body.length)) out.push(byte);
      for (const byte of body) out.push(byte);
    }
    return out;
  }
}
