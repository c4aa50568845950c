/** Numbers from which no call is made, whoever has them: they only take calls, or nobody has them. The operator's own list. */
export class DoNotOriginate {
  #numbers: ReadonlySet<string> = new Set();

  /** The whole list anew, in digits. */
  use(numbers: Iterable<string>): void {
    this.#numbers = new Set(numbers);
  }

  /** `caller` as calls show it; names and SIP addresses are never on it. */
  has(caller: string): boolean {
    return this.#numbers.has(caller.replace(/^\+/, ''));
  }
}
