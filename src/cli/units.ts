/** Times, sizes and counts as people type them: `5ms`, `512M`, `1e9`. */
import { type Problem, problem } from '../base/index.ts';

const TIMES: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const SIZES: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const split = (text: string) => /^(\d+(?:\.\d+)?(?:e\d+)?)\s*([a-zµ]*)$/i.exec(text.trim());

/** Nanoseconds of `20us`, `5ms`, `1.5s`, `2m`, `1h`; a bare number is seconds, as sleep(1) has it. */
export function parseDuration(option: string, text: string): number | Problem {
  const [, number, unit = ''] = split(text) ?? [];
  const scale = unit === '' ? 1e9 : TIMES[unit];
  if (number === undefined || scale === undefined)
    return problem(
      'bad-duration',
      `${option} ${text}: not a time`,
      `Write a number with ns, us, ms, s, m or h, such as ${option} 5ms.`,
    );
  return Math.round(Number(number) * scale);
}

/** Bytes of `64K`, `512M`, `1G`; a bare number is bytes. */
export function parseSize(option: string, text: string): number | Problem {
  const [, number, unit = ''] = split(text) ?? [];
  const scale = SIZES[unit.toUpperCase().replace(/I?B$/, '')];
  if (number === undefined || scale === undefined)
    return problem(
      'bad-size',
      `${option} ${text}: not a size`,
      `Write bytes, or a number with K, M or G, such as ${option} 512M.`,
    );
  return Math.round(Number(number) * scale);
}

/** A whole number within bounds. */
export function parseCount(
  option: string,
  text: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | Problem {
  const value = Number(text);
  if (!/^\d+(e\d+)?$/i.test(text.trim()) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
    return problem(
      'bad-number',
      `${option} ${text}: not a whole number ${range}`,
      `Give ${option} a whole number ${range}.`,
    );
  }
  return value;
}
