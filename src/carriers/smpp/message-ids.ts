import type { MessageIdForm } from './options.ts';

/** Ids of each of the two generations remembered in `auto`; receipts mostly come within this many messages. */
const GENERATION = 20_000;

type Conversion = 'same' | 'toHex' | 'toDecimal';
const CONVERSIONS: readonly Conversion[] = ['same', 'toHex', 'toDecimal'];

const DECIMAL = /^\d{1,40}$/;
const HEX = /^[0-9a-f]{1,40}$/i;

/**
 * Makes the id of a submit response and the id of its receipt the same text, where an SMSC writes one in hex and the other in
 * decimal. With both forms given, both become decimal. With `auto` the submit's id stays as it is, and a receipt's is
 * compared with recent ones as it is, as hex and as decimal; the conversion that has found most also applies to ids not
 * remembered (a receipt that came before its response, or after a restart). Until the first find it is none: for an SMSC known to
 * convert, the forms should be configured.
 */
export class MessageIds {
  readonly #submitForm: MessageIdForm;
  readonly #receiptForm: MessageIdForm;
  readonly #auto: boolean;
  readonly #found: Record<Conversion, number> = { same: 0, toHex: 0, toDecimal: 0 };
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
    const ranked = [...CONVERSIONS].sort((a, b) => this.#found[b] - this.#found[a]);
    for (const conversion of ranked) {
      const candidate = this.#convert(id, conversion);
      if (candidate === undefined || !this.#knows(candidate)) continue;
      this.#found[conversion]++;
      return candidate;
    }
    return parameterId ?? this.#convert(id, ranked[0] ?? 'same') ?? id;
  }

  #knows(id: string): boolean {
    return this.#recent.has(id) || this.#older.has(id);
  }

  #convert(id: string, conversion: Conversion): string | undefined {
    switch (conversion) {
      case 'same':
        return id;
      case 'toHex': {
        if (!DECIMAL.test(id)) return undefined;
        const hex = BigInt(id).toString(16);
        return (this.#upperCase ? hex.toUpperCase() : hex).padStart(this.#width, '0');
      }
      case 'toDecimal':
        return HEX.test(id) ? BigInt(`0x${id}`).toString().padStart(this.#width, '0') : undefined;
    }
  }
}

/** Ids that are no number in that form stay as they are. */
function inDecimal(id: string, form: MessageIdForm): string {
  if (form === 'hex') return HEX.test(id) ? BigInt(`0x${id}`).toString() : id;
  return DECIMAL.test(id) ? BigInt(id).toString() : id;
}
