/** Reads simple commands out of maintainer scripts: literal words and plainly assigned variables only, no shell is run. */

/** A simple command of a script. A word that needs a shell is undefined. */
export type ScriptCommand = readonly (string | undefined)[];

/** The calls of a command in a script, in order, each as its words after the command's name. */
export function callsOf(script: string, command: string): ScriptCommand[] {
  const found: ScriptCommand[] = [];
  const variables = new Map<string, string>();
  const calls = new RegExp(`(?:^|[\\s;&|(])${command}(\\s.*|$)`);
  for (const line of script.replace(/\\\n/g, ' ').split('\n')) {
    const assigned = /^\s*([A-Za-z_]\w*)=(["']?)([^"'$`\s]*)\2\s*$/.exec(line);
    if (assigned) variables.set(assigned[1]!, assigned[3]!);
    const call = line.trimStart().startsWith('#') ? null : calls.exec(line);
    if (call) found.push(wordsOf(call[1]!, variables));
  }
  return found;
}

function wordsOf(text: string, variables: ReadonlyMap<string, string>): ScriptCommand {
  const words: (string | undefined)[] = [];
  for (const match of text.matchAll(/"([^"]*)"|'([^']*)'|([;&|><]+)|([^\s;&|><]+)/g)) {
    if (match[3] !== undefined) break;
    const raw = match[1] ?? match[2] ?? match[4]!;
    const word = raw.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => variables.get(name) ?? whole);
    words.push(/[$`]/.test(word) ? undefined : word);
  }
  return words;
}
