/** How the page looks. The colours of states are those of all views. */
import { STATE_LOOKS } from '../../words/index.ts';
import { ARROWS } from '../svg-parts.ts';
import { STATES } from './data.ts';

const CHIPS = STATES.map((state) => {
  const { fill, text } = STATE_LOOKS[state];
  return `.chip.${state} { background: ${fill}; color: ${text}; }
#diagram .${state}.now ellipse { fill: ${fill}; } #diagram .${state}.now text { fill: ${text}; }`;
}).join('\n');

const FLOWS = Object.entries(ARROWS)
  .map(
    ([kind, { colour, dash }]) => `.flow.${kind} { stroke: ${colour}; stroke-dasharray: ${dash || 'none'}; }`,
  )
  .join('\n');

export const PAGE_STYLE = `
body { max-width: 100rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; }
header h1 { margin-right: auto; }
button { font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: 4px; padding: .1rem .6rem; cursor: pointer; }
button.chosen { outline: 2px solid #0072b2; }
#lanes { display: block; width: 100%; margin: .5rem 0; touch-action: none; user-select: none; background: var(--paper); font-size: 12px; }
#lanes:focus-visible { outline: 2px solid #0072b2; outline-offset: 4px; }
#lanes text { fill: var(--ink); pointer-events: none; }
#lanes .tick { fill: var(--soft); font-size: 10px; }
#lanes .grid { stroke: var(--line); }
#lanes rect { cursor: pointer; }
#lanes rect.chosen { stroke: #0072b2; stroke-width: 3; }
#lanes .cpu { fill: ${STATE_LOOKS.running.fill}; stroke: var(--paper); stroke-width: .6; }
#lanes .on { fill: ${STATE_LOOKS.running.text}; }
#lanes .cost { fill: var(--ink); }
#lanes .mark { fill: #fff; stroke: #000; } #lanes .mark.signal { fill: #B00020; stroke: #fff; }
.flow { stroke-width: 1.5; }
${FLOWS}
.chip { padding: 0 .5em; border-radius: 3px; white-space: nowrap; font-size: .85em; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem .8rem; }
.legend svg { vertical-align: middle; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 0 2rem; }
section { min-width: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding-left: 1.2rem; border-left: 1px solid var(--line); } #tree > ul { padding: 0; border: 0; }
li { margin: .2rem 0; }
pre { font: 12px/1.45 ui-monospace, 'Noto Sans Mono CJK KR', monospace; overflow: auto; max-height: 32rem; margin: 0; padding: .6rem .8rem; background: var(--band); border-radius: 4px; }
h2 small { font-weight: 400; color: var(--soft); }
#diagram { width: 100%; max-width: 34rem; font-size: 12px; }
#diagram ellipse { fill: var(--band); stroke: var(--soft); }
#diagram text { fill: var(--ink); }
.edge path { fill: none; stroke: var(--line); stroke-width: 1.5; } .edge text { fill: var(--soft); font-size: 11px; }
.edge.used path { stroke: var(--ink); } .edge.used text { fill: var(--ink); font-weight: 600; }
#edge path { fill: var(--soft); stroke: none; }
${CHIPS}
#diagram .terminated.now ellipse { fill: ${STATE_LOOKS.terminated.fill}; } #diagram .terminated.now text { fill: ${STATE_LOOKS.terminated.text}; }
`;
