/** The numbers of a comparison as people read them. */
import { inTime } from '../../views/index.ts';
import type { Language } from '../../words/index.ts';
import { label, type Shown } from './labels.ts';
import type { SchedRun } from './run-setting.ts';

const three = (value: number): string => String(Number(value.toPrecision(3)));

/** A measure of a run. */
export function told({ measures }: SchedRun, { of, kind }: Shown, language: Language): string {
  const value = measures[of];
  if (kind === 'time') return inTime(value);
  if (kind === 'rate')
    return `${value >= 1000 ? Math.round(value) : three(value)}${label('perSecond', language)}`;
  if (kind === 'share') return `${three(value * 100)} %`;
  return kind === 'index' ? value.toFixed(3) : String(value);
}

/** The quantum of a run; a dash where there are no slices. */
export const quantumOf = ({ setting }: SchedRun): string =>
  setting.quantum === null ? '–' : inTime(setting.quantum);
