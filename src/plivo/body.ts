import { isUtf8 } from 'node:buffer';
import { Problem } from '../errors/catalogue.ts';
import type { RawParameters } from './command.ts';

/**
 * Reads a request body as SDKs send it (sdks.md §1.3): nothing, white space, `""` and `{}` all mean "no parameters"; any other
 * JSON value than an object or an array is refused. White space around names is dropped: one SDK sends `" reseller_id"`.
 */
export function parseJsonBody(bytes: Buffer): RawParameters | readonly unknown[] {
  if (bytes.length === 0) return {};
  if (!isUtf8(bytes)) throw new Problem('malformed_request', 'the body is not valid UTF-8');
  const text = bytes.toString('utf8').trim();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed_request', 'the body is not valid JSON');
  }
  if (value === '' || value === null) return {};
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') throw notAnObject();
  return Object.fromEntries(Object.entries(value).map(([name, given]) => [name.trim(), given]));
}

export const notAnObject = () => new Problem('malformed_request', 'the body must be a JSON object');

/** A compliance document has 27. */
const MAX_FORM_FIELDS = 50;

/** Fields of an `application/x-www-form-urlencoded` body: what the Ruby SDK makes of an upload without a file. */
export class FormBody {
  readonly fields: RawParameters;

  /** Throws `malformed_request` for what is not UTF-8 or has more fields than any request. */
  constructor(bytes: Buffer) {
    if (!isUtf8(bytes)) throw new Problem('malformed_request', 'the body is not valid UTF-8');
    const text = bytes.toString('utf8').trim();
    if (text.split('&', MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS) {
      throw new Problem('malformed_request', `the body has more than ${MAX_FORM_FIELDS} fields`);
    }
    this.fields = parseQuery(text);
  }
}

/**
 * Query strings as SDKs send them: bare `?`, a second literal `?` before a name (Node), repeated keys, `key[]=`/`key[0]=` lists
 * (Ruby, PHP). Repeated keys become an array; the same value again is one (Java sends `limit=5&limit=5` for brands).
 */
export function parseQuery(query: string): RawParameters {
  if (query === '' || query === '?') return {};
  const values: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const name = key.replace(/^\?+/, '').replace(/\[\d*\]$/, '');
    if (name === '' || name === '__proto__') continue;
    const earlier = Object.hasOwn(values, name) ? [values[name] ?? []].flat() : [];
    if (earlier.includes(value)) continue;
    values[name] = earlier.length === 0 ? value : [...earlier, value];
  }
  return values;
}
