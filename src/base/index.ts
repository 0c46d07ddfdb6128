export { type Id, type Nanos, NEVER } from './brand.ts';
export { assert, bug, KernelBug, unreachable } from './bug.ts';
export { type Hash, hashHex, hashNumber, hashText, hashWord, hashWords, newHash } from './hash.ts';
export { pack } from './pack.ts';
export { isProblem, type Problem, problem } from './problem.ts';
export { fillRandom, nextU32, type Random, seededRandom } from './random.ts';
export { safe } from './safe-text.ts';
export { unpack } from './unpack.ts';
export { decodeUtf8, encodeUtf8 } from './utf8.ts';
