import { defineConfig, type UserConfig } from 'tsdown';
import { buildId } from './tools/build-id.ts';
import { frozenModules } from './tools/frozen.ts';

const common: UserConfig = {
  target: 'node20',
  // The layers' projects refer to each other and would have to be built first.
  tsconfig: 'tsconfig.build.json',
  plugins: [frozenModules],
  define: { __TIMESLICE_BUILD__: JSON.stringify(buildId()) },
  fixedExtension: false,
  logLevel: 'error',
};

/** One entry per sub-path export. Guest ELFs are inlined so that the package needs no files beside it. */
const library: UserConfig = {
  ...common,
  format: 'esm',
  entry: {
    index: 'src/host-node/index.ts',
    isa: 'src/isa/index.ts',
    wasm: 'src/wasm/index.ts',
    elf: 'src/elf/index.ts',
    kernel: 'src/kernel/index.ts',
    web: 'src/host-web/index.ts',
  },
  platform: 'neutral',
  deps: { neverBundle: [/^node:/] },
  dts: true,
  clean: true,
};

/**
 * The command has a bundle to itself, made for starting fast: less text, what it needs at once in it, and scripts,
 * whose code V8 can keep (bin/load.js).
 */
const command: UserConfig = {
  ...common,
  format: 'cjs',
  entry: { cli: 'src/cli/main.ts' },
  platform: 'node',
  deps: { neverBundle: [/^node:/], alwaysBundle: ['commander', 'string-width'] },
  dts: false,
  clean: false,
  // No module does anything when it is loaded: what a command does not use goes where it is used.
  treeshake: { moduleSideEffects: false },
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  outputOptions: {
    entryFileNames: 'cli.cjs',
    chunkFileNames: 'cli-[name]-[hash].cjs',
    // Node 20 forgets for scripts with kept code how they import; requiring works for modules, too.
    dynamicImportInCjs: false,
  },
};

export default defineConfig([library, command]);
