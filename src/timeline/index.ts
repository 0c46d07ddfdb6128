export { chromeTrace } from './chrome.ts';
export type { LaneTimes } from './lane-times.ts';
export { columnsOf, type LanesStyle, laneLine, legendLines, scaleLine, type TextLane } from './lanes-text.ts';
export { Timeline } from './model.ts';
export { perfettoTrace } from './perfetto.ts';
export { StateTrack, type TaskState } from './state-track.ts';
export { timelineSvg } from './svg.ts';
export { timelineLines } from './text.ts';
export { interestingFrom, type Window } from './window.ts';
