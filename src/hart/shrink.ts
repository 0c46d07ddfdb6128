/** Makes a trial in which processors disagree smaller: fewer events, fewer instructions. For tests. */
import { type Disagreement, disagreement } from './agreement.ts';
import type { Processor, Trial } from './trial.ts';

/** A trial that still fails, and how. */
export interface Failure {
  readonly trial: Trial;
  readonly disagreement: Disagreement;
}

const NOP = [0x01, 0x00] as const;

class Shrinker {
  private readonly processors: readonly Processor[];
  best: Failure;

  constructor(trial: Trial, processors: readonly Processor[]) {
    this.processors = processors;
    const found = disagreement(trial, processors)!;
    this.best = { trial, disagreement: found };
  }

  /** Keeps a change under which the processors still disagree. */
  private keep(trial: Trial): boolean {
    const found = disagreement(trial, this.processors);
    if (found !== null) this.best = { trial, disagreement: found };
    return found !== null;
  }

  dropEvents(): void {
    const { trial, disagreement: found } = this.best;
    this.keep({ ...trial, events: trial.events.slice(0, found.event + 1) });
    for (let i = this.best.trial.events.length - 2; i >= 0; i--)
      this.keep({ ...this.best.trial, events: this.best.trial.events.toSpliced(i, 1) });
  }

  /** Overwrites code with nothing, in pieces that become smaller. */
  blankCode(pages: number): void {
    for (let size = 1024; size >= 2; size /= 2)
      for (let page = 0; page < pages; page++)
        for (let at = 0; at < 4096; at += size) {
          const bytes = this.best.trial.frames[page]!;
          if (isBlank(bytes.subarray(at, at + size))) continue;
          const changed = bytes.slice();
          for (let i = at; i < at + size; i++) changed[i] = NOP[i % 2]!;
          this.keep({ ...this.best.trial, frames: this.best.trial.frames.with(page, changed) });
        }
  }
}

const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((byte, i) => byte === NOP[i % 2]) || bytes.every((byte) => byte === 0);

/** The smallest trial found that still fails. The processors must disagree on the one given. */
export function smallest(trial: Trial, processors: readonly Processor[]): Failure {
  const shrinker = new Shrinker(trial, processors);
  shrinker.dropEvents();
  shrinker.blankCode(4);
  shrinker.dropEvents();
  return shrinker.best;
}
