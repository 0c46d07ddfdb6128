/** The modules of CPython's regression tests that are held to Linux, in the order they are run. */

/** Compared one by one; a package of the tests counts as one module. */
export const MODULES = [
  'test_math',
  'test_float',
  'test_struct',
  'test_hashlib',
  'test_zlib',
  'test_fcntl',
  'test_resource',
  'test_mmap',
  'test_time',
  'test_fileio',
  'test_tempfile',
  'test_shutil',
  'test_select',
  'test_selectors',
  'test_poll',
  'test_epoll',
  'test_pty',
  'test_openpty',
  'test_ioctl',
  'test_posix',
  'test_os',
  'test_pathlib',
  'test_io',
  'test_sqlite3',
  'test_signal',
  'test_threadsignals',
  'test_threading',
  'test_subprocess',
  'test_faulthandler',
  'test_eintr',
  'test_socket',
  'test_asyncio',
  'test_concurrent_futures',
  'test_multiprocessing_fork',
  'test_multiprocessing_forkserver',
  'test_multiprocessing_spawn',
] as const;

/** A module's name. */
export type Module = (typeof MODULES)[number];
