/** Numbers that mean one thing. The brand exists only for the compiler and costs nothing at run time. */
declare const brand: unique symbol;

export type Id<Name extends string> = number & { readonly [brand]: Name };

/** Virtual time: nanoseconds since the machine booted, a safe integer. */
export type Nanos = Id<'Nanos'>;

/** A deadline that never comes. */
export const NEVER = Number.MAX_SAFE_INTEGER as Nanos;
