/** The whole platform the core may see. Node and every browser provide it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: object);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    constructor(type: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Table {
    constructor(type: { element: 'anyfunc'; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(by: number): number;
  }
  class Global {
    constructor(type: { value: 'i32' | 'i64' | 'f64'; mutable?: boolean }, initial?: number | bigint);
    value: number | bigint;
  }
  class RuntimeError extends Error {}
  function validate(bytes: Uint8Array): boolean;
}
