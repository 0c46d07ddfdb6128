/** The programs of corpus/, one of guest/traces.elf each, and where their traces on Linux lie. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Where the sources lie. */
export const CORPUS = join(folder, 'corpus');

/** What holds no program, but stands under all of them. */
const SHARED = ['start.c'];

/** Names of the programs. */
export const programs = (): string[] =>
  readdirSync(CORPUS)
    .filter((name) => name.endsWith('.c') && !SHARED.includes(name))
    .map((name) => name.slice(0, -2))
    .sort();

/** What strace wrote of a program on Linux: as it came, with the addresses and numbers of that run. */
export const goldenOf = (name: string): string => join(folder, 'golden', `${name}.txt`);
