/** `--record` and `--events`: what is kept of a run, in files of this computer. */
import type { Command } from 'commander';
import { isProblem, type Problem, problem } from '../base/index.ts';
import { chosenKinds } from '../events/index.ts';
import { type BootOptions, type FileSink, fileSink, type Machine, recordedBy } from '../host-node/index.ts';
import { complain } from './say.ts';
import type { Observer, Session } from './session.ts';
import { version } from './version.ts';

export interface KeepFlags {
  readonly record?: string;
  readonly events?: string;
  readonly eventsKinds?: string;
}

/** Adds the options to a command that runs something. */
export function addKeepFlags(command: Command): Command {
  return command
    .option('--record <file>', 'keep everything that is needed to run it again exactly (timeslice replay)')
    .option('--events <file>', 'write what the kernel does, an event a line, as JSON (docs/events.md)')
    .option(
      '--events-kinds <names>',
      'kinds or groups of events, with commas: scheduling, processes, signals, calls, memory, files, devices, always (default: all)',
    );
}

/** The session with the files it is kept in. */
export function kept(session: Session, flags: KeepFlags): Session | Problem {
  if (flags.events === undefined && flags.eventsKinds !== undefined)
    return problem('bad-option', '--events-kinds: there is no --events', 'Add --events FILE.jsonl.');
  const events = flags.events === undefined ? null : eventFile(flags.events, flags.eventsKinds);
  if (isProblem(events)) return events;
  const recording = flags.record === undefined ? null : fileSink(flags.record);
  if (isProblem(recording)) return recording;
  const options: BootOptions = {
    ...session.options,
    ...(events !== null && { events: events.kinds }),
    ...(recording !== null && { record: recording.write, recordedBy: recordedBy(version()) }),
  };
  const observers = [
    ...(session.observers ?? []),
    ...(events === null ? [] : [events.observer]),
    ...(recording === null ? [] : [closes(recording)]),
  ];
  return { ...session, options, observers };
}

/** The machine has written its last when it is closed. */
const closes = (file: FileSink): Observer => ({
  onBoot() {},
  onEnd() {
    const failed = file.close();
    if (failed !== null) complain(failed);
  },
});

interface EventFile {
  readonly kinds: readonly string[];
  readonly observer: Observer;
}

function eventFile(path: string, text: string | undefined): EventFile | Problem {
  const chosen = chosenKinds(text === undefined ? 'all' : text.split(','));
  if (isProblem(chosen)) return { ...chosen, sentence: `--events-kinds ${text}: ${chosen.sentence}` };
  const kinds = [...chosen];
  const file = fileSink(path);
  if (isProblem(file)) return file;
  const onBoot = (machine: Machine) => {
    machine.watch(
      ({ records, dropped }) => {
        const lines = records.map((record) => JSON.stringify(machine.eventJson(record)));
        if (dropped > 0) lines.unshift(JSON.stringify({ dropped }));
        file.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
      },
      { kinds },
    );
  };
  return { kinds, observer: { ...closes(file), onBoot } };
}
