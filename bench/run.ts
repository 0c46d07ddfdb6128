/**
 * `npm run bench`: builds our own programs, runs them under every engine in turns, checks every checksum and
 * prints medians and ratios: `q` is our time over qemu-riscv64's, `n` over native Linux, `v` over v86, in the same rounds.
 *
 *     npm run bench -- --rounds 5 --only sieve,syscall --compare
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { out } from './build.ts';
import { BULK } from './bulk.ts';
import { builtCommand, type Setting } from './engines.ts';
import { measure } from './measure.ts';
import { ensureImage, ensureTools, ensureV86, versions } from './peers.ts';
import { PROGRAMS } from './programs.ts';
import { checkTable, intoPage, page, type Report, ratiosOf, reportText, row, table } from './report.ts';
import { regressions } from './statistics.ts';

const USAGE = `npm run bench [-- OPTIONS]
  --only NAME,…       only these: ${[...PROGRAMS.map(({ name }) => name), ...Object.keys(BULK)].join(' ')}
  --rounds N          runs of each program under each engine (default 5; 0 measures nothing, for --write-docs)
  --quick             one round with a tenth of the operations
  --compare           exit with 1 when a ratio is worse than in bench/baseline.json
  --tolerance PART    by more than this part (default 0.25)
  --save              make this the baseline
  --write-docs        write the table into docs/benchmarks.md
  --timeslice FILE    our command (default bin/timeslice.js, after npm run build)`;

const here = import.meta.dirname;
const baselineFile = join(here, 'baseline.json');
const resultsFile = join(out, 'results.json');
const docsFile = join(dirname(here), 'docs/benchmarks.md');
const EMPTY: Report = { machine: {}, rounds: 0, results: {}, checks: {} };

const readReport = (file: string): Report =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : EMPTY;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    compare: { type: 'boolean', default: false },
    tolerance: { type: 'string', default: '0.25' },
    save: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    timeslice: { type: 'string', default: builtCommand },
    help: { type: 'boolean', default: false },
  },
});

interface Measured {
  readonly results: Record<string, Report['results'][string]>;
  readonly checks: Record<string, Report['checks'][string]>;
  readonly failures: string[];
}

/** One program that fails does not take the others with it; all failures are told at the end. */
function measureAll(
  rounds: number,
  wanted: (name: string) => boolean,
  keep: (so: Measured) => void,
): Measured {
  const setting: Setting = { timeslice: options.timeslice, v86: ensureV86() };
  if (setting.v86 === null) console.log('v86 could not be fetched from npm: its column stays empty');
  const scale = options.quick ? 0.1 : 1;
  const all: Measured = { results: {}, checks: {}, failures: [] };
  const attempt = (name: string, work: () => void) => {
    if (!wanted(name)) return;
    try {
      work();
    } catch (error) {
      all.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    keep(all);
  };
  for (const program of PROGRAMS)
    attempt(program.name, () => {
      const image = program.script?.image ?? program.service?.image;
      if (image !== undefined) ensureImage(options.timeslice, image);
      const result = measure(program, setting, rounds, scale);
      all.results[program.name] = result;
      console.log(row(program, result).join(' | '));
    });
  for (const [name, check] of Object.entries(BULK))
    attempt(name, () => {
      all.checks[name] = check(setting, rounds, scale);
    });
  return all;
}

function describeMachine(): Record<string, string> {
  const load = loadavg().map((value) => value.toFixed(0));
  const date = new Date().toISOString().slice(0, 10);
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  return { cpu, cores: String(cpus().length), load: load[2]!, date, ...versions() };
}

function tellRegressions(report: Report): boolean {
  const worse = regressions(ratiosOf(readReport(baselineFile)), ratiosOf(report), Number(options.tolerance));
  for (const { name, peer, before, after } of worse)
    console.error(`${name}: ${after.toFixed(2)} ${peer}, was ${before.toFixed(2)} in the baseline`);
  return worse.length > 0;
}

function main(): number {
  const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
  const only = options.only?.split(',');
  const unknown = only?.filter(
    (name) => !(name in BULK) && !PROGRAMS.some((program) => program.name === name),
  );
  if (options.help || !(rounds >= 0) || (unknown !== undefined && unknown.length > 0)) {
    console.log(USAGE);
    return options.help ? 0 : 2;
  }
  ensureTools();
  mkdirSync(out, { recursive: true });
  const earlier = readReport(resultsFile);
  let report = earlier;
  let failures: readonly string[] = [];
  if (rounds > 0) {
    const machine = describeMachine();
    const keep = ({ results, checks }: Measured) => {
      report = { machine, rounds, results, checks };
      // What was not measured now stays, so that a table can be completed in parts.
      const merged = {
        ...report,
        results: { ...earlier.results, ...results },
        checks: { ...earlier.checks, ...checks },
      };
      writeFileSync(resultsFile, reportText(merged));
    };
    failures = measureAll(rounds, (name) => only === undefined || only.includes(name), keep).failures;
  }
  console.log(`\n${table(report)}\n\n${checkTable(report)}`);
  const whole = readReport(resultsFile);
  if (options.save) writeFileSync(baselineFile, reportText(whole));
  if (options['write-docs']) writeFileSync(docsFile, intoPage(readFileSync(docsFile, 'utf8'), page(whole)));
  for (const failure of failures) console.error(failure);
  const worse = options.compare && tellRegressions(report);
  return failures.length > 0 || worse ? 1 : 0;
}

process.exitCode = main();
