import { defineConfig } from 'tsdown';
import { buildId } from './tools/build-id.ts';
import { frozenModules } from './tools/frozen.ts';

/** One entry per sub-path export, and the command. Guest ELFs are inlined so that the package needs no files beside it. */
export default defineConfig({
  entry: {
    index: 'src/host-node/index.ts',
    isa: 'src/isa/index.ts',
    wasm: 'src/wasm/index.ts',
    elf: 'src/elf/index.ts',
    kernel: 'src/kernel/index.ts',
    web: 'src/host-web/index.ts',
    cli: 'src/cli/main.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  // The layers' projects refer to each other and would have to be built first.
  tsconfig: 'tsconfig.build.json',
  plugins: [frozenModules],
  define: { __TIMESLICE_BUILD__: JSON.stringify(buildId()) },
  deps: { neverBundle: [/^node:/] },
  dts: true,
  clean: true,
  fixedExtension: false,
  logLevel: 'error',
});
