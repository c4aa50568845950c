import { type Parameters, parseParameters } from './parameters.ts';
import { isToken, trimBlanks } from './scan.ts';

/** A `Content-Type` or one value of `Accept` (RFC 3261 §20.15, §20.1). */
export interface MediaType {
  /** Lower case without parameters: `application/sdp`, `text/*`. */
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

/**
 * Whether a peer that sent these `Accept` values takes a body of type `name`. No value means application/sdp is (§8.1.3.5 with
 * §20.1); one empty value means nothing is.
 */
export function acceptsMediaType(accept: readonly string[], name: string): boolean {
  if (accept.length === 0) return name === 'application/sdp';
  const group = `${name.split('/')[0]}/*`;
  return accept.some((value) => {
    const offered = parseMediaType(value);
    return offered !== undefined && offered.parameters.get('q') !== '0' && [name, group, '*/*'].includes(offered.name);
  });
}
