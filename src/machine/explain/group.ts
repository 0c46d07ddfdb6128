/** What is told of one line at once: deeds of a kind are counted together, so that it stays small whatever happens. */
import type { Deed, LineTold } from './deed.ts';

const MOST_DEEDS = 12;

type Of = Pick<LineTold, 'pid' | 'tid' | 'file' | 'line' | 'function' | 'source'>;

export class Group {
  readonly #of: Of;
  readonly #deeds = new Map<string, Deed>();
  #more = 0;

  constructor(of: Of) {
    this.#of = of;
  }

  get tid(): number {
    return this.#of.tid;
  }

  isOf(tid: number, file: string, line: number): boolean {
    return this.#of.tid === tid && this.#of.line === line && this.#of.file === file;
  }

  add(deed: Deed): void {
    const key = keyOf(deed);
    const known = this.#deeds.get(key);
    if (known !== undefined) this.#deeds.set(key, sum(known, deed));
    else if (this.#deeds.size < MOST_DEEDS) this.#deeds.set(key, deed);
    else this.#more++;
  }

  /** What the line copied and how often it left the processor comes last. */
  told(): LineTold {
    const all = [...this.#deeds.values()];
    const deeds = [...all.filter((deed) => !isCounted(deed)), ...all.filter(isCounted)];
    return { kind: 'line', ...this.#of, deeds, more: this.#more };
  }
}

const isCounted = ({ what }: Deed): boolean => what === 'copied' || what === 'switched';

/** Deeds with the same key are one. */
function keyOf(deed: Deed): string {
  switch (deed.what) {
    case 'read':
    case 'write':
      return `${deed.what} ${deed.fd} ${deed.type} ${deed.file}`;
    case 'open':
      return `open ${deed.type}`;
    case 'wait':
      return `wait ${deed.on}`;
    case 'fork':
    case 'thread':
    case 'reap':
      return `${deed.what} ${deed.child}`;
    case 'sent':
      return `sent ${deed.signo} ${deed.to}`;
    case 'signal':
      return `signal ${deed.signo} ${deed.from}`;
    default:
      return deed.what;
  }
}

function sum(known: Deed, next: Deed): Deed {
  if ((known.what === 'read' || known.what === 'write') && next.what === known.what)
    return { ...known, bytes: known.bytes + next.bytes, times: known.times + next.times };
  if (known.what === 'open' && next.what === 'open') return { ...known, times: known.times + next.times };
  if (known.what === 'shared-memory' && next.what === known.what)
    return { ...known, bytes: known.bytes + next.bytes };
  if (known.what === 'copied' && next.what === 'copied') return { ...known, pages: known.pages + next.pages };
  if (known.what === 'switched' && next.what === 'switched')
    return { ...known, times: known.times + next.times };
  return known;
}
