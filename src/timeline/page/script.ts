/** What runs in the page: draws the lanes of a window, zooms, and tells of what is chosen. */
export const PAGE_SCRIPT = `
const { data, words } = JSON.parse(document.getElementById('data').textContent);
const { tasks, cpus, flows, looks, states, texts } = data;
const svg = document.getElementById('lanes');
const LEFT = 170, ROW = 24, BOX = 17, TOP = 30;
const MARKS = { exec: 'M-5 0L0-5L5 0L0 5z', signal: 'M-5-8H5L0 0z' };
const view = { from: data.from, to: data.to };
let chosen = null;
const rowOf = new Map(tasks.map(({ tid }, i) => [tid, cpus.length + i]));
const scale = data.to >= 1e9 ? [1e9, 's'] : data.to >= 1e6 ? [1e6, 'ms'] : data.to >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
const time = (at, span = view.to - view.from) => {
  const digits = Math.min(Math.log10(scale[0]), Math.max(0, Math.ceil(Math.log10(scale[0] * 1000 / Math.max(1, span)))));
  return (at / scale[0]).toFixed(digits) + ' ' + scale[1];
};
const long = (ns) => {
  for (const [least, unit] of [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']]) if (ns >= least) return Number((ns / least).toPrecision(3)) + ' ' + unit;
  return Math.round(ns) + ' ns';
};
const make = (name, attributes, parent, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
};
const width = () => svg.clientWidth || 1000;
const x = (at) => LEFT + (Math.min(view.to, Math.max(view.from, at)) - view.from) / (view.to - view.from) * (width() - LEFT - 8);
const firstAfter = (stays, at) => {
  let low = 0, high = stays.length;
  while (low < high) { const middle = (low + high) >>> 1; if (stays[middle][1] <= at) low = middle + 1; else high = middle; }
  return low;
};
/* Stays of less than a pixel are gathered until they fill one, which shows what most of it was. */
function* boxes(stays, keyOf) {
  let gathered = null;
  for (let i = firstAfter(stays, view.from); i < stays.length && stays[i][0] < view.to; i++) {
    const [from, to] = stays[i];
    const key = keyOf(stays[i]);
    if (x(to) - x(from) >= 1) {
      if (gathered) yield gathered.end();
      gathered = null;
      yield { from: x(from), to: x(to), key, at: i };
      continue;
    }
    if (gathered === null || x(to) - gathered.from > 1) {
      if (gathered) yield gathered.end();
      const begin = x(from), sums = new Map(), first = i;
      gathered = { from: begin, sums, end: () => ({ from: begin, to: begin + 1, key: [...sums].reduce((a, b) => b[1] > a[1] ? b : a)[0], at: first }) };
    }
    gathered.sums.set(key, (gathered.sums.get(key) || 0) + to - from);
  }
  if (gathered) yield gathered.end();
}
function draw() {
  svg.replaceChildren(svg.querySelector('defs'));
  const bottom = TOP + (cpus.length + tasks.length) * ROW;
  svg.setAttribute('height', bottom);
  for (let i = 0; i <= 8; i++) {
    const at = view.from + (view.to - view.from) * i / 8;
    make('line', { x1: x(at), x2: x(at), y1: TOP - 6, y2: bottom, class: 'grid' }, svg);
    make('text', { x: x(at), y: TOP - 12, class: 'tick', 'text-anchor': i === 0 ? 'start' : i === 8 ? 'end' : 'middle' }, svg, time(at));
  }
  const row = (at, name) => {
    const group = make('g', { transform: 'translate(0 ' + (TOP + at * ROW) + ')' }, svg);
    make('text', { x: 4, y: 13, class: 'name' }, group, name.length > 22 ? name.slice(0, 21) + '…' : name);
    return group;
  };
  cpus.forEach((stays, cpu) => {
    const group = row(cpu, 'CPU ' + cpu);
    for (const { from, to, key, at } of boxes(stays, (stay) => stay[2])) {
      const [begin, , tid, cost, why] = stays[at];
      if (cost > 0) make('rect', { x: x(begin - cost), y: 0, width: Math.max(.5, x(begin) - x(begin - cost)), height: BOX, class: 'cost' }, group);
      const box = make('rect', { x: from, y: 0, width: Math.max(1, to - from), height: BOX, class: 'cpu' }, group);
      make('title', {}, box, nameOf(key) + '\\n' + texts[why]);
      box.dataset.tid = tid; box.dataset.at = begin;
      if (to - from > 7 * String(key).length + 4) make('text', { x: (from + to) / 2, y: 13, class: 'on', 'text-anchor': 'middle' }, group, key);
    }
  });
  tasks.forEach((task, i) => {
    const group = row(cpus.length + i, task.name);
    for (const { from, to, key, at } of boxes(task.slices, (slice) => slice[2])) {
      const box = make('rect', { x: from, y: 0, width: Math.max(1, to - from), height: BOX, fill: 'url(#' + states[key].name + ')' }, group);
      if (chosen && chosen.task === i && chosen.at === at) box.classList.add('chosen');
      make('title', {}, box, states[key].word + ', ' + long(task.slices[at][1] - task.slices[at][0]) + '\\n' + texts[task.slices[at][4]]);
      box.dataset.task = i; box.dataset.slice = at;
    }
    for (const [kind, at, text] of task.marks) if (at >= view.from && at <= view.to)
      make('title', {}, make('path', { d: MARKS[kind], transform: 'translate(' + x(at) + ' ' + BOX / 2 + ')', class: 'mark ' + kind }, group), texts[text] + ', ' + time(at));
  });
  let arrows = 0;
  for (const [kind, at, from, to, text] of flows) {
    if (at < view.from || at > view.to || ++arrows > 500) continue;
    const [a, b] = [rowOf.get(from), rowOf.get(to)];
    const [y1, y2] = a < b ? [a * ROW + BOX, b * ROW] : [a * ROW, b * ROW + BOX];
    make('title', {}, make('line', { x1: x(at), x2: x(at), y1: TOP + y1, y2: TOP + y2, class: 'flow ' + kind, 'marker-end': 'url(#to-' + kind + ')' }, svg), texts[text] + ', ' + time(at));
  }
}
const nameOf = (tid) => tasks.find((task) => task.tid === tid)?.name ?? String(tid);
function zoom(factor, around = (view.from + view.to) / 2) {
  const span = Math.min(data.to - data.from, Math.max(10, (view.to - view.from) * factor));
  const from = around - (around - view.from) / (view.to - view.from) * span;
  show(from, from + span);
}
function show(from, to) {
  const span = to - from;
  view.from = Math.max(data.from, Math.min(from, data.to - span));
  view.to = Math.min(data.to, view.from + span);
  draw();
}
const all = () => show(data.from, data.to);
const timeAt = (clientX) => view.from + (clientX - svg.getBoundingClientRect().left - LEFT) / (width() - LEFT - 8) * (view.to - view.from);
svg.addEventListener('wheel', (event) => {
  event.preventDefault();
  if (event.shiftKey) show(view.from + event.deltaY / 1000 * (view.to - view.from), view.to + event.deltaY / 1000 * (view.to - view.from));
  else zoom(Math.exp(event.deltaY / 400), Math.max(view.from, timeAt(event.clientX)));
}, { passive: false });
let drag = null;
svg.addEventListener('pointerdown', (event) => { drag = { x: event.clientX, from: view.from, moved: false }; });
addEventListener('pointermove', (event) => {
  if (drag === null || (!drag.moved && Math.abs(event.clientX - drag.x) < 4)) return;
  drag.moved = true;
  const span = view.to - view.from;
  const from = drag.from - (event.clientX - drag.x) / (width() - LEFT - 8) * span;
  show(from, from + span);
});
addEventListener('pointerup', (event) => {
  const wasMoved = drag?.moved;
  drag = null;
  const { task, slice, tid, at } = event.target.dataset ?? {};
  if (wasMoved || !svg.contains(event.target)) return;
  if (task !== undefined) choose(+task, +slice);
  else if (tid !== undefined) chooseAt(+tid, +at);
});
function chooseAt(tid, at) {
  const task = tasks.findIndex((each) => each.tid === tid);
  if (task >= 0) choose(task, Math.min(firstAfter(tasks[task].slices, at), tasks[task].slices.length - 1));
}
svg.addEventListener('keydown', (event) => {
  const step = { '+': () => zoom(.5), '=': () => zoom(.5), '-': () => zoom(2), 0: all, ArrowRight: () => move(0, 1), ArrowLeft: () => move(0, -1), ArrowDown: () => move(1, 0), ArrowUp: () => move(-1, 0) }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  step();
});
function move(lanes, stays) {
  if (chosen === null) return choose(0, 0);
  const task = Math.min(tasks.length - 1, Math.max(0, chosen.task + lanes));
  const { slices } = tasks[task];
  const at = lanes === 0 ? chosen.at + stays : firstAfter(slices, tasks[chosen.task].slices[chosen.at][0]);
  choose(task, Math.min(slices.length - 1, Math.max(0, at)));
}
function choose(task, at) {
  chosen = { task, at };
  const [from, to] = tasks[task].slices[at];
  if (to < view.from || from > view.to) show(from - (view.to - view.from) / 2, from + (view.to - view.from) / 2);
  else draw();
  tell();
}
const put = (id, ...children) => document.getElementById(id).replaceChildren(...children);
const node = (name, text, className = '') => Object.assign(document.createElement(name), { textContent: text, className });
function chip(state) {
  const span = node('span', states[state].sign + ' ' + states[state].word, 'chip ' + states[state].name);
  return span;
}
function tell() {
  const task = tasks[chosen.task];
  const [from, to, state, cpu, why] = task.slices[chosen.at];
  const facts = document.createElement('dl');
  const fact = (name, ...value) => { const place = node('dd', ''); place.append(...value); facts.append(node('dt', name), place); };
  fact(task.name, chip(state), cpu >= 0 ? ' CPU ' + cpu : '');
  fact(words.when, time(from, 0) + ' – ' + time(to, 0));
  fact(words.long, long(to - from));
  fact(words.why, texts[why]);
  const stay = cpu < 0 ? undefined : cpus[cpu]?.find((each) => each[0] === from);
  if (stay && texts[stay[4]] !== '') fact('', texts[stay[4]]);
  for (const flow of flows) if ((flow[2] === task.tid || flow[3] === task.tid) && flow[1] >= from && flow[1] <= to) fact('', texts[flow[4]] + ', ' + time(flow[1], 0));
  put('facts', facts);
  tellDiagram(task);
  tellTree(from);
  const look = looks.findLast(({ at }) => at <= Math.max(from, (from + to) / 2)) ?? looks[0];
  const tellLook = (id, lines) => {
    document.getElementById(id + '-at').textContent = look && lines ? words.asAt.replace('#', time(look.at, 0)) : '';
    put(id, lines ? lines.join('\\n') : words.noLook);
  };
  tellLook('pcb', look?.pcbs[task.tid]);
  tellLook('maps', look?.maps[task.pid]);
}
function tellDiagram({ slices }) {
  const diagram = document.getElementById('diagram');
  const counts = new Map();
  const add = (edge) => counts.set(edge, (counts.get(edge) ?? 0) + 1);
  for (let i = 0; i <= chosen.at; i++) {
    const [before, now] = [states[slices[i - 1]?.[2]]?.name ?? 'new', states[slices[i][2]].name];
    add(before + '-' + now);
  }
  const now = states[slices[chosen.at][2]].name;
  for (const group of diagram.querySelectorAll('[data-state]')) group.classList.toggle('now', group.dataset.state === now || (now === 'zombie' && group.dataset.state === 'terminated'));
  for (const group of diagram.querySelectorAll('[data-edge]')) {
    const count = group.dataset.edge.split(' ').reduce((sum, edge) => sum + (counts.get(edge) ?? 0), 0);
    group.classList.toggle('used', count > 0);
    group.querySelector('text').textContent = group.dataset.word + (count > 0 ? ' ×' + count : '');
  }
}
function stateAt({ slices }, at) {
  const slice = slices[firstAfter(slices, at)] ?? (at >= data.to ? slices.at(-1) : undefined);
  return slice === undefined || slice[0] > at || slice[1] < at ? null : slice[2];
}
function tellTree(at) {
  const parentOf = ({ madeBy, adoptions }) => adoptions.filter(([when]) => when <= at).at(-1)?.[1] ?? madeBy;
  const there = tasks.map((task, i) => ({ task, i, state: stateAt(task, at) })).filter(({ state }) => state !== null);
  const below = (parent) => {
    const list = document.createElement('ul');
    for (const { task, i, state } of there) {
      const isThread = task.tid !== task.pid;
      const over = isThread ? task.pid : parentOf(task);
      const isRoot = parent === null && !isThread && !there.some((other) => other.task.tid === over);
      if (!isRoot && (parent === null || over !== parent)) continue;
      const item = document.createElement('li');
      const button = node('button', task.name);
      button.onclick = () => chooseAt(task.tid, at);
      if (chosen.task === i) button.className = 'chosen';
      item.append(button, ' ', chip(state));
      if (!isThread) item.append(below(task.tid));
      list.append(item);
    }
    return list;
  };
  put('tree', below(null));
}
document.getElementById('in').onclick = () => zoom(.5);
document.getElementById('out').onclick = () => zoom(2);
document.getElementById('all').onclick = all;
new ResizeObserver(draw).observe(svg);
draw();
if (tasks.length > 0) chooseAt(tasks[tasks.length > 1 && tasks[0].tid === 1 ? 1 : 0].tid, data.from);
`;
