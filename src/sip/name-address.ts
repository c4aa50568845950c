import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { codes, endOfQuoted, isToken, quote, trimBlanks, unquote } from './scan.ts';
import { uriScheme } from './uri.ts';

/** The value of From, To, Contact, Route, Refer-To, Diversion and their like (RFC 3261 §25.1 name-addr / addr-spec). */
export interface NameAddress {
  /** Text for people: escapes resolved, control characters left out. */
  readonly displayName?: string;
  /** As written, so that a URI sent back is the one received: read it with `parseUri`. Of any scheme. */
  readonly uri: string;
  /** Of the header, not of the URI: `tag`, `expires`, `q`, ... */
  readonly parameters: Parameters;
}

/**
 * Reads one value; undefined if malformed. Without angle brackets everything after a semicolon belongs to the header, and the URI may
 * hold neither comma nor question mark (RFC 3261 §20). A display name that should have been quoted is taken as it is.
 */
export function parseNameAddress(value: string): NameAddress | undefined {
  const quoted = value.charCodeAt(0) === codes.quote;
  const nameEnd = quoted ? endOfQuoted(value, 0) : 0;
  if (nameEnd === -1) return undefined;
  const open = value.indexOf('<', nameEnd);
  if (open === -1) return quoted ? undefined : parseBare(value);
  const between = trimBlanks(value.slice(nameEnd, open));
  // Then the bracket is inside a quoted parameter: `sip:a@b;+sip.instance="<urn:...>"`.
  if (!quoted && between.includes('"')) return parseBare(value);
  if (quoted && between !== '') return undefined;
  const close = value.indexOf('>', open);
  const uri = value.slice(open + 1, close);
  if (close === -1 || !isUriLike(uri)) return undefined;
  const parameters = parseParameters(trimBlanks(value.slice(close + 1)));
  if (!parameters) return undefined;
  const displayName = quoted ? unquote(value.slice(0, nameEnd)) : between;
  return displayName === '' ? { uri, parameters } : { displayName: withoutControls(displayName), uri, parameters };
}

function parseBare(value: string): NameAddress | undefined {
  const semicolon = value.indexOf(';');
  const uri = trimBlanks(semicolon === -1 ? value : value.slice(0, semicolon));
  if (!isUriLike(uri) || uri.includes(',') || uri.includes('?')) return undefined;
  const parameters = parseParameters(semicolon === -1 ? '' : value.slice(semicolon));
  return parameters && { uri, parameters };
}

/** It has a scheme and no character that is in no URI. */
const isUriLike = (text: string): boolean => uriScheme(text) !== undefined && /^[^\0-\x20"<>\x7f]+$/.test(text);

const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, '');

/** Writes a value, the URI always in angle brackets. */
export function formatNameAddress({ displayName, uri, parameters }: NameAddress): string {
  const name =
    displayName === undefined || displayName === '' ? '' : `${isToken(displayName) ? displayName : quote(displayName)} `;
  return `${name}<${uri}>${formatParameters(parameters)}`;
}

/** The dialog tag of a From or To value; undefined if it has none or cannot be read. */
export const tagOf = (value: string): string | undefined => parseNameAddress(value)?.parameters.get('tag') || undefined;

/** The From or To value with this tag in place of any it has; undefined if it cannot be read. The rest keeps its spelling. */
export function withTag(value: string, tag: string): string | undefined {
  const address = parseNameAddress(value);
  if (!address) return undefined;
  if (address.parameters.has('tag')) {
    return formatNameAddress({ ...address, parameters: new Map([...address.parameters, ['tag', tag]]) });
  }
  return `${value};tag=${tag}`;
}
