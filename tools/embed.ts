/**
 * Writes src/api/tiny-program.ts, the program of the image `tiny` and the names it answers to, and
 * src/kernel/vdso-image.ts, as text, so that a bundle needs no file beside it. `npm run guest` calls this after
 * building; a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The names in guest/applets.h, in its order. */
export const appletNames = (header: string): string[] =>
  [...header.matchAll(/^APPLET\("([^"]+)"/gm)].map(([, name]) => name!);

/** The module's text for an ELF file and the header that names its programs. */
export function embedded(elf: Uint8Array, header: string): string {
  const names = appletNames(header).join(' ');
  return `/** guest/tiny.elf as text, and its programs. Written by tools/embed.ts; do not edit. */

/** Names of the programs in it, separated by spaces. */
export const TINY_NAMES =
  '${names}';

/** The ELF file in base64. */
export const TINY_ELF =
  '${Buffer.from(elf).toString('base64')}';
`;
}

/** The module's text for the shared object that the kernel maps: in hexadecimal, as the core has no base64. */
export function embeddedVdso(elf: Uint8Array): string {
  const sigreturn = Buffer.from(elf).indexOf(Buffer.from('9308b00873000000', 'hex'));
  return `/** guest/vdso.elf as text. Written by tools/embed.ts; do not edit. */

/** Where its __vdso_rt_sigreturn lies. */
export const VDSO_SIGRETURN = ${sigreturn};

/** The ELF file in hexadecimal. */
export const VDSO_ELF =
  '${Buffer.from(elf).toString('hex')}';
`;
}

if (process.argv[1] === import.meta.filename) {
  const text = embedded(
    readFileSync(join(root, 'guest/tiny.elf')),
    readFileSync(join(root, 'guest/applets.h'), 'utf8'),
  );
  writeFileSync(join(root, 'src/api/tiny-program.ts'), text);
  writeFileSync(
    join(root, 'src/kernel/vdso-image.ts'),
    embeddedVdso(readFileSync(join(root, 'guest/vdso.elf'))),
  );
}
