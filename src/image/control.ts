/** Debian's control format (deb822): paragraphs of `Field: value` with continuation lines. man 5 deb822. */

/** One paragraph: field names in lower case, continuation lines joined by newlines without their first space. */
export type Paragraph = ReadonlyMap<string, string>;

export function parseParagraph(text: string): Paragraph {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (name) fields.set(name, `${fields.get(name)}\n${line.slice(1)}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    name = line.slice(0, colon).toLowerCase();
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** The paragraphs of a file, as text: most are never looked into, and parsing them all would be slow. */
export const splitParagraphs = (text: string): string[] =>
  text
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n+/)
    .map((part) => part.replace(/^\n+/, ''))
    .filter((part) => part.trim() !== '');
