/** Which code this is: what is kept of a run is of use to the same code only. */

/** Put in by the bundler: a hash over all sources. */
declare const __TIMESLICE_BUILD__: string | undefined;

/** Undefined in a checkout that runs from its sources. */
export const BUILD: string | undefined =
  typeof __TIMESLICE_BUILD__ === 'undefined' ? undefined : __TIMESLICE_BUILD__;
