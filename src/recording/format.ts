/** What the chunks of a recording hold. */
import type { MachineOptions, Position } from '../machine/index.ts';
import type { LayerDirectory, LayerFile, LayerSymlink } from '../vfs/index.ts';

/** How a replay comes by a layer: by a name that stands for its content, or from what is in the recording. */
export interface LayerHead {
  readonly id: string;
  /** Null: what was seen of it is here. */
  readonly name: string | null;
  readonly isOutside: boolean;
  readonly root: NodeMeta;
}

/** What a node of a layer is, without its bytes. */
export type NodeMeta = LayerDirectory | LayerSymlink | Omit<LayerFile, 'blob'>;

/** Options of the machine, which are plain data. */
export type PlainOptions = Omit<MachineOptions, 'layers' | 'mounts'>;

export interface Head {
  /** Who wrote it: the version of timeslice, and of its code where that is known. */
  readonly producer: string;
  readonly options: PlainOptions;
  readonly layers: readonly LayerHead[];
  readonly mounts: readonly { readonly path: string; readonly layer: number }[];
}

/** A layer that is not known by name was looked at; `at` is the machine's count of instructions. */
export type Seen = { readonly layer: number; readonly at: number; readonly path: string } & (
  | { readonly kind: 'list'; readonly entries: readonly (readonly [name: string, node: NodeMeta])[] }
  | { readonly kind: 'read'; readonly offset: number; readonly wanted: number; readonly bytes: Uint8Array }
);

/** The machine stood here, with this state. */
export interface Mark {
  readonly at: Position;
  readonly now: number;
  readonly hash: string;
}

/** Why a recording ends. */
export interface End extends Mark {
  /** The code of the problem that stopped the machine, `closed` when its owner did. */
  readonly why: string;
  /** Wait status of the first program; null when it had not ended. */
  readonly status: number | null;
}

/** The machine had come so far. */
export interface Reached {
  readonly at: Position;
  readonly now: number;
}
