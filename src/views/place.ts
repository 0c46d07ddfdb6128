/** Where an address lies, as text. */
import type { PlaceName } from '../machine/index.ts';
import { hex, safe } from './text.ts';

/** `function+0x12 (file)`. */
export const placeText = ({ symbol, offset, file }: PlaceName): string =>
  `${symbol === '' ? '' : `${safe(symbol)}+${hex(offset)} `}(${safe(file) || '?'})`;
