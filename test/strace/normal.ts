/**
 * Two traces of the same program, one of Debian's strace on a Linux of this machine's own and one of ours, made
 * comparable. Everything that is allowed to differ is in RULES; README.md says why.
 */

/** The call that every program of the corpus makes first: what libc does before it is not compared. */
const MARKER = 'chdir("/begin")';

/** What may differ, and what stands in its place. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Addresses.
  [/0x[0-9a-f]{5,16}\b(?! \/\* \w*\?\?\?)/g, 'ADDR'],
  // x86-64's way back from a handler; riscv64 has the vDSO for it.
  [/SA_RESTORER\|/g, ''],
  [/SA_RESTORER/g, '0'],
  [/, sa_restorer=ADDR/g, ''],
  // The register that rt_sigreturn brings back is a result on x86-64, and an argument on riscv64, when a call is made anew.
  [/^(rt_sigreturn\(.*\) = )\d+$/, '$1N'],
  // Times that pass.
  [/ru_utime=\{[^}]*\}, ru_stime=\{[^}]*\}/g, 'ru_utime=TIME, ru_stime=TIME'],
  [/si_utime=\d+(?: \/\* [\d.]+ s \*\/)?, si_stime=\d+(?: \/\* [\d.]+ s \*\/)?/, 'si_utime=N, si_stime=N'],
  [/left \{tv_sec=\d+, tv_nsec=\d+\}/, 'left TIME'],
  [/(clock_nanosleep\(.*, )\{[^}]*\}\) = \?/, '$1TIME) = ?'],
  [/sched_runtime=\d+/, 'sched_runtime=N'],
  // Numbers that x86-64 gives to more than one device.
  [/SNDCTL_TMR_\w+ or /, ''],
];

/** Where numbers of processes stand. */
const IDS: readonly RegExp[] = [
  /si_pid=(\d+)/,
  /^(?:kill|tkill|tgkill|wait4|pidfd_open|rt_sigqueueinfo|rt_tgsigqueueinfo|getpgid)\((\d+)/,
  /^(?:tgkill|rt_tgsigqueueinfo)\(\w+, (\d+)/,
  /^waitid\(P_PID, (\d+)/,
  /^(?:getpid|gettid|setsid|clone|clone3|wait4|set_tid_address|getpgid)\(.*\) = (\d+)$/,
  /^<\.\.\. (?:wait4|clone) resumed>.*\) = (\d+)$/,
  /^semctl\(.*, GETPID, NULL\) = (\d+)$/,
  /parent_tid=\[(\d+)\]/,
  /^futex\(ADDR, FUTEX_WAIT, (\d+), NULL\) = 0/,
  /^(?:msg|sem|shm)\w+\((\d+), /,
  /^shmat\((\d+)/,
  /^(?:msg|sem|shm)get\(.*\) = (\d+)$/,
];

/** Lines by task, in the order in which tasks appear; what was cut by another task's line is whole again. */
function byTask(text: string): Map<string, string[]> {
  const tasks = new Map<string, string[]>();
  const cut = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, pid, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (pid === undefined || rest === undefined) continue;
    const lines = tasks.get(pid) ?? [];
    tasks.set(pid, lines);
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    if (rest.endsWith(' <unfinished ...>')) cut.set(pid, rest.slice(0, -' <unfinished ...>'.length));
    else if (resumed === null) lines.push(rest);
    else lines.push((cut.get(pid) ?? '') + resumed[1]!);
  }
  return tasks;
}

/** A trace with all that may differ taken out, task by task. */
export function normal(text: string): string[] {
  const out: string[] = [];
  const idOf = naming();
  for (const [pid, lines] of byTask(text)) {
    const begin = out.length > 0 ? 0 : lines.findIndex((line) => line.startsWith(MARKER)) + 1;
    if (out.length === 0 && begin === 0) continue;
    out.push(`-- ${idOf(pid)}`);
    for (const line of lines.slice(begin)) out.push(normalLine(line, idOf));
  }
  return out;
}

/** The same, in the order in which it was written, and cut as it was. */
export function normalInOrder(text: string): string[] {
  const idOf = naming();
  const lines = text.split('\n').map((line) => /^(\d+) +(.*)$/.exec(line));
  const told = lines.filter((line) => line !== null);
  const begin = told.findIndex(([, , rest]) => rest!.startsWith(MARKER)) + 1;
  return told.slice(begin).map(([, pid, rest]) => `${idOf(pid!)} ${normalLine(rest!, idOf)}`);
}

/** Gives numbers of tasks names in the order in which they are heard of. Some numbers are nobody's. */
function naming(): (id: string) => string {
  const ids = new Map<string, string>();
  return (id) => {
    const known = ids.get(id) ?? (Number(id) >= 90_000 || id === '0' ? id : `P${ids.size}`);
    ids.set(id, known);
    return known;
  };
}

function normalLine(line: string, idOf: (id: string) => string): string {
  let told = line.replace(/\)\s+= /, ') = ');
  for (const [pattern, by] of RULES) told = told.replace(pattern, by);
  for (const pattern of IDS)
    told = told.replace(pattern, (whole, id: string) => {
      const at = whole.lastIndexOf(id);
      return whole.slice(0, at) + idOf(id) + whole.slice(at + id.length);
    });
  return told;
}
