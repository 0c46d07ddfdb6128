/** What an option of a socket is: how it is read and set. Rows for each level are in the option-* files beside this. */

import type { Errno } from '../abi/index.ts';
import { CAP } from '../abi/index.ts';
import type { Kernel } from '../kernel/index.ts';
import { capable } from '../kernel/index.ts';
import type { Socket } from '../vfs/index.ts';

/** 32-bit words, or bytes where the value is something else. */
type Value = readonly number[] | Uint8Array;

export interface Option {
  /** null: the option can only be set. */
  readonly get: ((socket: Socket, k: Kernel) => Value | Errno) | null;
  /** Sets it to an int. null: the option can only be read. */
  readonly set: ((socket: Socket, value: number, k: Kernel) => Errno | null) | null;
  /** Sets it to a structure in the caller's memory instead. */
  readonly setBytes?: (socket: Socket, bytes: Uint8Array, k: Kernel) => Errno | null;
}

export type Options = Readonly<Record<number, Option>>;

/** Under which number `SocketOptions.stored` keeps an option. */
export const keyOf = (level: number, option: number): number => (level << 16) | option;

export function store(socket: Socket, key: number, value: number): null {
  socket.options.stored = { ...socket.options.stored, [key]: value };
  return null;
}

export const storedAt = ({ options }: Socket, key: number): number | undefined => options.stored[key];

/** An int that is kept, between bounds. */
export const kept = (
  level: number,
  option: number,
  { first = 0, min = -(2 ** 31), max = 2 ** 31 - 1 }: { first?: number; min?: number; max?: number } = {},
): Option => ({
  get: (socket) => [storedAt(socket, keyOf(level, option)) ?? first],
  set: (socket, value) =>
    value < min || value > max ? 'EINVAL' : store(socket, keyOf(level, option), value),
});

/** A switch that is kept. */
export const keptFlag = (level: number, option: number, first = 0): Option => ({
  get: (socket) => [storedAt(socket, keyOf(level, option)) ?? first],
  set: (socket, value) => store(socket, keyOf(level, option), value === 0 ? 0 : 1),
});

/** Only root may set it. */
export const forRoot = (option: Option): Option => ({
  get: option.get,
  set: (socket, value, k) =>
    capable(k, CAP.CAP_NET_ADMIN) || value === 0 ? option.set!(socket, value, k) : 'EPERM',
});

/** Can only be read. */
export const told = (get: Option['get']): Option => ({ get, set: null });
