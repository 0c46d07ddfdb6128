/** Texts that events hold by number. */

const LASTS = 16;

export class Names {
  readonly list: string[] = [''];
  readonly #ids = new Map<string, number>([['', 0]]);
  /** The text of each length (or another) asked for last: few come again and again. */
  readonly #lastTexts: string[] = new Array(LASTS).fill('');
  readonly #lastIds = new Int32Array(LASTS);

  /** The number of a text. */
  intern(text: string): number {
    const last = text.length & (LASTS - 1);
    if (text === this.#lastTexts[last]) return this.#lastIds[last]!;
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.list.push(text) - 1;
      this.#ids.set(text, id);
    }
    this.#lastTexts[last] = text;
    this.#lastIds[last] = id;
    return id;
  }

  /** The text of a number. */
  of = (id: number): string => this.list[id] ?? '';

  /** Has exactly these from now on. */
  load(names: readonly string[]): void {
    this.list.length = 0;
    this.#ids.clear();
    this.#lastTexts.fill('');
    this.#lastIds.fill(0);
    for (const name of names) this.#ids.set(name, this.list.push(name) - 1);
  }
}
