import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Nanos } from '../base/index.ts';
import { POLICY_NAMES } from './policy/named.ts';
import type { Schedulable } from './policy/policy.ts';
import { isBefore } from './ready-heap.ts';
import { levelOf, ORDINARY, SCHED, Scheduler } from './scheduler.ts';
import type { Tid } from './types.ts';

const QUANTUM = 1000 as Nanos;

const task = (tid: number, fields: Partial<Schedulable> = {}): Schedulable => ({
  tid: tid as Tid,
  affinity: 3,
  policy: SCHED.SCHED_OTHER,
  nice: 0,
  priority: 0,
  inherited: ORDINARY,
  sliceLeft: 0,
  level: ORDINARY,
  rank: 0,
  turn: 0,
  slot: -1,
  vruntime: 0,
  own: null,
  ...fields,
});

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      affinity: fc.constantFrom(1, 2, 3),
      priority: fc.constantFrom(0, 0, 0, 1, 50, 99),
      vruntime: fc.nat(5000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('run' as const), cpus: fc.constantFrom(1, 2, 3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(300) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('allow' as const),
      at: fc.nat(300),
      affinity: fc.constantFrom(1, 2, 3),
    }),
  },
);

test.each(POLICY_NAMES.filter((name) => name !== 'eevdf'))(
  'the ready queue of %s is an ordered list, whoever leaves it',
  (policy) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const scheduler = new Scheduler(policy, QUANTUM);
        const model: Schedulable[] = [];
        for (const [i, each] of steps.entries()) {
          if (each.do === 'add') {
            const { affinity, priority, vruntime } = each;
            const made = task(i + 1, {
              affinity,
              priority,
              vruntime,
              policy: priority > 0 ? SCHED.SCHED_FIFO : 0,
              level: priority > 0 ? 99 - priority : ORDINARY,
            });
            scheduler.add(made, 'wake');
            model.push(made);
            model.sort((a, b) => (isBefore(a, b) ? -1 : 1));
          } else if (each.do === 'allow') {
            const target = model[each.at];
            if (target !== undefined) scheduler.allow(target, each.affinity);
          } else {
            const isNext = ({ affinity }: Schedulable) => each.do === 'run' && (affinity & each.cpus) !== 0;
            const at = each.do === 'run' ? model.findIndex(isNext) : each.at < model.length ? each.at : -1;
            if (each.do === 'run') expect(scheduler.peek(each.cpus)).toBe(model[at]?.tid ?? 0);
            for (const gone of at < 0 ? [] : model.splice(at, 1)) scheduler.remove(gone);
          }
          expect(scheduler.size).toBe(model.length);
        }
        expect(scheduler.list().map(({ tid }) => tid)).toEqual(model.map(({ tid }) => tid));
      }),
    );
  },
);

test('a queue that was saved goes on as the one it was saved from', () => {
  const scheduler = new Scheduler('fair', QUANTUM);
  for (let tid = 1; tid < 20; tid++) scheduler.add(task(tid, { vruntime: (tid * 7) % 5 }), 'wake');
  const other = new Scheduler('fair', QUANTUM);
  other.load(scheduler.save());
  expect(other.list()).toEqual(scheduler.list());
  expect(other.size).toBe(19);
});

test('an inherited level counts like an own one', () => {
  expect(levelOf(task(1))).toBe(ORDINARY);
  expect(levelOf(task(1, { inherited: 40 }))).toBe(40);
  expect(levelOf(task(1, { policy: SCHED.SCHED_RR, priority: 99, inherited: 40 }))).toBe(0);
});
