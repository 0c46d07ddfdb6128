/** A guest's text, made safe to show. */

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\' };

/** A guest's text as one line: control characters and what changes the direction of writing are escaped, never sent. */
export const safe = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
    /[\u0000-\u001f\u007f-\u009f\\\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (found) => ESCAPES[found] ?? `\\u{${found.charCodeAt(0).toString(16)}}`,
  );
