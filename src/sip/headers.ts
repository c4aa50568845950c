/**
 * The header fields of a SIP message in their order (RFC 3261 §7.3). Names are canonical (`Call-ID`, `Via`): the parser expands
 * compact forms and corrects letter case. Fields that are lists (`Via`, `Route`, `Contact`, ...) are held one value an entry.
 */
export class SipHeaders implements Iterable<readonly [name: string, value: string]> {
  readonly #fields: (readonly [name: string, value: string])[];

  constructor(fields: Iterable<readonly [name: string, value: string]> = []) {
    this.#fields = [...fields];
  }

  /** The first value of the header, trimmed and unfolded. */
  get(name: string): string | undefined {
    return this.#fields.find(([candidate]) => candidate === name)?.[1];
  }

  all(name: string): readonly string[] {
    return this.#fields.filter(([candidate]) => candidate === name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#fields.some(([candidate]) => candidate === name);
  }

  /** Replaces every value of the header by this one, in the place of the first. */
  set(name: string, value: string): this {
    const index = this.#fields.findIndex(([candidate]) => candidate === name);
    if (index === -1) return this.append(name, value);
    for (let at = this.#fields.length - 1; at > index; at--) {
      if (this.#fields[at]?.[0] === name) this.#fields.splice(at, 1);
    }
    this.#fields[index] = [name, value];
    return this;
  }

  append(name: string, value: string): this {
    this.#fields.push([name, value]);
    return this;
  }

  /** Puts a value before all others of the header: what a new `Via` or `Record-Route` needs. */
  prepend(name: string, value: string): this {
    const index = this.#fields.findIndex(([candidate]) => candidate === name);
    this.#fields.splice(Math.max(0, index), 0, [name, value]);
    return this;
  }

  /** Removes the first value of the header. */
  removeFirst(name: string): this {
    const index = this.#fields.findIndex(([candidate]) => candidate === name);
    if (index !== -1) this.#fields.splice(index, 1);
    return this;
  }

  delete(name: string): this {
    for (let at = this.#fields.length - 1; at >= 0; at--) {
      if (this.#fields[at]?.[0] === name) this.#fields.splice(at, 1);
    }
    return this;
  }

  clone(): SipHeaders {
    return new SipHeaders(this.#fields);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#fields[Symbol.iterator]();
  }
}
