/**
 * Plain data as bytes, compact and the same for the same data: numbers, text, lists, records, Maps, Sets and
 * arrays of numbers. Whatever is named twice is one again after reading; records keep the order of their fields.
 */
import { bug } from './bug.ts';
import { type NumberArray, TAG, TYPED } from './pack-tags.ts';

/** Gives the bytes of any plain data. */
export function pack(value: unknown): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes();
}

const FIRST_SIZE = 1 << 16;
/** Integers of at most so many magnitude bits are written in bytes of seven bits each. */
const SMALL = 2 ** 31;

/** Names of fields in their order, as a path of a tree: any text may be a name. */
interface Shape {
  /** Its order among the shapes written so far. */
  id: number | undefined;
  readonly longer: Map<string, Shape>;
}

class Writer {
  #bytes = new Uint8Array(FIRST_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Order of first writing of everything that can be named twice. */
  readonly #known = new Map<object | string, number>();
  #shapes = 0;
  readonly #noFields: Shape = { id: undefined, longer: new Map() };

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  value(value: unknown): void {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'object' && value !== null) this.#object(value);
    else if (value === null) this.#byte(TAG.null);
    else if (value === undefined) this.#byte(TAG.undefined);
    else if (typeof value === 'boolean') this.#byte(value ? TAG.true : TAG.false);
    else bug(`a ${typeof value} is no plain data`);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && value > -SMALL && value < SMALL && !Object.is(value, -0)) {
      this.#byte(value < 0 ? TAG.negative : TAG.count);
      this.#count(Math.abs(value));
      return;
    }
    this.#byte(TAG.number);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #text(text: string): void {
    if (this.#again(text)) return;
    let isNarrow = true;
    for (let i = 0; isNarrow && i < text.length; i++) isNarrow = text.charCodeAt(i) < 256;
    this.#byte(isNarrow ? TAG.text : TAG.wideText);
    this.#count(text.length);
    this.#reserve(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      this.#bytes[this.#length++] = unit;
      if (!isNarrow) this.#bytes[this.#length++] = unit >>> 8;
    }
  }

  #object(value: object): void {
    if (this.#again(value)) return;
    if (Array.isArray(value)) this.#list(TAG.list, value.length, value);
    else if (value instanceof Map) this.#map(value);
    else if (value instanceof Set) this.#list(TAG.set, value.size, value);
    else if (ArrayBuffer.isView(value)) this.#numbers(value as NumberArray);
    else this.#record(value as Record<string, unknown>);
  }

  #list(tag: number, length: number, values: Iterable<unknown>): void {
    this.#byte(tag);
    this.#count(length);
    for (const value of values) this.value(value);
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    this.#byte(TAG.map);
    this.#count(map.size);
    for (const [key, value] of map) {
      this.value(key);
      this.value(value);
    }
  }

  #record(record: Record<string, unknown>): void {
    const keys = Object.keys(record);
    const prototype: unknown = Object.getPrototypeOf(record);
    if (prototype !== Object.prototype && prototype !== null)
      bug(`an object with ${keys.join(', ')} is no plain data`);
    const shape = this.#shapeOf(keys);
    this.#byte(shape.id === undefined ? TAG.newShape : TAG.record);
    this.#count(shape.id ?? keys.length);
    if (shape.id === undefined) {
      shape.id = this.#shapes++;
      for (const key of keys) this.#text(key);
    }
    for (const key of keys) this.value(record[key]);
  }

  #shapeOf(keys: readonly string[]): Shape {
    let shape = this.#noFields;
    for (const key of keys) {
      let longer = shape.longer.get(key);
      if (longer === undefined) {
        longer = { id: undefined, longer: new Map() };
        shape.longer.set(key, longer);
      }
      shape = longer;
    }
    return shape;
  }

  #numbers(values: NumberArray): void {
    const type = TYPED.findIndex((each) => values instanceof each);
    if (type < 0) bug('a view of an unknown kind is no plain data');
    this.#byte(TAG.numbers);
    this.#byte(type);
    this.#count(values.length);
    this.#reserve(values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#length);
    this.#length += values.byteLength;
  }

  /** Writes a reference to what was written before. */
  #again(value: object | string): boolean {
    const known = this.#known.get(value);
    if (known === undefined) {
      this.#known.set(value, this.#known.size);
      return false;
    }
    this.#byte(TAG.again);
    this.#count(known);
    return true;
  }

  #count(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
