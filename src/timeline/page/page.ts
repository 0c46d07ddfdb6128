/** A timeline as one page that needs nothing beside itself: lanes to zoom in, and all about the stay that is chosen. */
import { escapeHtml, PAGE_BASE } from '../../views/index.ts';
import { type Language, term } from '../../words/index.ts';
import { instantText, label } from '../labels.ts';
import { FLOW_KINDS, type Timeline } from '../model.ts';
import { ARROWS, arrowHeads, box, fillOf, patterns } from '../svg-parts.ts';
import type { Window } from '../window.ts';
import { type Look, pageData, STATES } from './data.ts';
import { diagramSvg } from './diagram.ts';
import { PAGE_SCRIPT } from './script.ts';
import { PAGE_STYLE } from './style.ts';
import { pageWords } from './words.ts';

/** The whole page; `program` is the command line of the run. */
export function timelinePage(
  timeline: Timeline,
  window: Window,
  looks: readonly Look[],
  { program, language }: { readonly program: string; readonly language: Language },
): string {
  const words = pageWords(language);
  const data = pageData(timeline, window, looks, language);
  const title = `${label('title', language)}: ${escapeHtml(program)}`;
  const section = (id: string, head: string, inside: string) =>
    `<section><h2>${escapeHtml(head)} <small id="${id}-at"></small></h2>${inside}</section>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${PAGE_BASE}${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<span>${instantText(window.from, window)} – ${instantText(window.to, window)}</span>
<button id="in" title="${words.zoomIn}">+</button><button id="out" title="${words.zoomOut}">−</button><button id="all">${words.all}</button>
</header>
<p>${escapeHtml(words.hint)}${data.isCoarse ? ` ${escapeHtml(words.coarse)}` : ''}</p>
<svg id="lanes" tabindex="0" role="application" aria-label="${title}"><defs>${patterns()}${arrowHeads()}</defs></svg>
<div class="legend">${legend(language)}</div>
<main>
${section('facts', words.chosen, `<div id="facts" aria-live="polite">${escapeHtml(words.nothing)}</div>`)}
${section('diagram', words.diagram, diagramSvg(language))}
${section('tree', words.tree, '<div id="tree"></div>')}
${section('maps', words.maps, '<pre id="maps"></pre>')}
${section('pcb', words.pcb, '<pre id="pcb"></pre>')}
</main>
<script type="application/json" id="data">${JSON.stringify({ data, words }).replace(/</g, '\\u003c')}</script>
<script type="module">${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function legend(language: Language): string {
  const entry = (drawing: string, text: string) =>
    `<span><svg width="24" height="16">${drawing}</svg> ${escapeHtml(text)}</span>`;
  const states = STATES.map((state) => entry(box(0, 20, fillOf(state), ''), term(state, language)));
  const flows = FLOW_KINDS.map((kind) => {
    const { colour, dash } = ARROWS[kind];
    const line = `<line x1="0" x2="20" y1="8" y2="8" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash || 'none'}" marker-end="url(#to-${kind})"/>`;
    return entry(line, label(kind, language));
  });
  return [
    ...states,
    ...flows,
    entry('<path d="M5 8L10 3L15 8L10 13z" fill="#fff" stroke="#000"/>', label('exec', language)),
  ].join('');
}
