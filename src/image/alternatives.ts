/** Finds `update-alternatives --install` calls in maintainer scripts. man 1 update-alternatives. */

export interface Alternative {
  /** The generic name, such as /usr/bin/awk. */
  readonly link: string;
  /** The name under /etc/alternatives. */
  readonly name: string;
  readonly path: string;
  readonly priority: number;
  readonly slaves: readonly { readonly link: string; readonly name: string; readonly path: string }[];
}

/** What a script would register, literal arguments and plainly assigned variables only: no shell is run. */
export function alternativesOf(script: string): readonly Alternative[] {
  const found: Alternative[] = [];
  const variables = new Map<string, string>();
  for (const line of script.replace(/\\\n/g, ' ').split('\n')) {
    const assigned = /^\s*([A-Za-z_]\w*)=(["']?)([^"'$`\s]*)\2\s*$/.exec(line);
    if (assigned) variables.set(assigned[1]!, assigned[3]!);
    const call = /\bupdate-alternatives\b(.*)/.exec(line)?.[1];
    if (!call || line.trimStart().startsWith('#')) continue;
    const words = shellWords(call, variables);
    const at = words.indexOf('--install');
    const [link, name, path, priority] = words.slice(at + 1);
    if (at < 0 || !link || !name || !path || !priority || Number.isNaN(Number(priority))) continue;
    found.push({ link, name, path, priority: Number(priority), slaves: slavesOf(words) });
  }
  return found.filter(({ link, path }) => link.startsWith('/') && path.startsWith('/'));
}

function slavesOf(words: readonly string[]): Alternative['slaves'] {
  return words.flatMap((word, i) => {
    const [link, name, path] = words.slice(i + 1);
    return word === '--slave' && link && name && path ? [{ link, name, path }] : [];
  });
}

/** The words of a simple command up to its end; a word whose variable is not known is dropped with its call. */
function shellWords(text: string, variables: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/"([^"]*)"|'([^']*)'|([;&|><]+)|([^\s;&|><]+)/g)) {
    if (match[3] !== undefined) break;
    const raw = match[1] ?? match[2] ?? match[4]!;
    words.push(raw.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => variables.get(name) ?? whole));
  }
  return words.some((word) => word.includes('$')) ? [] : words;
}
