/** What pictures are put together from: measures, attributes, fills that tell states without colour, heads of arrows. */
import { cut, escapeHtml } from '../views/index.ts';
import { type Language, STATE_LOOKS } from '../words/index.ts';
import type { Flow, SliceState } from './model.ts';
import type { Window } from './window.ts';

export const WIDTH = 1200;
export const LEFT = 170;
const RIGHT = 16;
export const ROW = 22;
export const BOX = 16;
/** Columns of a lane's name. */
const LABEL = 24;

/** Where instants lie in a picture. */
export interface Plane extends Window {
  readonly language: Language;
  readonly x: (at: number) => number;
}

export function planeOf(window: Window, language: Language): Plane {
  const { from, to } = window;
  const scale = (WIDTH - LEFT - RIGHT) / (to - from);
  return { ...window, language, x: (at) => LEFT + (Math.min(to, Math.max(from, at)) - from) * scale };
}

const short = (number: number): string => String(Number(number.toFixed(2)));

export const attributes = (of: Readonly<Record<string, string | number>>): string =>
  Object.entries(of)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? short(value) : value}"`)
    .join('');

/** A text as it may stand in a picture, no longer than its place. */
export const written = (text: string, columns = LABEL): string =>
  escapeHtml(cut(text, columns, { width: columns, isUnicode: true }));

/** A box of a lane with what it means as its tooltip; half as high where the task ran for a part only. */
export function box(from: number, to: number, fill: string, tip: string, height = BOX): string {
  const at = { x: from, y: BOX - height, width: Math.max(0.5, to - from), height };
  return `<rect${attributes(at)} fill="${fill}"><title>${escapeHtml(tip)}</title></rect>`;
}

export const fillOf = (state: SliceState): string => `url(#${state})`;

/** Lines over the colour of a state, in a tile of eight by eight. */
const OVERLAYS: Readonly<Record<(typeof STATE_LOOKS)[SliceState]['pattern'], string>> = {
  solid: '',
  dots: '<circle cx="4" cy="4" r="1.2"/>',
  edge: '<path d="M0 .5H8M0 15.5H8" stroke-width="1"/>',
  diagonal: '<path d="M-2 10L10 -2M-2 18L10 6" stroke-width="1.4"/>',
  vertical: '<path d="M2 0V16M6 0V16" stroke-width="1.2"/>',
  cross: '<path d="M0 0L8 8M8 0L0 8M0 8L8 16M8 8L0 16" stroke-width="1"/>',
  outline: '',
};

const STATES: readonly SliceState[] = ['ready', 'running', 'blocked', 'stopped', 'zombie'];

/** The fills of all states. */
export const patterns = (): string =>
  STATES.map((state) => {
    const { fill, text, pattern } = STATE_LOOKS[state];
    const lines = `<g stroke="${text}" fill="${text}" opacity=".45">${OVERLAYS[pattern]}</g>`;
    return `<pattern id="${state}" width="8" height="${BOX}" patternUnits="userSpaceOnUse"><rect width="8" height="${BOX}" fill="${fill}"/>${lines}</pattern>`;
  }).join('');

/** How each kind of arrow is drawn: by colour and by dashes. */
export const ARROWS: Readonly<Record<Flow['kind'], { readonly colour: string; readonly dash: string }>> = {
  fork: { colour: '#0072B2', dash: '' },
  wake: { colour: '#5b6673', dash: '2 2' },
  pipe: { colour: '#C2508F', dash: '6 2' },
  signal: { colour: '#B00020', dash: '1 2' },
};

export const arrowHeads = (): string =>
  Object.entries(ARROWS)
    .map(
      ([kind, { colour }]) =>
        `<marker id="to-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`,
    )
    .join('');
