/** `timeslice sched` as a user runs it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timeslice } from './timeslice.ts';

let folder: string;
let script: string;
const WORK = `spin() { n=0; while [ $n -lt $1 ]; do n=$((n+1)); done; }
spin 300 & spin 30 & spin 100 & wait; echo done
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'timeslice-sched-'));
  script = join(folder, 'work.sh');
  writeFileSync(script, WORK);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sched = (...args: string[]) => timeslice(['sched', '--image', 'tiny', ...args]);

interface Told {
  readonly policy: string;
  readonly quantum: number | null;
  readonly overhead: number;
  readonly response: number;
  readonly tasks: number;
}

test('shorter slices cost more switches and give sooner responses: the curve of the textbook', async () => {
  const args = [
    '--policies',
    'fcfs,rr',
    '--quantum',
    '50us,200us,2ms',
    '--switch-cost',
    '5us',
    '--json',
    script,
  ];
  const [one, two] = [await sched(...args), await sched(...args)];
  expect(one.err).toBe('');
  expect(two.out).toBe(one.out);
  const runs: Told[] = JSON.parse(one.out).runs;
  expect(runs.map(({ policy, quantum }) => [policy, quantum])).toEqual([
    ['fcfs', null],
    ['rr', 50_000],
    ['rr', 200_000],
    ['rr', 2_000_000],
  ]);
  const [, short, middle, long] = runs as [Told, Told, Told, Told];
  expect(short.overhead).toBeGreaterThan(middle.overhead);
  expect(middle.overhead).toBeGreaterThan(long.overhead);
  expect(short.response).toBeLessThan(middle.response);
  expect(middle.response).toBeLessThan(long.response);
});

test('a table, Gantt charts, and a page that needs nothing beside itself', async () => {
  const page = join(folder, 'report.html');
  const ran = await sched(
    '--policies',
    'rr,mlfq',
    '--quantum',
    '1ms,5ms',
    '--lang',
    'ko',
    '-o',
    page,
    script,
  );
  expect(ran.status).toBe(0);
  expect(ran.out).toContain('공정성');
  expect(ran.out).toMatch(/^CPU 0 [A-Za-z0-9*.|]+$/m);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('<html lang="ko">');
  expect(html).not.toMatch(/(src|href)=/);
});

test('what cannot be compared is said in a sentence with a hint', async () => {
  const said = async (...args: string[]) => {
    const { status, err } = await sched(...args);
    expect(err.trim().split('\n')).toHaveLength(2);
    return [status, err.split('\n')[0]];
  };
  expect(await said('--policies', 'nope', '--', 'true')).toEqual([
    125,
    'timeslice: --policies nope: there is no scheduling policy of that name',
  ]);
  expect(await said()).toEqual([125, 'timeslice: there is no program to schedule']);
  expect(await said('--', 'sh', '-c', 'echo so; exit 3')).toEqual([
    125,
    'timeslice: sh -c echo so; exit 3 ended with exit status 3: so',
  ]);
  expect(await said('-o', folder, '--', 'true')).toEqual([125, `timeslice: ${folder} is a folder`]);
  const bad = join(folder, 'bad.ts');
  writeFileSync(bad, 'export const policy = { ready(): number { throw new Error("no") } };');
  expect(await said('--policies', bad, '--', 'true')).toEqual([
    125,
    'timeslice: the policy bad is wrong in ready: it threw: no',
  ]);
  writeFileSync(bad, 'export const policy = {');
  expect((await said('--policies', bad, '--', 'true'))[1]).toContain('line 1');
});
