/** A row of bytes that grows. */

const FIRST_ROOM = 1024;

export class Bytes {
  private room = new Uint8Array(FIRST_ROOM);
  length = 0;

  private need(more: number): void {
    if (this.length + more <= this.room.length) return;
    const larger = new Uint8Array(Math.max(2 * this.room.length, this.length + more));
    larger.set(this.room.subarray(0, this.length));
    this.room = larger;
  }

  push(byte: number): void {
    if (this.length === this.room.length) this.need(1);
    this.room[this.length++] = byte;
  }

  append(bytes: ArrayLike<number>): void {
    this.need(bytes.length);
    this.room.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** An unsigned integer below 2^32 as LEB128. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.push((rest & 127) | 128);
      rest >>>= 7;
    }
    this.push(rest);
  }

  /** What there is, as it is now. */
  view(): Uint8Array<ArrayBuffer> {
    return this.room.subarray(0, this.length);
  }
}
