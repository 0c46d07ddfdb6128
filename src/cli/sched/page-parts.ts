/** What every report has: its style, and the script that draws its plots with uPlot. */

export const PAGE_STYLE = `
body { max-width: 70rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { font-weight: 600; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
td i { display: block; height: 4px; margin-top: 2px; background: #0072b2; border-radius: 2px; }
tbody tr:hover { background: var(--band); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--soft); font-weight: 600; }
.gantt { margin: 0 0 1.25rem; }
.gantt svg { display: block; width: 100%; }
.key { display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .85rem; color: var(--soft); }
.key b { display: inline-block; min-width: 1.3em; padding: 0 .25em; margin-right: .3em; border-radius: 3px; color: #000;
  text-align: center; font-weight: 600; }
.u-legend { font-size: .8rem; color: var(--ink); text-align: left; }
`;

export const PAGE_SCRIPT = `
const { plots, colours, hover } = JSON.parse(document.getElementById('data').textContent);
const ink = getComputedStyle(document.documentElement).getPropertyValue('--soft').trim();
const grid = getComputedStyle(document.documentElement).getPropertyValue('--line').trim();
const dashes = [[], [6, 4], [2, 3], [8, 3, 2, 3]];
const short = (value) => value === null ? '–' : String(Number(value.toPrecision(3)));
for (const { at, unit, quanta, series } of plots) {
  const place = document.getElementById(at);
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const plot = new uPlot({
    width: place.clientWidth,
    height: 230,
    scales: { x: { time: false, distr: 3, range: () => [quanta[0] / 1.2, quanta[quanta.length - 1] * 1.2] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, splits: () => quanta, filter: (_, ticks) => ticks, values: (_, ticks) => ticks.map((tick) => short(tick) + ' ms') },
      { ...axis, size: 62, values: (_, ticks) => ticks.map((tick) => short(tick) + ' ' + unit) },
    ],
    series: [
      { label: hover, value: (_, value) => value === null ? '–' : short(value) + ' ms' },
      ...series.map(({ name }, i) => ({
        label: name,
        stroke: colours[i % colours.length],
        dash: dashes[Math.floor(i / colours.length) % dashes.length],
        width: 2,
        points: { show: true, size: 6 },
        value: (_, value) => short(value) + (value === null ? '' : ' ' + unit),
      })),
    ],
    cursor: { drag: { x: false, y: false } },
    legend: { markers: { dash: (drawn, i) => (drawn.series[i].dash?.length ? 'dashed' : 'solid') } },
  }, [quanta, ...series.map(({ values }) => values)], place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 230 })).observe(place);
}
`;
