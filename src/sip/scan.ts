/** Character classes and scanners that every SIP grammar shares (RFC 3261 §25.1). All of them run in linear time. */

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const LESS = 60;
const GREATER = 62;
const BACKSLASH = 92;

/** `token`: letters, digits and -.!%*_+`'~ */
const tokenTable = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") {
  tokenTable[character.charCodeAt(0)] = 1;
}

export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (tokenTable[text.charCodeAt(at)] !== 1) return false;
  return text.length > 0;
}

/** Linear white space of one line: space or tab. */
export const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** Without the blanks at both ends; unlike `trim`, leaves every other kind of white space (part of a value) alone. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** The index after the closing quote of the quoted-string that opens at `at`, or -1 if it does not end. */
export function endOfQuoted(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index++;
    else if (code === QUOTE) return index + 1;
  }
  return -1;
}

/** Index of the first `separator` outside quotes and angle brackets, or -1. */
export function indexOutside(text: string, separator: number, from = 0): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === separator) return at;
    if (code === QUOTE) {
      at = endOfQuoted(text, at) - 1;
      if (at < 0) return -1;
    } else if (code === LESS) {
      at = text.indexOf('>', at);
      if (at < 0) return -1;
    }
  }
  return -1;
}

/** Splits at `separator` outside quotes and angle brackets; the parts are trimmed. What never closes belongs to the last part. */
export function splitOutside(text: string, separator: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (;;) {
    const at = indexOutside(text, separator, start);
    parts.push(trimBlanks(at < 0 ? text.slice(start) : text.slice(start, at)));
    if (at < 0) return parts;
    start = at + 1;
  }
}

export const codes = { comma: COMMA, semicolon: 59, less: LESS, greater: GREATER, quote: QUOTE, colon: 58 } as const;

/** The text of a quoted-string given with its quotes: escapes resolved (RFC 3261 §25.1 quoted-pair). */
export function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gsu, '$1') : inner;
}

/** A quoted-string of the text. */
export const quote = (text: string): string => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;

/** A decimal number of digits only that is at most `max`, or undefined. Leading zeros are fine (RFC 4475 §3.1.1.1). */
export function parseDecimal(text: string, max: number): number | undefined {
  // Ten digits hold every number of SIP (2^32-1); a run of zeros before them says nothing.
  if (!/^0{0,64}[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** Sequence numbers and intervals of SIP fit 32 bits (RFC 3261 §8.1.1.5, §20.19). */
export const MAX_UINT32 = 0xffffffff;
