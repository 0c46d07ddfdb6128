/**
 * Debian programs on our kernel. Without the image these tests are skipped with a line that says so; in CI they fail
 * instead. Every program runs twice (machine-fixture.ts).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/base/index.ts';
import { cacheFolder, type OpenImage, openImage } from '../../src/host-node/index.ts';
import type { MachineOptions } from '../../src/machine/index.ts';
import type { Layer } from '../../src/vfs/index.ts';
import { type Ending, fileLayer, run } from '../machine-fixture.ts';

const root = resolve(import.meta.dirname, '../..');
const images = new Map<string, OpenImage | null>();

export function imageOf(name: string): OpenImage | null {
  const known = images.get(name);
  if (known !== undefined) return known;
  const opened = openImage(cacheFolder(), name);
  const image = isProblem(opened) ? null : opened;
  images.set(name, image);
  return image;
}

/** A group of tests that need an image of Debian packages. */
export function describeDebian(title: string, body: () => void, name = 'debian'): void {
  if (imageOf(name) !== null) describe(title, body);
  else if (process.env['CI'])
    test(title, () => expect.fail(`the image ${name} is missing: timeslice image pull ${name}`));
  else
    describe.skip(`${title} (needs the image ${name}: npx timeslice image pull ${name})`, () =>
      test('', () => {}));
}

/** Our own examples, as the guest sees them below /examples. */
export const examples: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  readdirSync(join(root, 'examples'))
    .filter((name) => name.endsWith('.py'))
    .map((name) => [`/examples/${name}`, readFileSync(join(root, 'examples', name))]),
);

export interface DebianScene {
  readonly image?: string;
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly machine?: Partial<MachineOptions>;
}

const ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

/** Runs a Debian program to its end, twice. */
export function debian(argv: readonly string[], scene: DebianScene = {}): Ending {
  const image = imageOf(scene.image ?? 'debian')!;
  const layers: Layer[] = [...image.layers];
  if (scene.files) layers.push(fileLayer(scene.files));
  return run({
    layers,
    argv,
    env: { ...ENV, ...scene.env },
    machine: { ...scene.machine },
    ...(scene.stdin !== undefined && { stdin: scene.stdin }),
    ...(scene.cwd !== undefined && { cwd: scene.cwd }),
  });
}

/** Runs a script of bash; what it prints, once its status and standard error were found to be as expected. */
export function bash(script: string, scene: DebianScene & { status?: number; stderr?: string } = {}): string {
  const ending = debian(['bash', '-c', script], scene);
  expect({ stderr: ending.stderr, status: ending.status }).toEqual({
    stderr: scene.stderr ?? '',
    status: scene.status ?? 0,
  });
  return ending.stdout;
}
