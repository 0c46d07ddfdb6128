/** The diagram of states as the textbook draws it; the page fills in how often each edge was gone. */
import { escapeHtml } from '../../views/index.ts';
import { type Language, term } from '../../words/index.ts';
import { pageWords } from './words.ts';

type Node = 'new' | 'ready' | 'running' | 'blocked' | 'stopped' | 'terminated';

const PLACES: Readonly<Record<Node, readonly [x: number, y: number]>> = {
  new: [60, 40],
  ready: [170, 110],
  running: [370, 110],
  blocked: [270, 210],
  stopped: [480, 210],
  terminated: [480, 40],
};

/** Edges: which changes of state go along it, its curve, where its word stands. */
const EDGES: readonly (readonly [
  changes: string,
  word: keyof ReturnType<typeof pageWords>,
  path: string,
  x: number,
  y: number,
])[] = [
  ['new-ready', 'admit', 'M80 60L140 95', 58, 88],
  ['ready-running', 'dispatch', 'M212 102Q270 78 328 102', 270, 82],
  ['running-ready', 'preempt', 'M328 118Q270 142 212 118', 270, 146],
  ['running-blocked', 'wait', 'M352 128L300 192', 366, 170],
  ['blocked-ready', 'wake', 'M240 192L188 128', 246, 164],
  ['running-stopped ready-stopped blocked-stopped', 'stop', 'M400 126L452 192', 460, 158],
  ['stopped-ready', 'continue', 'M446 226Q190 290 164 132', 300, 258],
  ['running-zombie', 'exit', 'M398 94L446 60', 396, 66],
];

/** The drawing. */
export function diagramSvg(language: Language): string {
  const words = pageWords(language);
  const nodes = Object.entries(PLACES).map(([state, [x, y]]) => {
    const word = state === 'new' || state === 'terminated' ? words[state] : term(state as 'ready', language);
    return `<g data-state="${state}" class="state ${state}"><ellipse cx="${x}" cy="${y}" rx="46" ry="20"/><text x="${x}" y="${y + 4}" text-anchor="middle">${escapeHtml(word)}</text></g>`;
  });
  const edges = EDGES.map(
    ([changes, word, path, x, y]) =>
      `<g data-edge="${changes}" data-word="${escapeHtml(words[word])}" class="edge"><path d="${path}" marker-end="url(#edge)"/><text x="${x}" y="${y}" text-anchor="middle">${escapeHtml(words[word])}</text></g>`,
  );
  return `<svg id="diagram" viewBox="0 0 540 268" role="img" aria-label="${escapeHtml(words.diagram)}"><defs><marker id="edge" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>${edges.join('')}${nodes.join('')}</svg>`;
}
