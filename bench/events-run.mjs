/**
 * Runs a program again and again in machines of the library that record no events, those always recorded, and all, in
 * turns within one process, and prints what the others cost over the first, in CPU time: pairs of neighbours, median.
 */
import { readFileSync } from 'node:fs';

const [library, program, count, rounds] = process.argv.slice(2);
const { boot, memoryLayer, tinyLayer } = await import(library);
const elf = memoryLayer('bench', { '/bench': { bytes: readFileSync(program), mode: 0o755 } });

async function cpuOf(events) {
  const machine = await boot({ image: [tinyLayer(), elf], events, memory: 256 * 2 ** 20 });
  const before = process.cpuUsage();
  const run = machine.spawn(['/bench', count], { stdout: 'ignore', stderr: 'ignore' });
  const { exitCode } = await run.wait();
  const { user, system } = process.cpuUsage(before);
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}`);
  machine.close();
  return user + system;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const events of ['none', 'always', 'all']) await cpuOf(events);
const ratios = { always: [], all: [] };
for (let round = 0; round < Number(rounds); round++)
  for (const events of round % 2 ? ['all', 'always'] : ['always', 'all']) {
    // Before and after, so that what grows over the rounds counts for neither.
    const first = await cpuOf('none');
    const own = await cpuOf(events);
    const second = await cpuOf('none');
    ratios[events].push((2 * own) / (first + second));
  }
console.log(JSON.stringify({ always: median(ratios.always), all: median(ratios.all) }));
