/** What a timeline can be written as, by the end of the file's name. Only what is asked for is loaded. */
import type { Recording } from '../host-node/index.ts';
import { chromeTrace, perfettoTrace, type Timeline, timelineSvg, type Window } from '../timeline/index.ts';
import type { Language } from '../words/index.ts';

export interface Picture {
  readonly recording: Recording;
  readonly timeline: Timeline;
  readonly window: Window;
  readonly language: Language;
}

type Format = (picture: Picture) => Promise<string | Uint8Array>;

export const FORMATS: Readonly<Record<string, Format>> = {
  '.svg': async ({ timeline, window, language }) => timelineSvg(timeline, window, language),
  '.html': async (picture) => (await import('./timeline-page.ts')).asPage(picture),
  '.json': async ({ timeline, window, language }) => chromeTrace(timeline, window, language),
  '.pftrace': async ({ timeline, window, language }) => perfettoTrace(timeline, window, language),
};
