/** `--heap`: how the heaps of a run grew and what was never freed, on standard error at its end. */
import type { HeapView } from '../host-node/index.ts';
import { heapLines } from '../views/index.ts';
import type { Language } from '../words/index.ts';
import type { Observer } from './session.ts';
import { styleOf } from './style.ts';

/** Watches a session's machine, and tells of its heaps. */
export function watchHeap(stream: NodeJS.WriteStream, language: Language): Observer {
  let heap: () => HeapView = () => ({ processes: [] });
  return {
    onBoot(machine) {
      heap = machine.watchHeap();
    },
    onEnd: () => void stream.write(`\n${heapLines(heap(), language, styleOf(stream)).join('\n')}\n`),
  };
}
