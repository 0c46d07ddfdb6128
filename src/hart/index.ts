export { CAUSE, type TrapCause } from './cause.ts';
export { Hart, interpreterModule } from './hart.ts';
