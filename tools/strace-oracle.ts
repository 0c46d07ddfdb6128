/**
 * `npm run oracle:strace [-- PROGRAM…]`: what Debian's strace writes of the programs of test/strace/corpus on Linux.
 * Builds them for this computer, runs each under strace in a Debian root (tools/oracle-root.ts), and writes
 * test/strace/golden, to which the tests hold `--trace`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { goldenOf, programs } from '../test/strace/programs.ts';
import { debianRoot, fail, inRoot } from './oracle-root.ts';

/** Where it lies in the root: its own /tmp is another one while a script runs. */
const PROGRAM = 'opt/traces';

/** The programs as one, which it keeps in the root. */
function build(root: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'strace-oracle-'));
  const file = join(folder, 'traces');
  const { status } = spawnSync(join(import.meta.dirname, 'build-native-traces.sh'), [file], {
    stdio: 'inherit',
  });
  if (status !== 0) fail('the corpus cannot be built: it needs cc');
  mkdirSync(dirname(join(root, PROGRAM)), { recursive: true });
  copyFileSync(file, join(root, PROGRAM));
  rmSync(folder, { recursive: true });
}

const root = debianRoot('trixie-strace', ['strace']);
build(root);
const chosen = process.argv.slice(2);
for (const name of programs().filter((name) => chosen.length === 0 || chosen.includes(name))) {
  const script = `strace -f -o /root/log /${PROGRAM} ${name} > /dev/null; cat /root/log`;
  const text = inRoot(root, script);
  if (!text.includes(' +++\n')) fail(`strace wrote nothing of ${name}: ${text}`);
  mkdirSync(dirname(goldenOf(name)), { recursive: true });
  writeFileSync(goldenOf(name), text);
}
