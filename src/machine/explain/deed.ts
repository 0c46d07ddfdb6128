/** What the kernel did for a line of a Python program, as plain data. */
import type { CalledTarget } from './python-source.ts';

/** One thing that the kernel did. Pages are counted when it happened. */
export type Deed =
  | {
      readonly what: 'fork';
      readonly child: number;
      /** Pages that parent and child have in common now, and those of them that the next write copies. */
      readonly pages: number;
      readonly copyOnWrite: number;
      /** The child runs in its parent's memory until it executes a program. */
      readonly isVfork: boolean;
    }
  | { readonly what: 'thread'; readonly child: number }
  | { readonly what: 'exec'; readonly path: string }
  /** `isThread`: others of the process go on. A wait status. */
  | { readonly what: 'exit'; readonly status: number; readonly isThread: boolean }
  | { readonly what: 'reap'; readonly child: number; readonly status: number }
  /** By the kernel's name of the wait; `thread-end` and `thread-begin` for what Python waits for in join and start. */
  | { readonly what: 'wait'; readonly on: string; readonly detail: number }
  | { readonly what: 'sent'; readonly signo: number; readonly to: number }
  | { readonly what: 'signal'; readonly signo: number; readonly from: number }
  /** `fd` is 0, 1 or 2 for the standard streams, else null. */
  | {
      readonly what: 'read' | 'write';
      readonly fd: number | null;
      readonly type: string;
      readonly file: number;
      readonly bytes: number;
      readonly times: number;
    }
  /** `path` is that of the first. */
  | { readonly what: 'open'; readonly type: string; readonly path: string; readonly times: number }
  | { readonly what: 'shared-memory'; readonly bytes: number }
  /** The slip `target=f()`: the function ran before anything was started. `wasSeen`: in the call frames, too. */
  | ({ readonly what: 'called-too-early'; readonly wasSeen: boolean } & CalledTarget)
  /** Pages copied as they were written first, and how often the processor was given to somebody else. */
  | { readonly what: 'copied'; readonly pages: number }
  | { readonly what: 'switched'; readonly times: number };

/** What the kernel did for a line, until another line or another task had something done. */
export interface LineTold {
  readonly kind: 'line';
  readonly pid: number;
  readonly tid: number;
  /** Empty when it was for no line: Python tidies up, or says what is wrong. */
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** The line's text. */
  readonly source: string;
  readonly deeds: readonly Deed[];
  /** Deeds beyond those that are kept. */
  readonly more: number;
}

/** A Python whose frames cannot be read: told once. */
export interface UnreadableTold {
  readonly kind: 'unreadable';
  readonly pid: number;
}

export type Told = LineTold | UnreadableTold;
