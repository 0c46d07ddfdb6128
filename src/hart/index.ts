export { CAUSE, type TrapCause } from './cause.ts';
export { Hart } from './hart.ts';
export { interpreterModule } from './interpreter.ts';
export { TIERS, type Tier } from './tier.ts';
export type { CodeWatcher } from './watch.ts';
