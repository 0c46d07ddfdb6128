/** The table of the benchmarks and its place in the docs. */
import { describe, expect, test } from 'vitest';
import { PROGRAMS } from './programs.ts';
import { checkTable, intoPage, means, type Report, reportText, row, verdict } from './report.ts';

const result = (q: number, v?: number) => ({
  engines: { qemu: { cpu: [1, 2, 3], wall: [1, 2, 3] }, timeslice: { cpu: [2 * q], wall: [2 * q] } },
  ratios: v === undefined ? { q } : { q, v },
});
const report: Report = {
  machine: {},
  rounds: 3,
  results: { sieve: result(0.5, 0.2), sort: result(2, 0.8), python: result(1) },
  checks: { code: [{ title: 'memory', value: 300, limit: 256, unit: 'MiB' }] },
};

describe('the report of the benchmarks', () => {
  test('a ratio is held against what must be and what is aimed at', () => {
    expect(verdict(0.4, 1, 0.5)).toBe('aim met');
    expect(verdict(0.9, 1, 0.5)).toBe('must met');
    expect(verdict(1.5, 1, 0.5)).toBe('missed by 1.50 times');
    expect(verdict(undefined, 1, 0.5)).toBe('');
  });

  test('a line has medians in seconds, ratios, targets and a verdict; what did not run is empty', () => {
    const sieve = PROGRAMS.find(({ name }) => name === 'sieve')!;
    expect(row(sieve, report.results['sieve']!).slice(1)).toEqual([
      '',
      '2.00',
      '',
      '1.00',
      '0.50',
      '',
      '0.20',
      '1.5 q',
      '0.8 q',
      'aim met',
    ]);
  });

  test('the geometric means are of integer kernels over QEMU and of all kernels over v86', () => {
    const [integers, v86] = means(report);
    expect([integers![5], v86![7]]).toEqual(['1.00', '0.40']);
  });

  test('a check above its limit is missed', () => {
    expect(checkTable(report)).toContain('| memory | 300 MiB | 256 MiB | missed |');
  });

  test('the generated part replaces what was between the marks, whatever characters it has', () => {
    const text = 'a\n<!-- bench -->\nold\n<!-- /bench -->\nb';
    expect(intoPage(text, "$& $'")).toBe("a\n<!-- bench -->\n$& $'\n<!-- /bench -->\nb");
    expect(() => intoPage('nothing', 'x')).toThrow('marks');
  });

  test('the kept report is the same report, with its lists on one line', () => {
    const text = reportText(report);
    expect(JSON.parse(text)).toEqual(report);
    expect(text).toContain('"cpu": [1, 2, 3]');
  });

  test('programs have names of their own', () => {
    expect(new Set(PROGRAMS.map(({ name }) => name)).size).toBe(PROGRAMS.length);
  });
});
