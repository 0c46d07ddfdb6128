import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

test('any bytes survive decoding and encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeUtf8(decodeUtf8(bytes))).toEqual(bytes);
    }),
  );
});

test('text is encoded as the host encodes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
      expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
    }),
  );
});

test('overlong forms and surrogates are not text', () => {
  expect(decodeUtf8(Uint8Array.of(0xc0, 0x80))).toBe('\udcc0\udc80');
  expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\udced\udca0\udc80');
});
