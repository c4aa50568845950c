import { type Parameters, parseParameters } from './parameters.ts';
import { isToken, trimBlanks } from './scan.ts';

/** A `Content-Type` (RFC 3261 §20.15). */
export interface MediaType {
  /** Lower case without parameters: `application/sdp`. */
  readonly name: string;
  readonly parameters: Parameters;
}

/** Undefined if malformed. */
export function parseMediaType(value: string): MediaType | undefined {
  const semicolon = value.indexOf(';');
  const written = semicolon === -1 ? value : value.slice(0, semicolon);
  const parameters = parseParameters(semicolon === -1 ? '' : value.slice(semicolon));
  const [type = '', subtype = '', more] = written.split('/').map(trimBlanks);
  if (!parameters || more !== undefined || !isToken(type) || !isToken(subtype)) return undefined;
  return { name: `${type}/${subtype}`.toLowerCase(), parameters };
}
