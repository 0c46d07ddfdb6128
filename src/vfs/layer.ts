/**
 * A read-only tree of files below the machine's own writes: an unpacked image, or a host directory. The
 * kernel overlays memory on it. Nodes are plain data made by whoever opens the layer; bytes are read on demand.
 */

interface LayerMeta {
  /** Permission bits with setuid, setgid and sticky: 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

export interface LayerFile extends LayerMeta {
  readonly kind: 'file';
  /** Bytes. */
  readonly size: number;
  /** Names it has in the layer; 1 when absent. */
  readonly links?: number;
  /** Where the layer finds the bytes; only the layer that made it can read it. */
  readonly blob: unknown;
}

export interface LayerSymlink extends LayerMeta {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface LayerDirectory extends LayerMeta {
  readonly kind: 'directory';
}

/** A hard link is the same node under two names. */
export type LayerNode = LayerFile | LayerSymlink | LayerDirectory;

export interface Layer {
  /** Content hash (or a name that stands for one), part of what a recording needs to run again. */
  readonly id: string;
  readonly root: LayerDirectory;
  /** What is in it may be something else in another run: a folder of the host. */
  readonly isOutside?: boolean;
  /** A directory's entries; the order does not matter, the VFS sorts by name. */
  list(directory: LayerDirectory): ReadonlyMap<string, LayerNode>;
  /**
   * Fills `into` with the file's bytes from `offset`, and gives how many there were (less only at the end).
   * Synchronous: bytes that are not there yet stop the whole machine, never one task.
   */
  read(file: LayerFile, offset: number, into: Uint8Array): number;
}
