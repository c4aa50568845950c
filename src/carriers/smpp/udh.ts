/** Place of a part in a message of several (3GPP TS 23.040 §9.2.3.24.1, .8). */
export interface Concatenation {
  readonly reference: number;
  readonly total: number;
  /** From 1. */
  readonly part: number;
}

const CONCAT_8BIT = 0x00;
const CONCAT_16BIT = 0x08;

/** Octets that `writeConcatHeader` writes: the length, then one element with an 8-bit reference, which leaves 153 septets of text. */
export const CONCAT_HEADER_LENGTH = 6;

export function writeConcatHeader(target: Uint8Array, at: number, { reference, total, part }: Concatenation): number {
  target[at] = CONCAT_HEADER_LENGTH - 1;
  target[at + 1] = CONCAT_8BIT;
  target[at + 2] = 3;
  target[at + 3] = reference & 0xff;
  target[at + 4] = total;
  target[at + 5] = part;
  return at + CONCAT_HEADER_LENGTH;
}

export interface UserDataHeader {
  /** Octets of the header with its length octet; the text follows. */
  readonly length: number;
  readonly concatenation: Concatenation | undefined;
}

/** Reads a user data header; undefined when its length runs past the data, so that it is none. Unknown elements are skipped. */
export function readUserDataHeader(octets: Uint8Array): UserDataHeader | undefined {
  const length = (octets[0] ?? 0) + 1;
  if (octets.length === 0 || length > octets.length) return undefined;
  let concatenation: Concatenation | undefined;
  let at = 1;
  while (at + 2 <= length) {
    const element = octets[at] ?? 0;
    const size = octets[at + 1] ?? 0;
    const value = octets.subarray(at + 2, at + 2 + size);
    at += 2 + size;
    if (at > length) break;
    const read = readConcatenation(element, value);
    if (read !== undefined) concatenation = read;
  }
  return { length, concatenation };
}

function readConcatenation(element: number, value: Uint8Array): Concatenation | undefined {
  let concatenation: Concatenation;
  if (element === CONCAT_8BIT && value.length === 3) {
    concatenation = { reference: value[0] ?? 0, total: value[1] ?? 0, part: value[2] ?? 0 };
  } else if (element === CONCAT_16BIT && value.length === 4) {
    concatenation = { reference: (value[0] ?? 0) * 256 + (value[1] ?? 0), total: value[2] ?? 0, part: value[3] ?? 0 };
  } else {
    return undefined;
  }
  return plausible(concatenation) ? concatenation : undefined;
}

/** A total of 0, or a part outside 1..total, is to be ignored as if the element were not there (TS 23.040). */
export function plausible({ total, part }: Concatenation): boolean {
  return total > 0 && part > 0 && part <= total;
}
