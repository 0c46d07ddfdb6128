/** rseq: a thread says where its restartable sequence is described. Linux: kernel/rseq.c. */
import { type Kernel, RSEQ_ALIGN, resetRseq, setRseq, syscall, type Task } from '../kernel/index.ts';
import { layout } from '../memory/index.ts';
import { flags, pointer, uint } from './args.ts';

const RSEQ_FLAG_UNREGISTER = 1;

/** Is it what the task has registered? */
const isRegistered = ({ rseq }: Task, at: number, length: number): boolean =>
  rseq !== null && rseq.at === at && rseq.length === length;

function unregister(
  k: Kernel,
  at: number,
  length: number,
  signature: number,
): 0 | 'EINVAL' | 'EPERM' | 'EFAULT' {
  const { task } = k;
  if (!isRegistered(task, at, length)) return 'EINVAL';
  if (task.rseq!.signature !== signature) return 'EPERM';
  if (!resetRseq(k, task.rseq!)) return 'EFAULT';
  setRseq(task, null);
  return 0;
}

export const rseq = syscall({
  nr: 293,
  name: 'rseq',
  args: [pointer, uint, flags({ RSEQ_FLAG_UNREGISTER }), uint],
  errors: ['EBUSY', 'EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, at, length, bits, signature) {
    const { task } = k;
    if (bits === RSEQ_FLAG_UNREGISTER) return unregister(k, at, length, signature);
    if (bits !== 0) return 'EINVAL';
    if (task.rseq !== null) {
      if (!isRegistered(task, at, length)) return 'EINVAL';
      return task.rseq.signature === signature ? 'EBUSY' : 'EPERM';
    }
    if (length < RSEQ_ALIGN || at % RSEQ_ALIGN !== 0) return 'EINVAL';
    if (at + length > layout.USER_END) return 'EFAULT';
    if (at !== 0) setRseq(task, { at, length, signature });
    return 0;
  },
});
