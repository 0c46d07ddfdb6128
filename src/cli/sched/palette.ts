/** Colours of series and tasks: those of Okabe and Ito, which keep apart for the colour-blind; all bear black text. */

export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'] as const;

/** Areas with letters on them. */
export const AREAS = [
  '#56B4E9',
  '#E69F00',
  '#7FD3BB',
  '#E9A9CC',
  '#F0E442',
  '#F2955E',
  '#A9C7F5',
  '#C9C9C9',
] as const;

/** The area of the nth task. */
export const areaOf = (at: number): string => AREAS[at % AREAS.length]!;
