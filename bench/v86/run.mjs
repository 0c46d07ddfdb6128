/** Runs a multiboot program in v86 until it has printed a line: `node run.mjs <package folder> <program>`. */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, program] = process.argv.slice(2);
const { V86 } = await import(pathToFileURL(join(folder, 'build/libv86.mjs')));
const image = readFileSync(program);
const emulator = new V86({
  wasm_path: join(folder, 'build/v86.wasm'),
  memory_size: 64 * 2 ** 20,
  vga_memory_size: 2 ** 20,
  multiboot: { buffer: image.buffer.slice(image.byteOffset, image.byteOffset + image.byteLength) },
  autostart: true,
  disable_speaker: true,
});
let line = '';
emulator.add_listener('serial0-output-byte', (byte) => {
  line += String.fromCharCode(byte);
  if (byte !== 10) return;
  writeSync(1, line);
  process.exit(0);
});
