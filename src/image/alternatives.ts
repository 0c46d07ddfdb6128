/** Finds `update-alternatives --install` calls in maintainer scripts. man 1 update-alternatives. */
import { callsOf, type ScriptCommand } from './script-words.ts';

export interface Alternative {
  /** The generic name, such as /usr/bin/awk. */
  readonly link: string;
  /** The name under /etc/alternatives. */
  readonly name: string;
  readonly path: string;
  readonly priority: number;
  readonly slaves: readonly { readonly link: string; readonly name: string; readonly path: string }[];
}

/** What a script would register. A call with a word that needs a shell is left out. */
export function alternativesOf(script: string): readonly Alternative[] {
  return callsOf(script, 'update-alternatives').flatMap((words) => {
    const [link, name, path, priority] = words.slice(words.indexOf('--install') + 1);
    if (!words.includes('--install') || words.includes(undefined)) return [];
    if (!link?.startsWith('/') || !name || !path?.startsWith('/')) return [];
    if (!priority || Number.isNaN(Number(priority))) return [];
    return [{ link, name, path, priority: Number(priority), slaves: slavesOf(words) }];
  });
}

function slavesOf(words: ScriptCommand): Alternative['slaves'] {
  return words.flatMap((word, i) => {
    const [link, name, path] = words.slice(i + 1);
    return word === '--slave' && link && name && path ? [{ link, name, path }] : [];
  });
}

/**
 * The alternatives of a Java runtime: its postinst loops over the lines of this file. Source: java-common's
 * update-java-alternatives(8).
 */
export function javaAlternativesOf(jinfo: string): readonly Alternative[] {
  const priority = Number(/^priority=(\d+)/m.exec(jinfo)?.[1] ?? 0);
  return [...jinfo.matchAll(/^(?:hl|jre|jdk|jdkhl) (\S+) (\/\S+)$/gm)].map(([, name, path]) => ({
    link: `/usr/bin/${name}`,
    name: name!,
    path: path!,
    priority,
    slaves: [],
  }));
}
