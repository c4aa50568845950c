/**
 * The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1), one septet to an octet as data_coding 0 carries
 * it in SMPP. Position in the string = septet value; 0x1B is the escape.
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

const EXTENSION: readonly (readonly [number, string])[] = [
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
];

const ESCAPE = 0x1b;
const QUESTION_MARK = 0x3f;
const NOT_IN_ALPHABET = 0xff;
/** Marks an entry of the encoding table as one of the extension table. */
const EXTENDED = 0x80;

/** Greek capitals and the euro sign are the only members above U+00FF; all lie below U+20AD. */
const encodeTable = new Uint8Array(0x20ad).fill(NOT_IN_ALPHABET);
const decodeBasic: string[] = [];
const decodeExtension: (string | undefined)[] = new Array<string | undefined>(128).fill(undefined);

for (let septet = 0; septet < 128; septet++) {
  const char = BASIC.charAt(septet);
  decodeBasic.push(char);
  if (septet !== ESCAPE) encodeTable[char.charCodeAt(0)] = septet;
}
for (const [septet, char] of EXTENSION) {
  encodeTable[char.charCodeAt(0)] = EXTENDED | septet;
  decodeExtension[septet] = char;
}

/** Writes `text` as septets in octets into `target` from `at` on and returns the end. Characters outside the alphabet become `?`. */
export function writeGsm(target: Uint8Array, at: number, text: string): number {
  let offset = at;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const entry = unit < encodeTable.length ? (encodeTable[unit] ?? NOT_IN_ALPHABET) : NOT_IN_ALPHABET;
    if (entry < EXTENDED) {
      target[offset++] = entry;
    } else if (entry === NOT_IN_ALPHABET) {
      target[offset++] = QUESTION_MARK;
    } else {
      target[offset++] = ESCAPE;
      target[offset++] = entry & 0x7f;
    }
  }
  return offset;
}

/** An escape with an unknown successor reads as that character of the basic table, as TS 23.038 asks; a lone one as a space. */
export function readGsm(octets: Uint8Array): string {
  let text = '';
  for (let index = 0; index < octets.length; index++) {
    const septet = (octets[index] ?? 0) & 0x7f;
    if (septet !== ESCAPE) {
      text += decodeBasic[septet];
      continue;
    }
    index++;
    if (index === octets.length) return `${text} `;
    const next = (octets[index] ?? 0) & 0x7f;
    text += decodeExtension[next] ?? (next === ESCAPE ? ' ' : decodeBasic[next]);
  }
  return text;
}

/** Whether every character has a place in the alphabet. */
export function isGsm(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= encodeTable.length || encodeTable[unit] === NOT_IN_ALPHABET) return false;
  }
  return true;
}
