/**
 * For the bundler: modules whose only function gives the same bytes every time are replaced by those bytes, so
 * that a start of the command need not make them.
 */
import { join } from 'node:path';
import { interpreterModule } from '../src/hart/interpreter.ts';
import { initProgram } from '../src/machine/init.ts';

interface Frozen {
  /** The function's name, and what it gives. */
  readonly name: string;
  readonly make: () => Uint8Array;
}

const src = join(import.meta.dirname, '..', 'src');

/** By the path of the module that has the function. */
export const FROZEN: Readonly<Record<string, Frozen>> = {
  [join(src, 'hart', 'interpreter.ts')]: { name: 'interpreterModule', make: interpreterModule },
  [join(src, 'machine', 'init.ts')]: { name: 'initProgram', make: initProgram },
};

/** The module that stands for one of the paths above, as JavaScript; null for any other path. */
export function frozenSource(path: string): string | null {
  const frozen = FROZEN[path];
  if (frozen === undefined) return null;
  const text = Buffer.from(frozen.make()).toString('base64');
  // The engine's own decoders: a loop that runs once is never fast.
  return `const TEXT = '${text}';
export function ${frozen.name}() {
  if (globalThis.Buffer) return new Uint8Array(globalThis.Buffer.from(TEXT, 'base64'));
  return Uint8Array.from(globalThis.atob(TEXT), (character) => character.charCodeAt(0));
}
`;
}

/** The bundler's plugin. */
export const frozenModules = {
  name: 'timeslice:frozen',
  load(id: string): { readonly code: string; readonly moduleType: 'js' } | null {
    const code = frozenSource(id);
    return code === null ? null : { code, moduleType: 'js' };
  },
};
