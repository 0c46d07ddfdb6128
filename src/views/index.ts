export { type ExplainLook, explainLines } from './explain.ts';
export { fdsLines } from './fds.ts';
export { heapLines } from './heap.ts';
export { escapeHtml } from './html.ts';
export { type Life, Lineage } from './lineage.ts';
export { lineageLines } from './lineage-text.ts';
export { mapsLines, pageLines } from './maps.ts';
export { PAGE_BASE } from './page-base.ts';
export { pcbLines } from './pcb.ts';
export { type PsOptions, psLines } from './ps.ts';
export { queuesLines } from './queues.ts';
export {
  cut,
  facts,
  inTime,
  padEnd,
  padStart,
  safe,
  type TextStyle,
  table,
  treeMarks,
  widthOf,
  wrap,
} from './text.ts';
export { processTree } from './tree.ts';
export { circleText, waitText } from './waits.ts';
