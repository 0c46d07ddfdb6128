/**
 * Holds the house rules that neither the compiler nor the linter knows: the layer table of ARCHITECTURE.md is
 * the truth for the projects and the imports, layers meet only at their index, the core has no hidden time,
 * chance or promise, and no file grows beyond a screenful of story.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = dirname(import.meta.dirname);
const LIMIT = 400;
/** Tables: long by nature. */
const TABLES = [/^src\/abi\//, /^src\/isa\/rv\w+\.ts$/, /^src\/isa\/float-rows\.ts$/];
const HOST_LAYERS = new Set(['image', 'api', 'host-node', 'host-web', 'cli']);
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bMath\.random\b/, 'chance comes from the machine’s seed'],
  [/\bnew Promise\b|\basync \b|\bawait \b/, 'the core is synchronous'],
  [/\bsetTimeout\b|\bqueueMicrotask\b/, 'the core has no host timer'],
  [/\bWeakRef\b|\bFinalizationRegistry\b/, 'garbage collection must not be observable'],
  [/\bIntl\b|\.localeCompare\(|\.toLocale/, 'the host’s locale must not be observable'],
];

const problems: string[] = [];
const complain = (file: string, what: string) => problems.push(`${relative(root, file)}: ${what}`);

function layerTable(): Map<string, readonly string[]> {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const body = /<!-- layers -->([\s\S]*?)<!-- \/layers -->/.exec(text)?.[1] ?? '';
  const rows = [...body.matchAll(/^\| `([\w-]+)` \|[^|]*\| ([^|]*) \|$/gm)];
  return new Map(rows.map(([, name, imports]) => [name!, imports === '—' ? [] : imports!.split(', ')]));
}

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));

function checkProject(layer: string, allowed: readonly string[]): void {
  const file = join(root, 'src', layer, 'tsconfig.json');
  const project = JSON.parse(readFileSync(file, 'utf8')) as { references: { path: string }[] };
  const referenced = project.references.map(({ path }) => path.replace('../', ''));
  if ([...referenced].sort().join() !== [...allowed].sort().join())
    complain(file, `references [${referenced}] differ from ARCHITECTURE.md [${allowed}]`);
}

function checkImports(layer: string, allowed: readonly string[], file: string, text: string): void {
  for (const [, from] of text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)) {
    const target = relative(join(root, 'src'), join(dirname(file), from!));
    const [other, ...rest] = target.split('/');
    if (other === layer || target.startsWith('..')) continue;
    if (!allowed.includes(other!) && !file.endsWith('.test.ts')) complain(file, `may not import ${other}`);
    if (rest.join('/') !== 'index.ts') complain(file, `reaches past the index of ${other}: ${from}`);
  }
}

function checkSource(layer: string, file: string, text: string): void {
  const lines = text.split('\n').length;
  const name = relative(root, file);
  if (lines > LIMIT && !file.endsWith('.test.ts') && !TABLES.some((table) => table.test(name)))
    complain(file, `${lines} lines; ${LIMIT} is the limit`);
  if (HOST_LAYERS.has(layer) || file.endsWith('.test.ts')) return;
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'/gm, '');
  for (const [pattern, why] of FORBIDDEN) if (pattern.test(code)) complain(file, `${pattern.source}: ${why}`);
}

const layers = layerTable();
for (const folder of readdirSync(join(root, 'src')))
  if (!layers.has(folder))
    complain(join(root, 'src', folder), 'is not in the layer table of ARCHITECTURE.md');
for (const [layer, allowed] of layers) {
  const folder = join(root, 'src', layer);
  if (!existsSync(folder)) {
    complain(folder, 'is in the layer table but does not exist');
    continue;
  }
  checkProject(layer, allowed);
  for (const file of sourcesOf(folder)) {
    const text = readFileSync(file, 'utf8');
    checkImports(layer, allowed, file, text);
    checkSource(layer, file, text);
  }
}

for (const problem of problems) console.error(problem);
console.error(`house: ${layers.size} layers, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
