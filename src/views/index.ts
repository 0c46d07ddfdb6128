export { fdsLines } from './fds.ts';
export { mapsLines, pageLines } from './maps.ts';
export { pcbLines } from './pcb.ts';
export { type PsOptions, psLines } from './ps.ts';
export { queuesLines } from './queues.ts';
export { facts, inTime, safe, type TextStyle, table, wrap } from './text.ts';
export { processTree } from './tree.ts';
export { circleText, waitText } from './waits.ts';
