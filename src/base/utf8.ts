/**
 * UTF-8 without the host's TextEncoder. Linux's names are bytes: a byte that is no valid UTF-8 decodes to
 * the lone surrogate U+DC00 + byte and encodes back to itself (Python's surrogateescape, PEP 383), so that
 * every path survives the round trip.
 */

export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i)!;
    if (c < 0x80) out[n++] = c;
    else if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 63);
    } else if (c >= 0xdc80 && c <= 0xdcff) out[n++] = c & 0xff;
    else if (c < 0x10000) {
      out[n++] = 0xe0 | (c >> 12);
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
    } else {
      out[n++] = 0xf0 | (c >> 18);
      out[n++] = 0x80 | ((c >> 12) & 63);
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
      i++;
    }
  }
  return out.slice(0, n);
}

/** Bytes of the sequence a lead byte announces, its own payload, and the smallest code point it may carry. */
function lead(byte: number): readonly [length: number, bits: number, least: number] {
  if (byte >= 0xc2 && byte < 0xe0) return [2, byte & 31, 0x80];
  if (byte >= 0xe0 && byte < 0xf0) return [3, byte & 15, 0x800];
  if (byte >= 0xf0 && byte < 0xf5) return [4, byte & 7, 0x10000];
  return [0, 0, 0];
}

export function decodeUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let i = from; i < to; ) {
    const first = bytes[i]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const [length, bits, least] = lead(first);
    let point = bits;
    let good = length > 0 && i + length <= to;
    for (let k = 1; good && k < length; k++) {
      const byte = bytes[i + k]!;
      good = (byte & 0xc0) === 0x80;
      point = (point << 6) | (byte & 63);
    }
    good &&= point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    text += good ? String.fromCodePoint(point) : String.fromCharCode(0xdc00 + first);
    i += good ? length : 1;
  }
  return text;
}
