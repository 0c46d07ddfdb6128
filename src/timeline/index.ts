export { label as timelineLabel } from './labels.ts';
export type { LaneTimes } from './lane-times.ts';
export { columnsOf, type LanesStyle, laneLine, legendLines, scaleLine, type TextLane } from './lanes-text.ts';
export { Timeline } from './model.ts';
export { StateTrack, type TaskState } from './state-track.ts';
export { timelineSvg } from './svg.ts';
export { timelineLines } from './text.ts';
export { interestingFrom, type Window } from './window.ts';
