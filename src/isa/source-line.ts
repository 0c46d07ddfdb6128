/** Assembly source into statements: comments off, labels apart, operands split at the commas. */

/** One statement of a source line. */
export interface Statement {
  readonly line: number;
  readonly labels: readonly string[];
  /** Mnemonic or directive, in lower case; empty when there are only labels. */
  readonly name: string;
  readonly operands: readonly string[];
}

/** Splits a source text. */
export function statements(text: string): Statement[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return plain.split('\n').flatMap((line, i) =>
    splitOutside(withoutComment(line), ';').flatMap((part) => {
      const statement = parse(part, i + 1);
      return statement ? [statement] : [];
    }),
  );
}

function parse(text: string, line: number): Statement | undefined {
  const labels: string[] = [];
  let rest = text.trim();
  for (let label = /^([.\w$]+):/.exec(rest); label; label = /^([.\w$]+):/.exec(rest)) {
    labels.push(label[1]!);
    rest = rest.slice(label[0].length).trim();
  }
  if (rest === '' && labels.length === 0) return undefined;
  const [, name = '', operands = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  const parts = operands === '' ? [] : splitOutside(operands, ',').map((part) => part.trim());
  return { line, labels, name: name.toLowerCase(), operands: parts };
}

const withoutComment = (line: string): string =>
  splitOutside(line, '#')[0]!.replace(/^((?:"(?:\\.|[^"\\])*"|[^"])*?)\/\/.*$/, '$1');

/** Splits at a character that stands outside of quotes. */
function splitOutside(text: string, at: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\' && quote) i++;
    else if (quote) quote = c === quote ? '' : quote;
    else if (c === '"' || (c === "'" && /^'(\\.|[^\\])'/.test(text.slice(i)))) quote = c;
    else if (c === at) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
