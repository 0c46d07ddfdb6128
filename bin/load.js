/**
 * Loads the command's bundle, with what V8 made of its text the last time: parsing is a good part of a short run.
 * Node 22.8 could do it for modules (module.enableCompileCache), Node 20 cannot.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import vm from 'node:vm';

/** Code of builds that nobody has run for so long is taken away. In milliseconds. */
const STALE = 30 * 24 * 3600 * 1000;

/** The name of a chunk has a hash of its text in it; V8 itself compares lengths only. */
const HASHED = /^cli-.*-[\w-]{8}\.cjs$/;

/** The cache folder, as src/host-node/image-cache.ts has it: that one is not loaded yet. */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (env.TIMESLICE_CACHE) return env.TIMESLICE_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'timeslice');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'timeslice');
  if (platform !== 'win32') return join(home, '.cache', 'timeslice');
  return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'timeslice', 'Cache');
}

/** Runs a file of the bundle and what it requires. `cache` is the folder of the code, or undefined for none. */
export function load(main, cache) {
  const modules = new Map();
  const run = (file) => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const require = createRequire(file);
    const near = (name) => (name.startsWith('./') ? run(join(dirname(file), name)) : require(name));
    compile(file, cache)(module.exports, near, module, file, dirname(file));
    return module.exports;
  };
  return run(main);
}

function compile(file, cache) {
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const kept = cache !== undefined && HASHED.test(basename(file)) ? keptPath(file, cache) : undefined;
  const cachedData = kept === undefined ? undefined : read(kept);
  const script = new vm.Script(text, {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  const isNew = cachedData === undefined || script.cachedDataRejected;
  // Before it runs: running changes what V8 takes back.
  if (kept !== undefined && isNew) write(kept, script.createCachedData());
  return script.runInThisContext();
}

const keptPath = (file, cache) => join(cache, `${basename(file)}-${process.version}-${process.arch}`);

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written is no hindrance. */
function write(path, data) {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `.new-${process.pid}-${basename(path)}`);
    writeFileSync(temporary, data);
    renameSync(temporary, path);
    for (const name of readdirSync(folder)) {
      const other = join(folder, name);
      if (Date.now() - statSync(other).mtimeMs > STALE) rmSync(other, { force: true });
    }
  } catch {}
}
