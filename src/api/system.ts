/** A layer that makes a system of an image: our init as its first process, and what ends it in order. */
import type { Layer } from '../vfs/index.ts';
import { type LayerEntry, memoryLayer } from './memory-layer.ts';
import { tinyProgram } from './tiny.ts';

/** Names that ask init for the end. */
const ENDS = ['halt', 'poweroff', 'reboot', 'shutdown'] as const;

/**
 * The layer, to be laid on an image's. `sbin` is the folder that its /sbin is or leads to; `files` come along, such as
 * an /etc/inittab. `launch` with `isFirst` starts /sbin/init.
 */
export function systemLayer(sbin: string, files: Readonly<Record<string, LayerEntry>> = {}): Layer {
  const links = ENDS.map((name) => [`${sbin}/${name}`, { link: 'init' }] as const);
  const program = { bytes: tinyProgram(), mode: 0o755 };
  // Other files make another layer, as a kept beginning of a run must know.
  const id = `system ${JSON.stringify([sbin, files])}`;
  return memoryLayer(id, { [`${sbin}/init`]: program, ...Object.fromEntries(links), ...files });
}
