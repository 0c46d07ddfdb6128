/** Where an address lies, as text. */
import type { PlaceName } from '../machine/index.ts';
import { hex, safe } from './text.ts';

/** `function+0x12 source.c:34 (file)`. */
export const placeText = ({ symbol, offset, file, source }: PlaceName): string =>
  [
    ...(symbol === '' ? [] : [`${safe(symbol)}+${hex(offset)}`]),
    ...(source === null ? [] : [`${safe(source.file)}:${source.line}`]),
    `(${safe(file) || '?'})`,
  ].join(' ');
