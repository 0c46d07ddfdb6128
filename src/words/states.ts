/**
 * How the states of a task look, in every view alike. The colours keep apart for the colour-blind, too (the worst pair
 * is 17 of CIEDE2000 under simulated deuteranopia, protanopia and tritanopia); each has a mark of its own, so that
 * no picture needs colour.
 */
import type { Word } from './glossary.ts';

/** A state as views show it. */
export type ShownState = 'new' | 'ready' | 'running' | 'blocked' | 'stopped' | 'zombie' | 'terminated';

export interface StateLook {
  readonly word: Word;
  /** CSS colours of the area and of text on it, at least 4.5:1. */
  readonly fill: string;
  readonly text: string;
  /** A sign for labels. */
  readonly sign: string;
  /** What fills its area where there are no colours. */
  readonly pattern: 'solid' | 'dots' | 'edge' | 'diagonal' | 'vertical' | 'cross' | 'outline';
  /** The colour on a terminal (names of util.styleText). */
  readonly ansi: 'cyan' | 'yellow' | 'green' | 'red' | 'magenta' | 'gray';
  /** A cell of a timeline as text, with Unicode's blocks and without. */
  readonly cell: readonly [unicode: string, ascii: string];
}

export const STATE_LOOKS: Readonly<Record<ShownState, StateLook>> = {
  new: {
    word: 'new',
    fill: '#56B4E9',
    text: '#000000',
    sign: '＋',
    pattern: 'dots',
    ansi: 'cyan',
    cell: ['+', '+'],
  },
  ready: {
    word: 'ready',
    fill: '#F0E442',
    text: '#000000',
    sign: '▷',
    pattern: 'edge',
    ansi: 'yellow',
    cell: ['░', '-'],
  },
  running: {
    word: 'running',
    fill: '#00875F',
    text: '#FFFFFF',
    sign: '▶',
    pattern: 'solid',
    ansi: 'green',
    cell: ['█', '#'],
  },
  blocked: {
    word: 'blocked',
    fill: '#D55E00',
    text: '#000000',
    sign: '⏸',
    pattern: 'diagonal',
    ansi: 'red',
    cell: ['·', '.'],
  },
  stopped: {
    word: 'stopped',
    fill: '#7E57C2',
    text: '#FFFFFF',
    sign: '■',
    pattern: 'vertical',
    ansi: 'magenta',
    cell: ['=', '='],
  },
  zombie: {
    word: 'zombie',
    fill: '#1F1F1F',
    text: '#FFFFFF',
    sign: '☠',
    pattern: 'cross',
    ansi: 'gray',
    cell: ['z', 'z'],
  },
  terminated: {
    word: 'terminated',
    fill: '#C9C9C9',
    text: '#000000',
    sign: '✕',
    pattern: 'outline',
    ansi: 'gray',
    cell: [' ', ' '],
  },
};
