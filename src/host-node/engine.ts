/**
 * What V8 can do for us if it is told before code is compiled. Compiled code says which of its branches are rarely
 * taken (WebAssembly proposal "Branch Hinting"); the V8 of Node 20 and 22 listens only behind a flag, which leaves
 * all other code as it is.
 */
import { setFlagsFromString } from 'node:v8';

/** From this major version of V8 on the flag is not needed, and not known. */
const HINTS_BY_DEFAULT = 13;

/** Lets V8 listen to the hints of what is compiled from now on. */
export function listenToHints(): void {
  if (Number.parseInt(process.versions.v8, 10) < HINTS_BY_DEFAULT)
    setFlagsFromString('--experimental-wasm-branch-hinting');
}
