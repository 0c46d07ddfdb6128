/**
 * A module under construction. Imports come first, because they take the first numbers; functions are declared
 * (which gives them a number that others can call) and then defined, in any order.
 */
import { bug, encodeUtf8 } from '../base/index.ts';
import { Bytes } from './bytes.ts';
import { type Code, flatten, type GlobalVariable, type Result, typeByte, type ValueType } from './code.ts';
import { type Body, encodeBody, type Frame, type Func, type FunctionTable, type TypeIndex } from './func.ts';
import { signed, unsigned } from './leb.ts';

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** The section of function bodies. */
const CODE = 10;
/** A hint is one byte, which is zero. */
const UNLIKELY_BRANCH = [1, 0];
const EXPORT_KIND = { function: 0, table: 1, global: 3 } as const;

const nameBytes = (text: string): number[] => {
  const bytes = encodeUtf8(text);
  return [...unsigned(bytes.length), ...bytes];
};
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];

interface Definition {
  readonly name: string;
  readonly type: number;
  body: Body | undefined;
}

/** Builds one module. */
export class ModuleBuilder {
  private readonly types: { readonly key: string; readonly bytes: number[] }[] = [];
  private readonly imports: number[][] = [];
  private readonly importedNames: string[] = [];
  private readonly functions: Definition[] = [];
  private importedTables = 0;
  private readonly tables: number[][] = [];
  private readonly globals: number[][] = [];
  private readonly exports: number[][] = [];
  private readonly elements: number[][] = [];

  /** The number of a function type, the same for the same type. */
  type<const P extends readonly ValueType[], R extends Result>(params: P, result: R): TypeIndex<P, R> {
    const results = result === 'nothing' ? [] : [[typeByte(result)]];
    const bytes = [0x60, ...vector(params.map((type) => [typeByte(type)])), ...vector(results)];
    const key = bytes.join();
    const known = this.types.findIndex((type) => type.key === key);
    const index = known >= 0 ? known : this.types.push({ key, bytes }) - 1;
    return { index, signature: { params, result } };
  }

  /** The memory all loads and stores mean, in pages of 64 KiB. */
  importMemory(module: string, name: string, pages: { readonly min: number; readonly max?: number }): void {
    const { min, max } = pages;
    const limits = max === undefined ? [0, ...unsigned(min)] : [1, ...unsigned(min), ...unsigned(max)];
    this.imports.push([...nameBytes(module), ...nameBytes(name), 2, ...limits]);
  }

  /** A table of functions that other modules fill as well. */
  importTable(module: string, name: string, { min }: { readonly min: number }): FunctionTable {
    if (this.tables.length > 0) bug(`import ${name} comes after a table of the module`);
    this.imports.push([...nameBytes(module), ...nameBytes(name), 1, 0x70, 0, ...unsigned(min)]);
    return { index: this.importedTables++ };
  }

  importFunction<const P extends readonly ValueType[], R extends Result>(
    module: string,
    name: string,
    params: P,
    result: R,
  ): Func<P, R> {
    if (this.functions.length > 0) bug(`import ${name} comes after a function of the module`);
    const { index, signature } = this.type(params, result);
    this.imports.push([...nameBytes(module), ...nameBytes(name), 0, ...unsigned(index)]);
    return { name, index: this.importedNames.push(name) - 1, signature };
  }

  /** Gives a function its number. It must be defined before `encode`. */
  declare<const P extends readonly ValueType[], R extends Result>(
    name: string,
    params: P,
    result: R,
  ): Func<P, R> {
    const { index, signature } = this.type(params, result);
    const position = this.functions.push({ name, type: index, body: undefined }) - 1;
    return { name, index: this.importedNames.length + position, signature };
  }

  /** Gives a declared function its body. */
  define<P extends readonly ValueType[], R extends Result>(
    f: Func<P, R>,
    body: (frame: Frame<P>) => Code<R>,
  ): void {
    const definition = this.functions[f.index - this.importedNames.length];
    if (definition === undefined || definition.body !== undefined) bug(`${f.name} cannot be defined`);
    definition.body = encodeBody(f.signature, body);
  }

  /** Declares and defines at once. */
  func<const P extends readonly ValueType[], R extends Result>(
    name: string,
    params: P,
    result: R,
    body: (frame: Frame<P>) => Code<R>,
  ): Func<P, R> {
    const f = this.declare(name, params, result);
    this.define(f, body);
    return f;
  }

  /** A table that holds these functions and never others. */
  table(functions: readonly { readonly index: number }[]): FunctionTable {
    const table = this.declareTable();
    this.fillTable(table, functions);
    return table;
  }

  /** Gives a table its number. It must be filled before `encode`. */
  declareTable(): FunctionTable {
    return { index: this.importedTables + this.tables.push([]) - 1 };
  }

  /** Gives a declared table its functions. */
  fillTable({ index }: FunctionTable, functions: readonly { readonly index: number }[]): void {
    const size = unsigned(functions.length);
    this.tables[index - this.importedTables] = [0x70, 1, ...size, ...size];
    this.putInTable({ index }, 0, functions);
  }

  /** Puts functions into a table when the module is instantiated, from a slot on. */
  putInTable({ index }: FunctionTable, slot: number, functions: readonly { readonly index: number }[]): void {
    const [head, kind] = index === 0 ? [[0], []] : [[2, ...unsigned(index)], [0]];
    const members = vector(functions.map((f) => unsigned(f.index)));
    this.elements.push([...head, 0x41, ...signed(slot), 0x0b, ...kind, ...members]);
  }

  /** A global variable of the module; `initial` is a constant. */
  global<T extends ValueType>(type: T, initial: Code<T>): GlobalVariable<T> {
    const bytes = new Bytes();
    bytes.append([typeByte(type), 1]);
    flatten(initial, bytes);
    bytes.push(0x0b);
    return { index: this.globals.push([...bytes.view()]) - 1, type };
  }

  exportFunction(name: string, { index }: { readonly index: number }): void {
    this.exports.push([...nameBytes(name), EXPORT_KIND.function, ...unsigned(index)]);
  }

  exportTable(name: string, { index }: FunctionTable): void {
    this.exports.push([...nameBytes(name), EXPORT_KIND.table, ...unsigned(index)]);
  }

  exportGlobal(name: string, { index }: GlobalVariable<ValueType>): void {
    this.exports.push([...nameBytes(name), EXPORT_KIND.global, ...unsigned(index)]);
  }

  /** The finished module. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    out.append(HEADER);
    const section = (id: number, items: readonly (readonly number[])[]) => {
      if (items.length === 0) return;
      const content = vector(items);
      out.push(id);
      out.unsigned(content.length);
      out.append(content);
    };
    section(
      1,
      this.types.map(({ bytes }) => bytes),
    );
    section(2, this.imports);
    section(
      3,
      this.functions.map(({ type }) => unsigned(type)),
    );
    section(4, this.tables);
    section(6, this.globals);
    section(7, this.exports);
    section(9, this.elements);
    out.append(this.hintSection());
    this.codeSection(out);
    out.append(this.nameSection());
    return out.view();
  }

  private codeSection(out: Bytes): void {
    if (this.functions.length === 0) return;
    const content = new Bytes();
    content.unsigned(this.functions.length);
    for (const { name, body } of this.functions) {
      if (body === undefined) bug(`${name} is not defined`);
      content.unsigned(body.bytes.length);
      content.append(body.bytes);
    }
    out.push(CODE);
    out.unsigned(content.length);
    out.append(content.view());
  }

  /** Which branches are rarely taken (WebAssembly proposal "Branch Hinting"). */
  private hintSection(): Uint8Array | number[] {
    const hinted = this.functions.flatMap(({ body }, i) =>
      body?.rare.length ? [{ i, rare: body.rare }] : [],
    );
    if (hinted.length === 0) return [];
    const content = new Bytes();
    content.append(nameBytes('metadata.code.branch_hint'));
    content.unsigned(hinted.length);
    for (const { i, rare } of hinted) {
      content.unsigned(this.importedNames.length + i);
      content.unsigned(rare.length);
      for (const offset of rare) {
        content.unsigned(offset);
        content.append(UNLIKELY_BRANCH);
      }
    }
    return custom(content.view());
  }

  /** Names for stack traces and profiles (WebAssembly specification, appendix "Name Section"). */
  private nameSection(): Uint8Array | number[] {
    const names = [...this.importedNames, ...this.functions.map(({ name }) => name)];
    if (this.functions.every(({ name }) => name === '')) return [];
    const map = vector(names.map((name, i) => [...unsigned(i), ...nameBytes(name)]));
    return custom([...nameBytes('name'), 1, ...unsigned(map.length), ...map]);
  }
}

function custom(content: ArrayLike<number>): Uint8Array {
  const out = new Bytes();
  out.push(0);
  out.unsigned(content.length);
  out.append(content);
  return out.view();
}
