/** A comparison as one HTML page that needs nothing beside itself: curves, a table, and who had each processor. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { escapeHtml, inTime, PAGE_BASE, safe } from '../../views/index.ts';
import { type Language, term } from '../../words/index.ts';
import { ganttFigure } from './gantt-svg.ts';
import { headOf, label, SHOWN, type Shown } from './labels.ts';
import { quantumOf, told } from './numbers.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-parts.ts';
import { COLOURS } from './palette.ts';
import type { SchedRun, Work } from './run-setting.ts';

/** The whole page. */
export function reportPage(runs: readonly SchedRun[], work: Work, language: Language): string {
  const title = label('title', language);
  const plots = plotsOf(runs, language);
  const data = {
    plots: plots.map(({ caption: _, ...rest }) => rest),
    colours: COLOURS,
    hover: label('hover', language),
  };
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${asset('uplot/dist/uPlot.min.css')}${PAGE_BASE}${PAGE_STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${introduction(runs, work, language)}
${plots.length === 0 ? '' : figures(plots, language)}
<h2>${label('runs', language)}</h2>
<div class="wide">${tableOf(runs, language)}</div>
<p>${label('means', language)} ${label('fairness', language)}</p>
<h2>${label('gantt', language)}</h2>
${runs.map((run) => ganttFigure(run, language)).join('\n')}
${plots.length === 0 ? '' : script(data)}
</body>
</html>
`;
}

function introduction(runs: readonly SchedRun[], { programs, options }: Work, language: Language): string {
  const commands = programs.map((argv) => `<code>${escapeHtml(safe(argv.join(' ')))}</code>`).join(', ');
  const cost = inTime(options.switchCost ?? 0);
  return `<p>${label('programs', language)}: ${commands}</p>
<p>${label('tasks', language)}: ${runs[0]?.measures.tasks ?? 0} · ${label('cost', language)}: ${cost}</p>`;
}

interface Plot {
  readonly at: string;
  readonly caption: string;
  readonly unit: string;
  /** Milliseconds. */
  readonly quanta: readonly number[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** What is drawn against the length of a slice: the textbook's curves. */
const CURVES = ['overhead', 'response', 'turnaround'] as const;

function plotsOf(runs: readonly SchedRun[], language: Language): Plot[] {
  const quanta = [...new Set(runs.map(({ setting }) => setting.quantum))].filter((each) => each !== null);
  if (quanta.length < 2) return [];
  quanta.sort((a, b) => a - b);
  const hasCpus = new Set(runs.map(({ setting }) => setting.cpus)).size > 1;
  const nameOf = ({ setting }: SchedRun) => (hasCpus ? `${setting.name}, ${setting.cpus} CPU` : setting.name);
  const names = [...new Set(runs.map(nameOf))];
  return CURVES.map((of) => {
    const shown: Shown = SHOWN.find((each) => each.of === of)!;
    const scale = of === 'overhead' ? 100 : 1e-6;
    const series = names.map((name) => {
      const own = runs.filter((run) => nameOf(run) === name);
      const values = quanta.map((quantum) => {
        // What has no slices is the same everywhere.
        const run = own.find(({ setting }) => setting.quantum === quantum || setting.quantum === null);
        return run === undefined ? null : run.measures[of] * scale;
      });
      return { name, values };
    });
    const caption = of === 'overhead' ? term('overhead', language) : term(shown.word, language);
    return {
      at: `plot-${of}`,
      caption,
      unit: of === 'overhead' ? '%' : 'ms',
      quanta: quanta.map((q) => q / 1e6),
      series,
    };
  });
}

const figures = (plots: readonly Plot[], language: Language): string =>
  `<h2>${label('curves', language)}</h2>
<div class="plots">${plots
    .map(({ at, caption }) => `<figure><figcaption>${caption}</figcaption><div id="${at}"></div></figure>`)
    .join('\n')}</div>`;

function tableOf(runs: readonly SchedRun[], language: Language): string {
  const most = new Map<string, number>(
    SHOWN.map(({ of }) => [of, Math.max(...runs.map(({ measures }) => measures[of]))]),
  );
  const heads = [label('policy', language), label('slice', language), label('cpus', language)].concat(
    SHOWN.map((shown) => headOf(shown, language)),
  );
  const cell = (run: SchedRun, shown: Shown) => {
    const whole = most.get(shown.of)!;
    const width = whole > 0 ? (run.measures[shown.of] / whole) * 100 : 0;
    return `<td>${told(run, shown, language)}<i style="width:${width.toFixed(1)}%"></i></td>`;
  };
  const row = (run: SchedRun) =>
    `<tr><td>${escapeHtml(safe(run.setting.name))}</td><td>${quantumOf(run)}</td><td>${run.setting.cpus}</td>${SHOWN.map(
      (shown) => cell(run, shown),
    ).join('')}</tr>`;
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead>
<tbody>${runs.map(row).join('\n')}</tbody></table>`;
}

/** A file of a package, to be put into the page. */
const asset = (name: string): string => readFileSync(createRequire(import.meta.url).resolve(name), 'utf8');

const script = (data: object): string =>
  `<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${asset('uplot/dist/uPlot.iife.min.js')}</script>
<script>${PAGE_SCRIPT}</script>`;
