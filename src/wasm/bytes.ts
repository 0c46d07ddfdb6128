/** LEB128 and little-endian numbers, as the binary format writes them. */

export function unsignedLeb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest === 0 ? byte : byte | 128);
  } while (rest !== 0);
  return out;
}

/** Signed LEB128 of a safe integer. */
export function signedLeb(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; ) {
    const byte = ((rest % 128) + 128) % 128;
    rest = Math.floor(rest / 128);
    if ((rest === 0 && byte < 64) || (rest === -1 && byte >= 64)) {
      out.push(byte);
      return out;
    }
    out.push(byte | 128);
  }
}

export function doubleBytes(value: number): number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

export function floatBytes(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}
