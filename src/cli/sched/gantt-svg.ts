/** A Gantt chart as SVG: a row for each processor, a box for each stay, with a letter where there is room. */
import { escapeHtml, inTime, safe } from '../../views/index.ts';
import type { Language } from '../../words/index.ts';
import { label } from './labels.ts';
import { SWITCHING } from './measure.ts';
import { quantumOf } from './numbers.ts';
import { areaOf } from './palette.ts';
import type { SchedRun } from './run-setting.ts';
import { letterOf } from './text.ts';

const PARTS = 480;
const WIDTH = 960;
const ROW = 26;
const GAP = 4;
/** Of a letter, with what must be free beside it. */
const LETTER = 14;

/** One run's chart with its key. */
export function ganttFigure(run: SchedRun, language: Language): string {
  const { measuring, setting } = run;
  const from = Math.max(0, measuring.from);
  const tids = [...measuring.tasks.keys()];
  const nameOf = (tid: number) => escapeHtml(`${safe(measuring.tasks.get(tid)?.program || '?')}(${tid})`);
  const seen = new Set<number>();
  const rows = measuring.lanes.map((lane, cpu) =>
    boxes(lane.most(from, measuring.to, PARTS))
      .map(({ tid, at, length }) => {
        seen.add(tid);
        return box(
          cpu,
          at,
          length,
          tid,
          tid === SWITCHING ? label('switching', language) : nameOf(tid),
          tids,
        );
      })
      .join(''),
  );
  const height = rows.length * (ROW + GAP);
  const key = tids
    .filter((tid) => seen.has(tid))
    .map(
      (tid) =>
        `<span><b style="background:${areaOf(tids.indexOf(tid))}">${letterOf(tids, tid)}</b>${nameOf(tid)}</span>`,
    );
  const title = `${escapeHtml(safe(setting.name))}, ${quantumOf(run)}, ${setting.cpus} CPU`;
  const text = `${title}: 0 – ${inTime(measuring.to - from)}`;
  return `<figure class="gantt"><figcaption>${text}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${text}">${rows.join('')}</svg>
<div class="key">${key.join('')}</div></figure>`;
}

interface Box {
  readonly tid: number;
  readonly at: number;
  length: number;
}

/** Neighbours of the same task are one box; where nobody ran there is none. */
function boxes(cells: readonly number[]): Box[] {
  const found: Box[] = [];
  for (const [at, tid] of cells.entries()) {
    const last = found.at(-1);
    if (tid === 0) continue;
    if (last !== undefined && last.tid === tid && last.at + last.length === at) last.length++;
    else found.push({ tid, at, length: 1 });
  }
  return found;
}

function box(
  cpu: number,
  at: number,
  length: number,
  tid: number,
  name: string,
  tids: readonly number[],
): string {
  const [x, width] = [(at * WIDTH) / PARTS, (length * WIDTH) / PARTS];
  const y = cpu * (ROW + GAP);
  const fill = tid === SWITCHING ? '#000' : areaOf(tids.indexOf(tid));
  const edge = width > 3 ? ' stroke="#fff" stroke-width=".6"' : '';
  const rect = `<rect x="${x}" y="${y}" width="${width}" height="${ROW}" fill="${fill}"${edge}><title>${name}</title></rect>`;
  if (width < LETTER || tid === SWITCHING) return rect;
  const middle = `x="${x + width / 2}" y="${y + ROW / 2 + 4}"`;
  return `${rect}<text ${middle} text-anchor="middle" font-size="12" fill="#000" pointer-events="none">${letterOf(tids, tid)}</text>`;
}
