/** Texts that events hold by number. */

export class Names {
  readonly list: string[] = [''];
  readonly #ids = new Map<string, number>([['', 0]]);
  /** The text asked for last: it mostly is the same again. */
  #lastText = '';
  #lastId = 0;

  /** The number of a text. */
  intern(text: string): number {
    if (text === this.#lastText) return this.#lastId;
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.list.push(text) - 1;
      this.#ids.set(text, id);
    }
    this.#lastText = text;
    this.#lastId = id;
    return id;
  }

  /** The text of a number. */
  of = (id: number): string => this.list[id] ?? '';

  /** Has exactly these from now on. */
  load(names: readonly string[]): void {
    this.list.length = 0;
    this.#ids.clear();
    this.#lastText = '';
    this.#lastId = 0;
    for (const name of names) this.#ids.set(name, this.list.push(name) - 1);
  }
}
