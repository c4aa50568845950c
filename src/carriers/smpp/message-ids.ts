import type { MessageIdForm } from './options.ts';

/** Ids of each of the two generations remembered in `auto`; receipts mostly come within this many messages. */
const GENERATION = 20_000;

const DECIMAL = /^\d{1,40}$/;
const HEX = /^[0-9a-f]{1,40}$/i;

/**
 * Makes the id of a submit response and the id of its receipt the same text, where an SMSC writes one in hex and the other in
 * decimal. With both forms given, both become decimal. With `auto` the submit's id stays as it is, and a receipt's is converted
 * only when letters show that the two are written differently and none has ever been found as it is. For an SMSC known to convert,
 * the forms should be configured: right after a restart there is nothing to compare with.
 */
export class MessageIds {
  readonly #submitForm: MessageIdForm;
  readonly #receiptForm: MessageIdForm;
  readonly #auto: boolean;
  /** A receipt has repeated a submit's id as it is: nothing is converted any more. */
  #foundSame = false;
  /** Submit ids are hexadecimal for certain. */
  #submitsHaveLetters = false;
  #recent = new Set<string>();
  #older = new Set<string>();
  #width = 0;
  #upperCase = false;

  constructor(submitForm: MessageIdForm, receiptForm: MessageIdForm) {
    this.#submitForm = submitForm;
    this.#receiptForm = receiptForm;
    this.#auto = submitForm === 'auto' || receiptForm === 'auto';
  }

  /** The id under which a submit is known, from its response. */
  submitted(responseId: string): string {
    const id = responseId.trim();
    if (!this.#auto) return inDecimal(id, this.#submitForm);
    if (id === '') return id;
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(id);
    this.#width = id.startsWith('0') ? id.length : 0;
    if (!this.#upperCase && HEX.test(id)) this.#upperCase = /[A-F]/.test(id);
    if (!this.#submitsHaveLetters && HEX.test(id)) this.#submitsHaveLetters = /[a-f]/i.test(id);
    return id;
  }

  /** The same id, from a receipt: its parameter, which repeats the response's form, before its text. Undefined when it has neither. */
  receipted(parameterId: string | undefined, textId: string | undefined): string | undefined {
    if (!this.#auto) {
      if (parameterId !== undefined) return inDecimal(parameterId, this.#submitForm);
      return textId === undefined ? undefined : inDecimal(textId, this.#receiptForm);
    }
    if (parameterId !== undefined && this.#knows(parameterId)) return parameterId;
    const id = textId ?? parameterId;
    if (id === undefined) return undefined;
    if (this.#knows(id)) {
      this.#foundSame = true;
      return id;
    }
    return (this.#foundSame ? undefined : this.#converted(id)) ?? parameterId ?? id;
  }

  /**
   * The receipt's id in the submit's form, when letters prove that the forms differ. Digits alone prove nothing: where ids count
   * up, the decimal reading of one is the hexadecimal reading of another, and the receipt would go to a stranger's message.
   */
  #converted(id: string): string | undefined {
    if (this.#submitsHaveLetters && DECIMAL.test(id)) {
      const hex = BigInt(id).toString(16);
      return (this.#upperCase ? hex.toUpperCase() : hex).padStart(this.#width, '0');
    }
    if (!this.#submitsHaveLetters && this.#recent.size > 0 && HEX.test(id) && /[a-f]/i.test(id)) {
      return BigInt(`0x${id}`).toString().padStart(this.#width, '0');
    }
    return undefined;
  }

  #knows(id: string): boolean {
    return this.#recent.has(id) || this.#older.has(id);
  }
}

/** Ids that are no number in that form stay as they are. */
function inDecimal(id: string, form: MessageIdForm): string {
  if (form === 'hex') return HEX.test(id) ? BigInt(`0x${id}`).toString() : id;
  return DECIMAL.test(id) ? BigInt(id).toString() : id;
}
