/** The `%HH` escapes of URIs (RFC 3261 §19.1.2, RFC 3986 §2.1). The texts given here have only complete escapes. */

const UNRESERVED = /^[a-zA-Z0-9\-_.!~*'()]$/;

/** Resolves every escape; the bytes are UTF-8, what is not becomes U+FFFD. */
export function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Escapes every character that `plain` does not match. */
export function encodeEscapes(text: string, plain: RegExp): string {
  let escaped = '';
  for (const character of text) escaped += plain.test(character) ? character : escapeOf(character);
  return escaped;
}

function escapeOf(character: string): string {
  let escaped = '';
  for (const byte of Buffer.from(character)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}

/** One spelling for what is the same: unreserved characters without escape, the rest as written with upper-case digits. */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%[0-9a-fA-F]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
}
