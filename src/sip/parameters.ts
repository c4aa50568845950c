import { codes, endOfQuoted, isBlank, isToken, quote, splitOutside, trimBlanks, unquote } from './scan.ts';

/**
 * Parameters of a header value or URI in their order: names in lower case, quoted values without their quotes. A parameter without
 * a value (`lr`) has the value ''.
 */
export type Parameters = ReadonlyMap<string, string>;

export const NO_PARAMETERS: Parameters = new Map();

/**
 * Reads `;name=value;flag` (RFC 3261 §25.1 generic-param). `text` is empty or begins with a semicolon. Of a name given twice the
 * first counts. Undefined if malformed: an empty parameter, a name that is no token, an unquoted value with blanks or quotes in it.
 */
export function parseParameters(text: string): Parameters | undefined {
  if (text === '') return NO_PARAMETERS;
  if (text.charCodeAt(0) !== codes.semicolon) return undefined;
  const parameters = new Map<string, string>();
  for (const part of splitOutside(text.slice(1), codes.semicolon)) {
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : trimBlanks(part.slice(0, equals));
    if (!isToken(name)) return undefined;
    const value = equals === -1 ? '' : parseValue(trimBlanks(part.slice(equals + 1)));
    if (value === undefined) return undefined;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, value);
  }
  return parameters;
}

function parseValue(text: string): string | undefined {
  if (text.charCodeAt(0) === codes.quote) return endOfQuoted(text, 0) === text.length ? unquote(text) : undefined;
  // Wider than token and host: peers put URIs, IPv6 addresses and slashes here. What would end or quote the value is refused.
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isBlank(code) || code === codes.quote || code < 32 || code === codes.comma) return undefined;
  }
  return text === '' ? undefined : text;
}

/** Writes `;name=value;flag`; values that are neither token nor host are quoted. */
export function formatParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === '' ? `;${name}` : `;${name}=${formatValue(value)}`;
  return text;
}

const formatValue = (value: string): string => (isToken(value) || isHostLike(value) ? value : quote(value));

/** Host names, addresses and their ports are written without quotes (RFC 3261 §25.1 gen-value). */
const isHostLike = (value: string): boolean => /^[\w.:[\]-]+$/.test(value);
