/**
 * GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1, messaging.md §14). National language shift tables
 * are left out: carriers rarely take them, and a text that needs one goes out as UCS-2.
 *
 * "Unpacked" means one septet an octet, as SMPP carries data coding 0; packing into 7 bits is the SMSC's business.
 */

/** Septet that announces a character of the extension table. */
export const GSM7_ESCAPE = 0x1b;

/** The 128 positions of the basic table in order; position 0x1B is the escape and stands here as U+001B. */
export const gsm7BasicTable =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Extension table: the octet that follows the escape, and its character. */
export const gsm7ExtensionTable: ReadonlyMap<number, string> = new Map([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);

const REPLACEMENT = '\ufffd';
/** One past the highest code unit of both tables (the euro sign, U+20AC): what is at or above it is not GSM. */
const TABLE_END = 0x20ad;

/** By UTF-16 code unit: septets the character takes (1 basic, 2 extension), 0 when it is not in the alphabet. */
const septets = new Uint8Array(TABLE_END);
/** By UTF-16 code unit: its octet in the basic table, or the one after the escape. Meaningful where `septets` is not 0. */
const octets = new Uint8Array(TABLE_END);

for (let octet = 0; octet < gsm7BasicTable.length; octet++) {
  if (octet === GSM7_ESCAPE) continue;
  const unit = gsm7BasicTable.charCodeAt(octet);
  septets[unit] = 1;
  octets[unit] = octet;
}
for (const [octet, character] of gsm7ExtensionTable) {
  const unit = character.charCodeAt(0);
  septets[unit] = 2;
  octets[unit] = octet;
}

/** Septets one UTF-16 code unit takes: 1, 2, or 0 when it is not in the alphabet. */
export function septetsOfUnit(unit: number): number {
  return unit < TABLE_END ? (septets[unit] ?? 0) : 0;
}

/** Septets the text takes, or -1 when a character is not in the alphabet. */
export function gsm7Length(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const cost = septetsOfUnit(text.charCodeAt(index));
    if (cost === 0) return -1;
    length += cost;
  }
  return length;
}

/** The text as unpacked septets. Throws a RangeError that names the first character outside the alphabet. */
export function encodeGsm7(text: string): Buffer {
  const out = Buffer.allocUnsafe(text.length * 2);
  let used = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const cost = septetsOfUnit(unit);
    if (cost === 0) {
      throw new RangeError(`U+${(text.codePointAt(index) ?? unit).toString(16).toUpperCase().padStart(4, '0')} is not GSM 7-bit`);
    }
    if (cost === 2) out[used++] = GSM7_ESCAPE;
    out[used++] = octets[unit] ?? 0;
  }
  return out.subarray(0, used);
}

/**
 * Unpacked septets as text; never throws, because what a carrier sends is not ours to choose. An escape before an octet without an
 * extension character is dropped and the octet read from the basic table, an escape before another escape or at the end reads as a
 * space (TS 23.038 §6.2.1.1, note 1); an octet with the eighth bit set is no septet and reads as U+FFFD.
 */
export function decodeGsm7(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    const octet = bytes[index] ?? 0;
    if (octet !== GSM7_ESCAPE) {
      text += gsm7BasicTable[octet] ?? REPLACEMENT;
      continue;
    }
    const next = bytes[index + 1];
    if (next === undefined || next === GSM7_ESCAPE) {
      text += ' ';
      index += 1;
      continue;
    }
    const extension = gsm7ExtensionTable.get(next);
    if (extension !== undefined) {
      text += extension;
      index += 1;
    }
  }
  return text;
}
