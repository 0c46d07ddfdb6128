/** How wide text may be on a stream, and whether it may have more than ASCII. */
import type { TextStyle } from '../views/index.ts';

const LEAST_WIDTH = 20;
const PIPE_WIDTH = 1000;

/** A pipe takes lines of any length, unless what is drawn fills its lines. */
export const styleOf = (stream: NodeJS.WriteStream, pipeWidth = PIPE_WIDTH): TextStyle => ({
  width: stream.isTTY ? Math.max(LEAST_WIDTH, stream.columns) : Number(process.env['COLUMNS']) || pipeWidth,
  isUnicode: /utf-?8/i.test(
    process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || 'utf-8',
  ),
});
