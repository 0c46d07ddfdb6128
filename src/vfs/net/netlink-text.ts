/** Building and reading the messages of netlink: a header, a fixed structure, attributes. man 3 netlink, rtnetlink. */

const HEADER = 16;
const align = (length: number): number => (length + 3) & ~3;

export const NLM_F = { MULTI: 2, ACK: 4, ROOT: 0x100, MATCH: 0x200, DUMP: 0x300 } as const;
export const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3 } as const;

/** A number of so many bytes, little-endian. */
export function int(value: number, size: 1 | 2 | 4 | 8 = 4): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

/** Text with its zero. */
export const text = (value: string): Uint8Array => Uint8Array.from([...value, '\0'], (c) => c.charCodeAt(0));

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An attribute: its length, its type, its value. */
export function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(align(4 + value.length));
  bytes.set(int(4 + value.length, 2));
  bytes.set(int(type, 2), 2);
  bytes.set(value, 4);
  return bytes;
}

/** What a question was asked with. */
export interface Request {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Uint8Array;
  /** All of it, for an answer that says what was wrong. */
  readonly whole: Uint8Array;
}

export function message(
  type: number,
  flags: number,
  { sequence }: Request,
  port: number,
  body: Uint8Array,
): Uint8Array {
  const head = [int(HEADER + body.length), int(type, 2), int(flags, 2), int(sequence), int(port)];
  const bytes = joined(...head, body);
  return bytes.length === align(bytes.length) ? bytes : joined(bytes, new Uint8Array(-bytes.length & 3));
}

/** Reads the messages of one datagram. */
export function requestsOf(bytes: Uint8Array): Request[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Request[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > bytes.length) break;
    found.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      body: bytes.subarray(at + HEADER, at + length),
      whole: bytes.subarray(at, at + length),
    });
    at += align(length);
  }
  return found;
}

/** The attributes behind a structure of so many bytes. */
export function attributesOf(body: Uint8Array, from: number): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = align(from); at + 4 <= body.length; ) {
    const length = body[at]! | (body[at + 1]! << 8);
    if (length < 4 || at + length > body.length) break;
    found.set((body[at + 2]! | (body[at + 3]! << 8)) & 0x3fff, body.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}
