/** docs/policies.md tells of every policy, and its example is one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { POLICY_NAMES } from '../../src/api/index.ts';
import { whyNoPolicy } from '../../src/kernel/index.ts';
import { simulate } from '../../src/kernel/policy/fixture.ts';

const text = readFileSync(resolve(import.meta.dirname, '../../docs/policies.md'), 'utf8');

test('every policy has its row', () => {
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual([...POLICY_NAMES]);
});

test('the example is a policy: who waited long has a longer slice', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(text)!;
  const { code } = transformSync(example!, { loader: 'ts', format: 'cjs' });
  const policy = { name: 'example', source: code };
  expect(whyNoPolicy(policy)).toBeNull();
  const jobs = [100, 100, 100].map((burst) => ({ arrives: 0, bursts: [burst] }));
  const { stays } = simulate(policy, jobs, { quantum: 10 });
  expect(stays.slice(0, 4)).toEqual([
    [1, 0, 10],
    [2, 10, 30],
    [3, 30, 70],
    [1, 70, 110],
  ]);
});
