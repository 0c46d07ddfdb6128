/** Moments of a recording as people type them: `12ms`, `event:1830`, `end`. */
import { isProblem, type Problem, problem } from '../base/index.ts';
import type { Moment } from '../host-node/index.ts';
import { parseCount, parseDuration } from './units.ts';

/** Reads the value of an option such as `--at`. */
export function parseMoment(option: string, text: string): Moment | Problem {
  if (text === 'end') return 'end';
  if (text.startsWith('event:')) {
    const event = parseCount(`${option} event:`, text.slice('event:'.length), 0);
    return isProblem(event) ? badMoment(option, text) : { event };
  }
  const time = parseDuration(option, text);
  return isProblem(time) ? badMoment(option, text) : time;
}

const badMoment = (option: string, text: string): Problem =>
  problem(
    'bad-moment',
    `${option} ${text}: not a moment`,
    `Write a virtual time such as ${option} 12ms, the number of an event such as ${option} event:1830, or end.`,
  );
