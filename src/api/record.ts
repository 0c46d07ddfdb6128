/** Records a machine of the library: which layers need not be kept, and when to write. */
import type { Machine as Core, MachineOptions } from '../machine/index.ts';
import { Recorder } from '../recording/index.ts';
import type { Layer } from '../vfs/index.ts';
import type { BootOptions } from './options.ts';
import { hostTime } from './platform.ts';
import { tinyLayer, tinyName } from './tiny.ts';

/** A layer whose id is a hash of what is in it can be found again. */
const nameOf = (layer: Layer): string | null => {
  if (layer === tinyLayer()) return tinyName();
  return layer.id.startsWith('sha256:') ? layer.id : null;
};

/** What happened is written after so many milliseconds at most. */
const PATIENCE = 200;

/** The recorder that the options ask for, or null. */
export function recorderFor(
  options: MachineOptions,
  { record, recordedBy }: BootOptions,
): MachineRecorder | null {
  if (record === undefined) return null;
  return new MachineRecorder(new Recorder(options, record, { producer: recordedBy ?? 'timeslice', nameOf }));
}

export class MachineRecorder {
  /** As the machine must be made. */
  readonly options: MachineOptions;
  readonly #recorder: Recorder;
  #written = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.options = recorder.options;
  }

  attach(core: Core): void {
    this.#recorder.attach(core);
  }

  /** The machine has run a stretch; `isResting`: it will not go on at once. */
  after(isResting: boolean): void {
    const now = hostTime();
    const isPressing = isResting || now - this.#written > PATIENCE;
    if (isPressing) this.#written = now;
    this.#recorder.after(isPressing);
  }

  /** The machine stopped for this reason; the first program's wait status, or null. */
  end(why: string, status: number | null): void {
    // A machine that broke may have no state to be hashed.
    if (why !== 'bug') this.#recorder.end(why, status);
  }
}
