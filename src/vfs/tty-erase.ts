/** Erasing what was typed: a character, a word, the line, and what of it stood on the screen. Linux: n_tty.c eraser. */
import { CC, ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, ECHOPRT } from './termios.ts';
import type { Tty } from './tty.ts';
import { typedAt } from './tty-line.ts';
import { echo, echoBack, echoRaw, echoRubTab, isContinuation, isControl, isWord, NL } from './tty-output.ts';

const BS = 8;
const TAB = 9;
const SPACE = 32;

const has = (tty: Tty, bit: number) => (tty.termios.lflag & bit) !== 0;

/** The characters that erase, by their index in `cc`. */
export const ERASING = {
  [CC.VERASE]: eraseCharacter,
  [CC.VWERASE]: eraseWord,
  [CC.VKILL]: killLine,
} as const;

/** Ends what ECHOPRT shows of erased characters. */
export function finishErasing(tty: Tty): void {
  if (tty.isErasing) echoRaw(tty, 0x2f);
  tty.isErasing = false;
}

function eraseCharacter(tty: Tty): void {
  const at = lastCharacter(tty);
  if (at >= 0) drop(tty, at, true);
  afterErasing(tty);
}

/** Back over what is no word, then over the word. */
function eraseWord(tty: Tty): void {
  let words = 0;
  for (let at = lastCharacter(tty); at >= 0; at = lastCharacter(tty)) {
    if (isWord(typedAt(tty, at))) words++;
    else if (words > 0) break;
    drop(tty, at, false);
  }
  afterErasing(tty);
}

function killLine(tty: Tty): void {
  if (tty.head === tty.lineHead) return;
  if (!has(tty, ECHO)) {
    tty.head = tty.lineHead;
  } else if (has(tty, ECHOK) && has(tty, ECHOKE) && has(tty, ECHOE)) {
    for (let at = lastCharacter(tty); at >= 0; at = lastCharacter(tty)) drop(tty, at, false);
    afterErasing(tty);
  } else {
    tty.head = tty.lineHead;
    finishErasing(tty);
    echo(tty, tty.termios.cc[CC.VKILL]!);
    if (has(tty, ECHOK)) echoRaw(tty, NL);
  }
}

function afterErasing(tty: Tty): void {
  if (tty.head === tty.lineHead && has(tty, ECHO)) finishErasing(tty);
}

/** Where the last character begins; -1 for none, also when its first byte is missing. */
function lastCharacter(tty: Tty): number {
  let at = tty.head;
  if (at === tty.lineHead) return -1;
  do at--;
  while (isContinuation(tty, typedAt(tty, at)) && at > tty.lineHead);
  return isContinuation(tty, typedAt(tty, at)) ? -1 : at;
}

/** Takes the last character, which begins at `at`, away. */
function drop(tty: Tty, at: number, isOne: boolean): void {
  const end = tty.head;
  const byte = typedAt(tty, at);
  tty.head = at;
  if (!has(tty, ECHO)) return;
  if (has(tty, ECHOPRT)) print(tty, at, end);
  else if (isOne && !has(tty, ECHOE)) echo(tty, tty.termios.cc[CC.VERASE]!);
  else if (byte === TAB) rubTab(tty);
  else {
    if (isControl(byte) && has(tty, ECHOCTL)) rub(tty);
    if (!isControl(byte) || has(tty, ECHOCTL)) rub(tty);
  }
}

/** ECHOPRT: for paper, what is erased is printed between \ and /. */
function print(tty: Tty, at: number, end: number): void {
  if (!tty.isErasing) echoRaw(tty, 0x5c);
  tty.isErasing = true;
  echo(tty, typedAt(tty, at));
  for (let next = at + 1; next < end; next++) {
    echoRaw(tty, typedAt(tty, next));
    echoBack(tty);
  }
}

function rub(tty: Tty): void {
  for (const byte of [BS, SPACE, BS]) echoRaw(tty, byte);
}

/** A tab is as wide as the columns before it leave. */
function rubTab(tty: Tty): void {
  let columns = 0;
  let isAfterTab = false;
  for (let at = tty.head - 1; at >= tty.lineHead && !isAfterTab; at--) {
    const byte = typedAt(tty, at);
    if (byte === TAB) isAfterTab = true;
    else if (isControl(byte)) columns += has(tty, ECHOCTL) ? 2 : 0;
    else if (!isContinuation(tty, byte)) columns++;
  }
  echoRubTab(tty, columns, isAfterTab);
}
