/** `timeslice ps`, `tree`, `pcb`, `maps`, `fds`, `queues`, `heap`: what was in a recorded machine at a moment of its run. */
import type { Command } from 'commander';
import { isProblem, type Problem, problem } from '../base/index.ts';
import {
  type Moment,
  openRecording,
  type PastMachine,
  type Recording,
  TimesliceError,
} from '../host-node/index.ts';
import {
  fdsLines,
  heapLines,
  type Life,
  Lineage,
  lineageLines,
  mapsLines,
  pageLines,
  pcbLines,
  processTree,
  psLines,
  queuesLines,
  type TextStyle,
} from '../views/index.ts';
import type { Language } from '../words/index.ts';
import { langOption, languageFor } from './language.ts';
import { parseMoment } from './moment.ts';
import { complain, say } from './say.ts';
import { styleOf } from './style.ts';
import { parseCount } from './units.ts';

interface Flags {
  readonly at?: string;
  readonly pid?: string;
  readonly threads?: boolean;
  readonly pages?: boolean;
  readonly history?: boolean;
  readonly trustPolicy?: boolean;
  readonly lang?: string;
  readonly json?: boolean;
}

/** What a view is made of. */
interface Scene {
  readonly recording: Recording;
  readonly machine: PastMachine;
  /** The process or thread that `--pid` names, or the recorded program. */
  readonly pid: number;
  readonly isPidGiven: boolean;
  readonly flags: Flags;
  readonly language: Language;
  readonly style: TextStyle;
}

interface View {
  readonly summary: string;
  readonly example: string;
  readonly flag?: readonly [flag: string, description: string];
  /** It tells of the heaps on the way to the moment, which is the end unless another one is given. */
  readonly isOfHeap?: boolean;
  readonly lines: (scene: Scene) => readonly string[] | Problem;
  readonly data: (scene: Scene) => unknown;
}

const gone = (pid: number): Problem =>
  problem(
    'no-process',
    `there is no task ${pid} at that moment`,
    'timeslice ps RECORDING --at … lists who is there',
  );

const pcbAt = ({ machine, pid }: Scene) => machine.pcb(pid) ?? gone(pid);

const pidsOf = ({ machine, pid, isPidGiven }: Scene): readonly number[] =>
  isPidGiven ? [pid] : machine.inspect().processes.map((process) => process.pid);

const heapsAt = ({ machine, pid, isPidGiven }: Scene) => ({
  processes: machine.heap()!.processes.filter((heap) => !isPidGiven || heap.pid === pid),
});

/** The lives that had begun by the moment. */
function livesUntil({ recording, machine }: Scene): readonly Life[] {
  const lineage = new Lineage((id) => recording.nameOf(id));
  recording.visitEvents({ kinds: ['processes'] }, (event) => {
    if (event.seq < machine.nextEvent) lineage.take(event);
  });
  return lineage.roots;
}

const VIEWS: Readonly<Record<string, View>> = {
  ps: {
    summary: 'list the processes of a recorded run at a moment',
    example: 'timeslice ps family.tsrec --at 12ms --threads',
    flag: ['--threads', 'a line for each thread'],
    lines: ({ machine, flags, language, style }) =>
      psLines(machine.inspect(), { ...style, language, threads: flags.threads === true }),
    data: ({ machine }) => machine.inspect().processes,
  },
  tree: {
    summary: 'show the process tree of a recorded run at a moment, from the first process',
    example: 'timeslice tree family.tsrec --at event:1830\n  timeslice tree family.tsrec --history',
    flag: ['--history', 'everybody who lived until then: who made whom, which programs each executed'],
    lines: (scene) => {
      const { machine, pid, isPidGiven, flags, language, style } = scene;
      if (flags.history) return lineageLines(livesUntil(scene), language, style);
      const lines = processTree(machine.inspect(), isPidGiven ? pid : 1, language, style);
      return lines.length === 0 ? gone(isPidGiven ? pid : 1) : lines;
    },
    data: (scene) =>
      scene.flags.history
        ? livesUntil(scene)
        : scene.machine
            .inspect()
            .processes.map(({ pid, ppid, children, argv, state }) => ({ pid, ppid, children, argv, state })),
  },
  pcb: {
    summary: 'show the process control block of a process or thread at a moment',
    example: 'timeslice pcb family.tsrec --at 12ms --pid 3 --lang ko',
    lines: (scene) => {
      const pcb = pcbAt(scene);
      return isProblem(pcb) ? pcb : pcbLines(pcb, scene.machine.time, scene.language, scene.style);
    },
    data: pcbAt,
  },
  maps: {
    summary: 'show the memory map of a process at a moment: segments, rights, who shares which pages',
    example: 'timeslice maps family.tsrec --at 12ms --pid 3 --pages',
    flag: ['--pages', 'a line for each page that has a frame'],
    lines: (scene) => {
      const { machine, pid, flags, language, style } = scene;
      const pcb = pcbAt(scene);
      if (isProblem(pcb)) return pcb;
      if (flags.pages) return pageLines(machine.pages(pcb.ids.pid) ?? [], language, style);
      return pcb.memory === null ? gone(pid) : mapsLines(pcb, language, style);
    },
    data: (scene) => {
      const pcb = pcbAt(scene);
      if (isProblem(pcb)) return pcb;
      return scene.flags.pages ? scene.machine.pages(pcb.ids.pid) : pcb.memory;
    },
  },
  fds: {
    summary: 'list open files and devices at a moment, and who shares them',
    example: 'timeslice fds family.tsrec --at 12ms',
    lines: (scene) => fdsLines(scene.machine.inspect(), pidsOf(scene), scene.language, scene.style),
    data: (scene) =>
      scene.machine
        .inspect()
        .processes.filter(({ pid }) => pidsOf(scene).includes(pid))
        .map(({ pid, fds }) => ({ pid, fds })),
  },
  queues: {
    summary: 'show who is ready, who waits for whom, and what lies between processes at a moment',
    example: 'timeslice queues family.tsrec --at 12ms',
    lines: ({ machine, language, style }) => queuesLines(machine.inspect(), language, style),
    data: ({ machine }) => {
      const { ready, waits, channels } = machine.inspect();
      return { ready, waits, channels };
    },
  },
  heap: {
    summary: 'show how the heaps of a recorded run grew, and the blocks never freed, by who asked for them',
    example: 'timeslice heap leak.tsrec',
    isOfHeap: true,
    lines: (scene) => heapLines(heapsAt(scene), scene.language, scene.style),
    data: (scene) => heapsAt(scene).processes,
  },
};

/** Adds one of the commands. */
export const registerView = (name: string) => (program: Command) => {
  const view = VIEWS[name]!;
  const command = program
    .command(name)
    .description(view.summary)
    .argument('<recording>', 'a file that `timeslice run --record FILE` wrote')
    .option(
      '--at <moment>',
      `a virtual time (12ms), an event (event:1830), or end (default: ${view.isOfHeap ? 'end' : 'before the program ends'})`,
    )
    .option('--pid <n>', 'a process or thread (default: the recorded program)');
  if (view.flag) command.option(...view.flag);
  command
    .option(
      '--trust-policy',
      'run the scheduling policy that is in the recording: a program, with your rights',
    )
    .addOption(langOption())
    .option('--json', 'as JSON')
    .addHelpText('after', `\nExample:\n  ${view.example}\n`)
    .action((file: string, flags: Flags) => show(view, file, flags));
};

async function show(view: View, file: string, flags: Flags): Promise<void> {
  const at = flags.at === undefined ? undefined : parseMoment('--at', flags.at);
  const pid = flags.pid === undefined ? undefined : parseCount('--pid', flags.pid, 1);
  for (const given of [at, pid]) if (isProblem(given)) return complain(given);
  try {
    const recording = await openRecording(file, { trustsPolicy: flags.trustPolicy === true });
    const first = firstProgram(recording);
    const usual = flags.history || view.isOfHeap ? 'end' : beforeEnd(recording, first);
    const isHeapWatched = view.isOfHeap === true;
    const machine = await recording.at((at as Moment | undefined) ?? usual, { isHeapWatched });
    const scene: Scene = {
      recording,
      machine,
      pid: (pid as number | undefined) ?? first,
      isPidGiven: pid !== undefined,
      flags,
      language: languageFor(flags),
      style: styleOf(process.stdout),
    };
    print(view, scene);
  } catch (error) {
    if (!(error instanceof TimesliceError)) throw error;
    complain(error.problem);
  }
}

function print(view: View, scene: Scene): void {
  if (scene.flags.json) {
    const data = view.data(scene);
    if (isProblem(data)) complain(data);
    else process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    return;
  }
  const lines = view.lines(scene);
  if (isProblem(lines)) {
    complain(lines);
    return;
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  if (process.stdout.isTTY) say(`this is ${scene.machine.time} ns, event ${scene.machine.nextEvent - 1}`);
}

/** The first task behind init that executed a program: what was recorded; or init itself. */
function firstProgram(recording: Recording): number {
  let tid = 0;
  recording.visitEvents({ kinds: ['exec'] }, (event) => {
    if (tid <= 1) tid = event.tid;
  });
  return Math.max(1, tid);
}

/** The last moment at which a process was still there: before the call that ends it. */
function beforeEnd(recording: Recording, pid: number): Moment {
  let end: Moment = 'end';
  recording.visitEvents({ kinds: ['exit'], tids: [pid] }, ({ at }) => {
    end = Math.max(0, at - 1);
  });
  return end;
}
