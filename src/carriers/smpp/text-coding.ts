import type { TextEncoding } from '../carrier.ts';
import { decodeGsm7, encodeGsm7 } from '../text/gsm7.ts';
import type { DefaultAlphabet } from './options.ts';

/** data_coding values (SMPP 3.4 §5.2.19). */
export const DataCoding = { default: 0, ascii: 1, octetsA: 2, latin1: 3, octetsB: 4, ucs2: 8 } as const;

/** What the part's text is written in at this SMSC. A GSM-7 text that the SMSC's own alphabet lacks a character of goes as UCS-2. */
export function codingFor(text: string, encoding: TextEncoding, alphabet: DefaultAlphabet): number {
  if (encoding === 'ucs2') return DataCoding.ucs2;
  if (alphabet === 'gsm') return DataCoding.default;
  const highest = alphabet === 'ascii' ? 0x7f : 0xff;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > highest) return DataCoding.ucs2;
  return alphabet === 'ascii' ? DataCoding.ascii : DataCoding.latin1;
}

/**
 * Writes the text in that coding into `target` at `at`; returns the end. Room for two octets a code unit is needed. RangeError for a
 * character that the GSM alphabet lacks.
 */
export function writeText(target: Buffer, at: number, text: string, coding: number): number {
  if (coding === DataCoding.default) {
    const septets = encodeGsm7(text);
    target.set(septets, at);
    return at + septets.length;
  }
  let offset = at;
  const wide = coding === DataCoding.ucs2;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (wide) target[offset++] = unit >> 8;
    target[offset++] = unit & 0xff;
  }
  return offset;
}

/** Other character sets of §5.2.19, by the names of the WHATWG Encoding Standard. */
const foreignCharsets: ReadonlyMap<number, string> = new Map([
  [0x05, 'shift_jis'],
  [0x06, 'iso-8859-5'],
  [0x07, 'iso-8859-8'],
  [0x0a, 'iso-2022-jp'],
  [0x0d, 'euc-jp'],
  [0x0e, 'euc-kr'],
]);

/**
 * Text of incoming octets. Never fails: octets of unknown or binary codings read as ISO 8859-1, so that none is lost. Values from
 * 0x10 on are GSM data coding schemes (3GPP TS 23.038 §4) that SMSCs pass through.
 */
export function readText(octets: Uint8Array, coding: number, alphabet: DefaultAlphabet): string {
  switch (alphabetOf(coding)) {
    case 'default':
      return alphabet === 'gsm' ? decodeGsm7(octets) : latin1(octets);
    case 'ucs2':
      return readUcs2(octets);
    case 'octets':
      return latin1(octets);
    case 'foreign':
      return new TextDecoder(foreignCharsets.get(coding) ?? 'latin1').decode(octets);
  }
}

function alphabetOf(coding: number): 'default' | 'ucs2' | 'octets' | 'foreign' {
  if (coding === DataCoding.default) return 'default';
  if (coding === DataCoding.ucs2) return 'ucs2';
  if (foreignCharsets.has(coding)) return 'foreign';
  if (coding < 0x10) return 'octets';
  if (coding >= 0xf0) return (coding & 0x04) === 0 ? 'default' : 'octets';
  if (coding >= 0xe0) return 'ucs2';
  if (coding >= 0xc0) return 'default';
  // General groups 00xx and 01xx: bits 3 and 2 say the alphabet.
  const bits = coding & 0x0c;
  return bits === 0x08 ? 'ucs2' : bits === 0x04 ? 'octets' : 'default';
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}

/** An odd last octet, as truncated messages have it, is left out. */
function readUcs2(octets: Uint8Array): string {
  const pairs = Buffer.from(octets.subarray(0, octets.length & ~1));
  return pairs.swap16().toString('utf16le');
}
