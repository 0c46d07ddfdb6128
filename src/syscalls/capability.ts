/** capget and capset: the sets of capabilities of a task. man 2 capget; Linux: kernel/capability.c, cap_capset(). */
import { CAP, type Errno } from '../abi/index.ts';
import { capable, commitCredentials, type Kernel, syscall, type Tid } from '../kernel/index.ts';
import { ALL_CAPS, type Capabilities, type CapSet, capsAnd, capsOr, capsWithin } from '../vfs/index.ts';
import { capHeader, inCaps, outCaps } from './text/process.ts';

/** _LINUX_CAPABILITY_VERSION_*, and how many words of each set they have. */
const CAPABILITY_WORDS: Readonly<Record<number, number>> = { 429392688: 1, 537333798: 2, 537396514: 2 };
const NEWEST = 0x20080522;
const WORD = 2 ** 32;

/** Reads the version of a cap_user_header; an unknown one is answered with the newest. */
function capabilityWords(k: Kernel, header: number): number | Errno {
  const version = k.user.readU32(header);
  if (version === undefined) return 'EFAULT';
  const words = CAPABILITY_WORDS[version];
  if (words !== undefined) return words;
  return k.user.writeU32(header, NEWEST) ? 'EINVAL' : 'EFAULT';
}

/** The sets in the order of struct cap_user_data. */
const DATA = ['effective', 'permitted', 'inheritable'] as const;

export const capget = syscall({
  nr: 90,
  name: 'capget',
  args: [capHeader, outCaps],
  errors: ['EFAULT', 'EINVAL', 'ESRCH'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, header, data) {
    const words = capabilityWords(k, header);
    // Asking with no place for the answer is how programs ask for the version.
    if (typeof words === 'string') return words === 'EINVAL' && data === 0 ? 0 : words;
    const pid = k.user.readI32(header + 4);
    if (pid === undefined) return 'EFAULT';
    if (data === 0) return 0;
    if (pid < 0) return 'EINVAL';
    const task = pid === 0 ? k.task : k.tasks.get(pid as Tid);
    if (task === undefined) return 'ESRCH';
    const { caps } = task.credentials;
    for (let i = 0; i < words; i++)
      for (const [at, name] of DATA.entries()) {
        const word = i === 0 ? caps[name] % WORD : Math.floor(caps[name] / WORD);
        if (!k.user.writeU32(data + 12 * i + 4 * at, word)) return 'EFAULT';
      }
    return 0;
  },
});

function readSets(k: Kernel, data: number, words: number): Record<(typeof DATA)[number], CapSet> | 'EFAULT' {
  const sets = { effective: 0, permitted: 0, inheritable: 0 };
  for (let i = 0; i < words; i++)
    for (const [at, name] of DATA.entries()) {
      const word = k.user.readU32(data + 12 * i + 4 * at);
      if (word === undefined) return 'EFAULT';
      sets[name] += word * WORD ** i;
    }
  for (const name of DATA) sets[name] = capsAnd(sets[name], ALL_CAPS);
  return sets;
}

/** Nothing is permitted anew, and only what is permitted takes effect. */
function mayBecome(k: Kernel, next: Record<(typeof DATA)[number], CapSet>, old: Capabilities): boolean {
  const inherits = capsWithin(next.inheritable, capsOr(old.inheritable, old.permitted));
  if (!inherits && !capable(k, CAP.CAP_SETPCAP)) return false;
  if (!capsWithin(next.inheritable, capsOr(old.inheritable, old.bounding))) return false;
  return capsWithin(next.permitted, old.permitted) && capsWithin(next.effective, next.permitted);
}

export const capset = syscall({
  nr: 91,
  name: 'capset',
  args: [capHeader, inCaps],
  errors: ['EFAULT', 'EINVAL', 'EPERM'],
  interrupted: 'never blocks',
  support: 'full',
  run(k, header, data) {
    const words = capabilityWords(k, header);
    if (typeof words === 'string') return words;
    const pid = k.user.readI32(header + 4);
    if (pid === undefined) return 'EFAULT';
    if (pid !== 0 && pid !== k.task.tid) return 'EPERM';
    const next = readSets(k, data, words);
    if (next === 'EFAULT') return next;
    const { credentials } = k.task;
    const { caps } = credentials;
    if (!mayBecome(k, next, caps)) return 'EPERM';
    const ambient = capsAnd(caps.ambient, capsAnd(next.permitted, next.inheritable));
    commitCredentials(k, { ...credentials, caps: { ...caps, ...next, ambient } });
    return 0;
  },
});

export const CAPABILITY_CALLS = [capget, capset];
