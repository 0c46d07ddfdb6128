/** struct ipc64_perm in a caller's memory, and what the control calls of all System V objects share. */
import type { Errno } from '../abi/index.ts';
import { IPC, type IpcPerm, type Kernel, mayControl, setPerm } from '../kernel/index.ts';

/** Bytes of struct ipc64_perm. */
export const PERM_SIZE = 48;
const INDEXES = 32768;

export const IPC_FLAGS = { IPC_CREAT: IPC.IPC_CREAT, IPC_EXCL: IPC.IPC_EXCL, IPC_NOWAIT: IPC.IPC_NOWAIT };

/** A structure of the kernel's ABI, written field by field. */
export class Struct {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(at: number, ...values: readonly number[]): this {
    for (const [i, value] of values.entries()) this.#view.setUint32(at + 4 * i, value, true);
    return this;
  }

  /** Infinity is written as the limits' ULONG_MAX - 2^24. */
  u64(at: number, ...values: readonly number[]): this {
    for (const [i, value] of values.entries()) {
      const boundless = value === Infinity;
      this.#view.setUint32(at + 8 * i, boundless ? 0xfeffffff : value % 2 ** 32, true);
      this.#view.setUint32(at + 8 * i + 4, boundless ? 0xffffffff : Math.floor(value / 2 ** 32), true);
    }
    return this;
  }

  perm(perm: IpcPerm): this {
    return this.u32(
      0,
      perm.key,
      perm.uid,
      perm.gid,
      perm.cuid,
      perm.cgid,
      perm.mode,
      Math.floor(perm.id / INDEXES),
    );
  }

  give(k: Kernel, addr: number): boolean {
    return k.user.copyOut(addr, this.bytes);
  }
}

/** IPC_SET: owner and mode of a structure that begins with struct ipc64_perm, of which `size` bytes are read. */
export function readPerm(
  k: Kernel,
  addr: number,
  size: number,
): { perm: IpcPerm; view: DataView } | 'EFAULT' {
  const bytes = new Uint8Array(size);
  if (!k.user.copyIn(addr, bytes)) return 'EFAULT';
  const view = new DataView(bytes.buffer);
  const u32 = (at: number) => view.getUint32(at, true);
  return { perm: { key: 0, id: 0, uid: u32(4), gid: u32(8), cuid: 0, cgid: 0, mode: u32(20) }, view };
}

/** IPC_SET for an object that the caller may control. Negative owners are no ids. */
export function applyPerm(k: Kernel, perm: IpcPerm, wish: IpcPerm): 0 | Errno {
  if (!mayControl(k, perm)) return 'EPERM';
  if (wish.uid === 0xffffffff || wish.gid === 0xffffffff) return 'EINVAL';
  setPerm(perm, wish);
  return 0;
}
