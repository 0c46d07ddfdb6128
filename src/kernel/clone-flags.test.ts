import { describe, expect, test } from 'vitest';
import { CLONE, cloneError, isSet } from './clone-flags.ts';
import type { Tgid } from './types.ts';

type Flag = keyof typeof CLONE;
const bits = (...flags: Flag[]) => flags.reduce((sum, flag) => sum + CLONE[flag], 0);
const group = (tgid: number) => ({ tgid: tgid as Tgid });
const verdict = (...flags: Flag[]) => cloneError(group(5), bits(...flags), 17);

describe('clone flags', () => {
  test.each<[string, Flag[]]>([
    ['fork', []],
    ['vfork', ['CLONE_VM', 'CLONE_VFORK']],
    [
      'a thread of a C library',
      [
        'CLONE_VM',
        'CLONE_FS',
        'CLONE_FILES',
        'CLONE_SIGHAND',
        'CLONE_THREAD',
        'CLONE_SYSVSEM',
        'CLONE_SETTLS',
        'CLONE_PARENT_SETTID',
        'CLONE_CHILD_CLEARTID',
      ],
    ],
    ['posix_spawn', ['CLONE_VM', 'CLONE_VFORK', 'CLONE_CLEAR_SIGHAND']],
    ['a sibling', ['CLONE_PARENT']],
    ['memory without handlers', ['CLONE_VM']],
    ['flags Linux ignores', ['CLONE_PTRACE', 'CLONE_UNTRACED', 'CLONE_IO', 'CLONE_DETACHED']],
    ['a pidfd', ['CLONE_PIDFD']],
  ])('%s is allowed', (_name, flags) => {
    expect(verdict(...flags)).toBeNull();
  });

  test.each<[string, Flag[]]>([
    ['handlers without memory', ['CLONE_SIGHAND']],
    ['a thread without handlers', ['CLONE_THREAD', 'CLONE_VM']],
    ['a thread without memory', ['CLONE_THREAD', 'CLONE_SIGHAND']],
    ['shared and cleared handlers', ['CLONE_VM', 'CLONE_SIGHAND', 'CLONE_CLEAR_SIGHAND']],
    ['a pidfd with the old bit beside it', ['CLONE_PIDFD', 'CLONE_DETACHED']],
    ['a mount namespace', ['CLONE_NEWNS']],
    ['a user namespace', ['CLONE_NEWUSER']],
    ['a pid namespace', ['CLONE_NEWPID']],
    ['a control group', ['CLONE_INTO_CGROUP']],
  ])('%s is refused', (_name, flags) => {
    expect(verdict(...flags)).toBe('EINVAL');
  });

  test('the first process has no siblings', () => {
    expect(cloneError(group(1), bits('CLONE_PARENT'), 17)).toBe('EINVAL');
  });

  test('a signal that does not exist cannot be the exit signal', () => {
    expect(cloneError(group(5), 0, 65)).toBe('EINVAL');
    expect(cloneError(group(5), 0, 64)).toBeNull();
  });

  test('flags beyond 32 bits are seen', () => {
    expect(isSet(bits('CLONE_CLEAR_SIGHAND', 'CLONE_VM'), CLONE.CLONE_CLEAR_SIGHAND)).toBe(true);
    expect(isSet(bits('CLONE_VM'), CLONE.CLONE_CLEAR_SIGHAND)).toBe(false);
  });
});
