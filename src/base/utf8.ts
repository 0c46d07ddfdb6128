/** UTF-8, because the core may not see the host's TextEncoder. Malformed input decodes to U+FFFD. */

export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let n = 0;
  for (const char of text) {
    const c = char.codePointAt(0)!;
    if (c < 0x80) out[n++] = c;
    else if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 63);
    } else if (c < 0x10000) {
      out[n++] = 0xe0 | (c >> 12);
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
    } else {
      out[n++] = 0xf0 | (c >> 18);
      out[n++] = 0x80 | ((c >> 12) & 63);
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
    }
  }
  return out.slice(0, n);
}

/** Length of the sequence a lead byte announces, and the smallest code point it may carry. */
function lead(byte: number): readonly [length: number, bits: number, least: number] {
  if (byte < 0x80) return [1, byte, 0];
  if (byte >= 0xc2 && byte < 0xe0) return [2, byte & 31, 0x80];
  if (byte >= 0xe0 && byte < 0xf0) return [3, byte & 15, 0x800];
  if (byte >= 0xf0 && byte < 0xf5) return [4, byte & 7, 0x10000];
  return [1, 0xfffd, 0];
}

export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const [length, bits, least] = lead(bytes[i]!);
    let point = bits;
    let good = i + length <= bytes.length;
    for (let k = 1; good && k < length; k++) {
      const byte = bytes[i + k]!;
      good = (byte & 0xc0) === 0x80;
      point = (point << 6) | (byte & 63);
    }
    good &&= point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    text += String.fromCodePoint(good ? point : 0xfffd);
    i += good ? length : 1;
  }
  return text;
}
