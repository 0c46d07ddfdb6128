/** Random trials: a random program, its surroundings, and what happens to it. For tests. */
import { nextU32, type Random, seededRandom } from '../base/index.ts';
import { layout } from '../memory/index.ts';
import { below, PLACE, ProgramWriter, pick, TABLE_ENTRIES } from './random-program.ts';
import { randomFloat, randomInteger } from './random-state.ts';
import { type Event, type Mapping, TRIAL_FRAMES, type Trial } from './trial.ts';

const { PAGE_SIZE } = layout;
const FUNCTIONS = 8;

/** What follows in the code does not follow in memory. */
const CODE_FRAMES = [2, 0, 3, 1] as const;
/** Frames behind the code's. */
const FRAME = { table: 4, data: 5, copied: 7, stack: 8, high: 10 } as const;

function mappings(random: Random): Mapping[] {
  const all: Mapping[] = [
    { va: PLACE.table, frame: FRAME.table, may: 'r' },
    { va: PLACE.data, frame: FRAME.data, may: 'rw' },
    { va: PLACE.data + PAGE_SIZE, frame: FRAME.data + 1, may: 'rw' },
    { va: PLACE.copied, frame: FRAME.copied, may: 'rwc' },
    // Data that has two addresses.
    { va: PLACE.copied + PAGE_SIZE, frame: FRAME.data, may: 'rw' },
    { va: PLACE.stack - PAGE_SIZE, frame: FRAME.stack, may: 'rw' },
    { va: PLACE.stack, frame: FRAME.stack + 1, may: 'rw' },
    { va: PLACE.high, frame: FRAME.high, may: 'rw' },
  ];
  const isWritable = below(random, 3) === 0;
  for (let i = 0; i < PLACE.codePages; i++) {
    const at = i * PAGE_SIZE;
    const frame = CODE_FRAMES[i]!;
    all.push({ va: PLACE.code + at, frame, may: isWritable ? 'rwx' : 'rx' });
    all.push({ va: PLACE.alias + at, frame, may: 'rx' });
    all.push({ va: PLACE.writable + at, frame, may: 'rw' });
  }
  return all;
}

function table(random: Random, starts: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(PAGE_SIZE);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < TABLE_ENTRIES; i++) {
    const elsewhere = below(random, 3) === 0 ? PLACE.alias - PLACE.code : 0;
    view.setUint32(8 * i, pick(random, starts) + elsewhere, true);
  }
  return bytes;
}

const budget = (random: Random, most: number): number =>
  pick(random, [
    1 + below(random, 12),
    1 + below(random, 300),
    1 + below(random, most),
    1 + below(random, most),
  ]);

/** What happens to a page of code or data between two slices. */
function change(random: Random, all: readonly Mapping[]): Event[] {
  const mapping = pick(random, all);
  const kind = below(random, 6);
  if (kind === 0) return [{ kind: 'unmap', va: mapping.va }];
  if (kind === 1)
    return [{ kind: 'map', mapping: { ...mapping, may: pick(random, ['r', 'rx', 'rw', 'rwx']) } }];
  if (kind === 2) return [{ kind: 'map', mapping: { ...mapping, frame: below(random, TRIAL_FRAMES) } }];
  if (kind === 3) return [{ kind: 'switch' }];
  const bytes = new Uint8Array(Uint32Array.of((nextU32(random) & 0xfff00000) | 0x50513).buffer);
  return [{ kind: 'write', frame: below(random, PLACE.codePages), at: 2 * below(random, 2046), bytes }];
}

function events(random: Random, most: number, all: readonly Mapping[], starts: readonly number[]): Event[] {
  const found: Event[] = [];
  for (let n = 3 + below(random, 6); n > 0; n--) {
    const answer = below(random, 2) === 0 ? 'skip' : 'allow';
    found.push({ kind: 'run', budget: budget(random, most), answer });
    if (below(random, 3) === 0) found.push(...change(random, all));
    if (below(random, 4) === 0)
      found.push({ kind: 'slices', budget: 1 + below(random, 40), times: 1 + below(random, 30) });
    // Mappings that change make way again, so that the program goes on.
    if (below(random, 4) === 0) for (const mapping of all) found.push({ kind: 'map', mapping });
    if (below(random, 3) === 0) found.push({ kind: 'start', pc: pick(random, starts) });
  }
  return found;
}

/** The trial of a seed, whose longest run has so many instructions. */
export function randomTrial(seed: number, most = 20_000): Trial {
  const random = seededRandom(seed);
  const writer = new ProgramWriter(random, FUNCTIONS);
  for (let number = 0; number < FUNCTIONS; number++) writer.function(number);
  const start = PLACE.code + 2 * below(random, 1200);
  const room = PLACE.codePages * PAGE_SIZE;
  const { bytes, at } = writer.bytes(start, room - (start - PLACE.code));
  const code = new Uint8Array(room);
  code.set(bytes, start - PLACE.code);
  const starts = at.slice(0, FUNCTIONS).filter((address) => address < PLACE.code + room);
  const frames = Array.from({ length: TRIAL_FRAMES }, () => randomBytes(random));
  for (const [i, frame] of CODE_FRAMES.entries())
    frames[frame] = code.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
  frames[FRAME.table] = table(random, starts);
  const x = BigUint64Array.from({ length: 32 }, () => randomInteger(random));
  x[2] = BigInt(PLACE.stack + 0xc00 + 16 * below(random, 30));
  x[8] = BigInt(PLACE.data + below(random, 8192));
  x[9] = BigInt(PLACE.data + 8 * below(random, 1024));
  x[18] = BigInt(PLACE.table);
  x[24] = BigInt(below(random, 40));
  x[1] = x[5] = BigInt(pick(random, starts));
  const all = mappings(random);
  return {
    mappings: all,
    frames,
    x,
    f: BigUint64Array.from({ length: 32 }, () => randomFloat(random)),
    frm: pick(random, [0, 0, 0, 1, 2, 3, 4, below(random, 8)]),
    fflags: below(random, 2),
    pc: starts[0]!,
    events: events(random, most, all, starts),
  };
}

function randomBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(PAGE_SIZE);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < PAGE_SIZE; at += 8) view.setBigUint64(at, randomInteger(random), true);
  return bytes;
}
