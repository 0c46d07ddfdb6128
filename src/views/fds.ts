/** `fds`: the open files and devices of processes, and who shares an open file with its offset. */
import { O } from '../abi/index.ts';
import type { FdView, MachineView } from '../machine/index.ts';
import type { Language, Text } from '../words/index.ts';
import { safe, type TextStyle, table } from './text.ts';

const HEADS = {
  kind: { en: 'KIND', ko: '종류' },
  offset: { en: 'OFFSET', ko: '오프셋' },
  with: { en: 'SHARED WITH', ko: '함께 쓰는 곳' },
  name: { en: 'NAME', ko: '이름' },
} as const satisfies Record<string, Text>;

const MODES = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_PATH'] as const;
const SHOWN = ['O_APPEND', 'O_NONBLOCK', 'O_DIRECTORY'] as const;

/** The lines for the processes asked for. */
export function fdsLines(
  view: MachineView,
  pids: readonly number[],
  language: Language,
  style: TextStyle,
): string[] {
  const columns = [
    { head: 'PID', align: 'right' },
    { head: 'FD', align: 'right' },
    { head: HEADS.kind[language] },
    { head: 'FLAGS' },
    { head: HEADS.offset[language], align: 'right' },
    { head: HEADS.with[language] },
    { head: HEADS.name[language] },
  ] as const;
  const users = usersOf(view);
  const rows = view.processes
    .filter(({ pid }) => pids.includes(pid))
    .flatMap(({ pid, fds }) => fds.map((fd) => rowOf(pid, fd, users.get(fd.file)!)));
  return table(columns, rows, style);
}

function rowOf(
  pid: number,
  { fd, kind, flags, cloexec, pos, path }: FdView,
  users: readonly string[],
): string[] {
  const others = users.filter((user) => user !== `${pid}:${fd}`);
  const mode = [
    MODES[flags & O.O_ACCMODE],
    ...SHOWN.filter((name) => flags & O[name]),
    ...(cloexec ? ['O_CLOEXEC'] : []),
  ].join('|');
  return [String(pid), String(fd), kind, mode, String(pos), others.join(' '), safe(path)];
}

/** Descriptors as `pid:fd` by the open file they lead to. */
function usersOf({ processes }: MachineView): ReadonlyMap<number, readonly string[]> {
  const users = new Map<number, string[]>();
  for (const { pid, fds } of processes)
    for (const { file, fd } of fds) users.set(file, [...(users.get(file) ?? []), `${pid}:${fd}`]);
  return users;
}
