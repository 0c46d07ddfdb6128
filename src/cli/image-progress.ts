/** Shows how far a pull is: a bar on a terminal, a line for every tenth elsewhere. */
import type { PullProgress } from '../host-node/index.ts';

export interface Reporter {
  readonly show: (progress: PullProgress) => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

/** What is written to; a terminal or not. */
type Output = NodeJS.WriteStream;

const STAGES: Readonly<Record<PullProgress['stage'], string>> = {
  waiting: 'waiting for another timeslice that is pulling an image',
  index: 'fetching and verifying the package index',
  packages: 'fetching packages',
  configuration: 'configuring the image',
};

export const pullReporter = async (output: Output): Promise<Reporter> =>
  output.isTTY ? barReporter(output) : lineReporter(output);

async function barReporter(output: Output): Promise<Reporter> {
  const { Presets, SingleBar } = await import('cli-progress');
  const format = 'timeslice: {bar} {percentage}%  {mega} MB  {donePackages}/{totalPackages} packages';
  const bar = new SingleBar(
    { format, stream: output, hideCursor: true, barsize: 30 },
    Presets.shades_classic,
  );
  let stage = '';
  const end = () => {
    if (bar.isActive) bar.stop();
  };
  const show = (progress: PullProgress) => {
    const payload = { ...progress, mega: (progress.doneBytes / 1e6).toFixed(1) };
    if (stage !== progress.stage) {
      stage = progress.stage;
      end();
      output.write(`timeslice: ${STAGES[progress.stage]}\n`);
      if (progress.stage === 'packages') bar.start(progress.totalBytes, 0, payload);
    }
    if (bar.isActive) bar.update(progress.doneBytes, payload);
  };
  return { show, end };
}

function lineReporter(output: Output): Reporter {
  let stage = '';
  let tenth = 0;
  const show = (progress: PullProgress) => {
    if (stage !== progress.stage) {
      stage = progress.stage;
      const size =
        progress.totalBytes > 0 ? `: ${progress.totalPackages}, ${bytesInWords(progress.totalBytes)}` : '';
      output.write(`timeslice: ${STAGES[progress.stage]}${size}\n`);
    }
    const now = progress.totalBytes > 0 ? Math.floor((progress.doneBytes / progress.totalBytes) * 10) : 0;
    if (now <= tenth) return;
    tenth = now;
    output.write(
      `timeslice: ${now * 10} % (${progress.donePackages} of ${progress.totalPackages} packages)\n`,
    );
  };
  return { show, end: () => undefined };
}

/** 27_400_000 as `27.4 MB`. */
export function bytesInWords(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
