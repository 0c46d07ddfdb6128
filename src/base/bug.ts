/** The only throw in the core: something that cannot happen did, and the fault is ours. */
export class KernelBug extends Error {
  override readonly name = 'KernelBug';
}

export function bug(what: string): never {
  throw new KernelBug(what);
}

export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) bug(what);
}

/** Closes a union: a case that was forgotten does not compile. */
export function unreachable(value: never): never {
  return bug(`unreachable case: ${JSON.stringify(value)}`);
}
