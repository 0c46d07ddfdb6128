/** The embedded image: one program of ours under many names, and the few files a system has. */
import { hashHex, hashText, newHash } from '../base/index.ts';
import type { Layer } from '../vfs/index.ts';
import { type LayerEntry, memoryLayer } from './memory-layer.ts';
import { decodeBase64 } from './platform.ts';
import { TINY_ELF, TINY_NAMES } from './tiny-program.ts';

/** Names of the programs in the image. */
export const tinyPrograms = (): readonly string[] => TINY_NAMES.split(' ');

const FILES: Readonly<Record<string, LayerEntry>> = {
  '/dev': { directory: true },
  '/proc': { directory: true, mode: 0o555 },
  '/sys': { directory: true, mode: 0o555 },
  '/run': { directory: true },
  '/tmp': { directory: true, mode: 0o1777 },
  '/root': { directory: true, mode: 0o700 },
  '/home': { directory: true },
  '/var': { directory: true },
  '/usr/bin': { link: '../bin' },
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  '/etc/hostname': 'timeslice\n',
  '/etc/hosts': '127.0.0.1 localhost timeslice\n::1 localhost\n',
  '/sbin/init': { link: '../bin/tiny' },
};

let made: Layer | undefined;
let program: Uint8Array | undefined;

/** The one program of the image. */
export function tinyProgram(): Uint8Array {
  program ??= decodeBase64(TINY_ELF);
  return program;
}

/** A name that stands for the content of the image. */
export function tinyName(): string {
  const hash = newHash();
  hashText(hash, JSON.stringify(FILES) + TINY_NAMES + TINY_ELF);
  return `tiny:${hashHex(hash)}`;
}

/** The layer of the image `tiny`, made on first use. */
export function tinyLayer(): Layer {
  if (made !== undefined) return made;
  const links = tinyPrograms().map((name) => [`/bin/${name}`, { link: 'tiny' }] as const);
  made = memoryLayer('tiny', {
    ...FILES,
    '/bin/tiny': { bytes: tinyProgram(), mode: 0o755 },
    ...Object.fromEntries(links),
  });
  return made;
}
