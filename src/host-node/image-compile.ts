/**
 * Debian compiles Python's modules when the package is installed; an unpacked image has only their sources, and
 * every start of Python would compile them anew. Set-up lets the guest's own Python import the modules that
 * programs about processes use, in a machine of ours, and keeps what it wrote as a layer of the image.
 */
import { bug, isProblem, type Problem, problem } from '../base/index.ts';
import type { GeneratedEntry } from '../image/index.ts';
import { bootMachine, type HostProcess, type Machine } from '../machine/index.ts';
import { cacheFolder } from './image-cache.ts';
import { openImage } from './image-open.ts';
import { addLayer } from './image-write.ts';

/** The layer's label in the image's lock. */
const LABEL = 'compiled-python';

const MODULES = [
  'contextlib',
  'mmap',
  'multiprocessing',
  'multiprocessing.connection',
  'multiprocessing.popen_fork',
  'multiprocessing.queues',
  'multiprocessing.shared_memory',
  'multiprocessing.sharedctypes',
  'multiprocessing.synchronize',
  'os',
  'queue',
  'random',
  'selectors',
  'signal',
  'socket',
  'struct',
  'subprocess',
  'sys',
  'tempfile',
  'threading',
  'time',
  'traceback',
];

/** What most of CPython's own tests import, beside their runner. */
const TEST_MODULES = [
  'ctypes',
  'datetime',
  'email.message',
  'fractions',
  'glob',
  'http.client',
  'json',
  'multiprocessing.forkserver',
  'multiprocessing.managers',
  'multiprocessing.popen_forkserver',
  'multiprocessing.popen_spawn_posix',
  'multiprocessing.spawn',
  'pathlib',
  'py_compile',
  'statistics',
  'tarfile',
  'test._test_multiprocessing',
  'test.support.import_helper',
  'test.support.script_helper',
  'test.support.socket_helper',
  'test.support.warnings_helper',
  'unittest.mock',
  'zipfile',
];

const imports = (modules: readonly string[]): string => `python3 -c 'import ${modules.join(', ')}'`;

const SCRIPT = [
  imports(MODULES),
  // Who adds CPython's own tests means to run them: the test runner is large. The runner without tests is everywhere.
  `if ls /usr/lib/python3*/test/test_popen.py 2> /dev/null; then python3 -m test test_popen; ${imports(TEST_MODULES)}; fi > /dev/null`,
  'find /usr/lib/python3* -name "*.pyc" | sort | tar --create --file=- --files-from=-',
].join(' && ');

const SLICE = 50_000_000;

/** Does the image have a Python whose modules are not compiled yet? */
export function wantsCompiledPython(name: string, cacheDir = cacheFolder()): boolean {
  const image = openImage(cacheDir, name);
  if (isProblem(image)) return false;
  image.close();
  const hasPython = image.lock.packages.some((item) => item.name === 'python3');
  return hasPython && !image.lock.generated.some(({ label }) => label === LABEL);
}

/** Compiles and keeps the modules; gives the new id of the image. */
export async function compilePython(name: string, cacheDir = cacheFolder()): Promise<string | Problem> {
  const image = openImage(cacheDir, name);
  if (isProblem(image)) return image;
  try {
    const archive = await runScript(image.layers);
    return isProblem(archive) ? archive : await addLayer(cacheDir, name, LABEL, await entriesOf(archive));
  } finally {
    image.close();
  }
}

async function runScript(layers: Parameters<typeof bootMachine>[0]['layers']): Promise<Uint8Array | Problem> {
  const machine = bootMachine({ layers });
  if (isProblem(machine)) return machine;
  const program = machine.spawn({
    argv: ['sh', '-c', SCRIPT],
    stdin: 'null',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  return isProblem(program) ? program : collect(machine, program);
}

/** Runs to the end; between slices the host may look at its own signals. */
async function collect(machine: Machine, { stdout, stderr }: HostProcess): Promise<Uint8Array | Problem> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const run = machine.run(SLICE);
    chunks.push(machine.read(stdout).bytes);
    if (run.state === 'exited' && run.status === 0) return Buffer.concat(chunks);
    if (run.state !== 'running' && run.state !== 'output-full') return failed(machine, stderr);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const failed = (machine: Machine, stderr: number): Problem =>
  problem(
    'compile-failed',
    `Python's modules cannot be compiled: ${Buffer.from(machine.read(stderr).bytes).toString().trim().split('\n').at(-1)}`,
    'Programs run all the same, Python only starts slower; please report this.',
  );

async function entriesOf(archive: Uint8Array): Promise<GeneratedEntry[]> {
  const { unpackTar } = await import('modern-tar');
  const entries = await unpackTar(archive);
  return entries
    .filter(({ header }) => header.type === 'file' || header.type === undefined)
    .map(({ header, data }) => ({
      path: `/${header.name}`,
      mode: 0o644,
      bytes: data ?? bug(`${header.name} has no bytes`),
    }));
}
