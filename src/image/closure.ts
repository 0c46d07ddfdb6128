/** From the packages that were asked for to all that must be there, in an order that respects dependencies. */
import { type Problem, problem } from '../base/index.ts';
import { type Alternatives, findPackage, type Package, type PackageIndex } from './package-index.ts';

/** Debian policy 2.5, most needed first: decides between several providers of a virtual name. */
const PRIORITIES = ['required', 'important', 'standard', 'optional', 'extra'];

/**
 * The dependency closure over Depends and Pre-Depends, dependencies first (base-files before all: its merged-usr
 * links decide where the others' files go). Recommends are not followed, conflicts not looked at.
 */
export function closure(index: PackageIndex, wanted: readonly string[]): readonly Package[] | Problem {
  const chosen = new Map<string, Package | 'visiting'>();
  const order: Package[] = [];
  const visit = (name: string, neededBy: string | undefined): Problem | undefined => {
    if (chosen.has(name)) return undefined;
    const found = findPackage(index, name) ?? findPackage(index, provider(index, name, chosen) ?? '');
    if (!found) return unknownPackage(index, name, neededBy);
    if (chosen.has(found.name)) return undefined;
    chosen.set(found.name, 'visiting');
    for (const group of found.depends) {
      const wrong = visit(satisfy(index, group, chosen), found.name);
      if (wrong) return wrong;
    }
    chosen.set(found.name, found);
    order.push(found);
    return undefined;
  };
  for (const name of ['base-files', ...wanted]) {
    if (name === 'base-files' && !index.paragraphs.has(name)) continue;
    const wrong = visit(name, undefined);
    if (wrong) return wrong;
  }
  return order.sort((a, b) => Number(b.name === 'base-files') - Number(a.name === 'base-files'));
}

/** An alternative that is already chosen, else the first that exists; with none, the first name, to be complained of. */
function satisfy(index: PackageIndex, group: Alternatives, chosen: ReadonlyMap<string, unknown>): string {
  const providedBy = (name: string) => index.providers.get(name) ?? [];
  return (
    group.find((name) => chosen.has(name) || providedBy(name).some((real) => chosen.has(real))) ??
    group.find((name) => index.paragraphs.has(name) || providedBy(name).length > 0) ??
    group[0]!
  );
}

function provider(
  index: PackageIndex,
  virtual: string,
  chosen: ReadonlyMap<string, unknown>,
): string | undefined {
  const names = index.providers.get(virtual) ?? [];
  const rank = (name: string) => PRIORITIES.indexOf(findPackage(index, name)?.priority ?? 'extra');
  return names.find((name) => chosen.has(name)) ?? [...names].sort((a, b) => rank(a) - rank(b))[0];
}

function unknownPackage(index: PackageIndex, name: string, neededBy: string | undefined): Problem {
  const near = nearNames([...index.paragraphs.keys()], name);
  return problem(
    'unknown-package',
    `there is no package ${name}${neededBy ? `, which ${neededBy} needs,` : ''} for this architecture in the archive`,
    near.length > 0
      ? `Check the name; there is ${near.join(', ')}.`
      : 'Check the name, or use another suite or mirror.',
  );
}

/** Names that begin as this one does, as far as any does. */
function nearNames(names: readonly string[], name: string): readonly string[] {
  for (let length = name.length; length >= 3; length--) {
    const near = names.filter((other) => other.startsWith(name.slice(0, length)));
    if (near.length > 0) return near.sort((a, b) => a.length - b.length).slice(0, 3);
  }
  return [];
}
