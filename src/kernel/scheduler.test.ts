import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundRobin, Scheduler } from './scheduler.ts';
import type { Task, Tid } from './types.ts';

const task = (tid: number, affinity = -1) => ({ tid: tid as Tid, affinity }) as Task;

test('the ready queue is a list, however often its front leaves', () => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('add' as const), affinity: fc.constantFrom(1, 2, 3) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('run' as const), cpus: fc.constantFrom(1, 2, 3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(300) }) },
  );
  fc.assert(
    fc.property(fc.nat(300), fc.array(step, { maxLength: 400 }), (length, steps) => {
      const scheduler = new Scheduler(roundRobin);
      const model: Task[] = [];
      const add = (tid: number, affinity: number) => {
        const made = task(tid, affinity);
        scheduler.add(made, 'wake');
        model.push(made);
      };
      for (let tid = 1; tid <= length; tid++) add(tid, 3);
      for (const [i, each] of steps.entries()) {
        if (each.do === 'add') add(1000 + i, each.affinity);
        else {
          const isNext = ({ affinity }: Task) => each.do === 'run' && (affinity & each.cpus) !== 0;
          const at = each.do === 'run' ? model.findIndex(isNext) : each.at < model.length ? each.at : -1;
          if (each.do === 'run') expect(scheduler.peek(each.cpus)).toBe(model[at]?.tid ?? 0);
          for (const { tid } of at < 0 ? [] : model.splice(at, 1)) scheduler.remove(tid);
        }
        expect(scheduler.size).toBe(model.length);
      }
      expect(scheduler.list().map(({ tid }) => tid)).toEqual(model.map(({ tid }) => tid));
    }),
  );
});
