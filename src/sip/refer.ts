import { type NameAddress, parseNameAddress } from './name-address.ts';
import { parseParameters } from './parameters.ts';
import { trimBlanks } from './scan.ts';
import { parseSipUri } from './uri.ts';

/** `Replaces` (RFC 3891 §6.1): the dialog to take the place of, tags as the receiver of the header sees them. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only a dialog that is not yet answered may be replaced. */
  readonly earlyOnly: boolean;
}

/** Undefined if malformed: a tag is missing. */
export function parseReplaces(value: string): Replaces | undefined {
  const semicolon = value.indexOf(';');
  if (semicolon === -1) return undefined;
  const callId = trimBlanks(value.slice(0, semicolon));
  const parameters = parseParameters(value.slice(semicolon));
  const toTag = parameters?.get('to-tag');
  const fromTag = parameters?.get('from-tag');
  if (!parameters || !toTag || !fromTag || !/^[\x21-\x7e]+$/.test(callId)) return undefined;
  return { callId, toTag, fromTag, earlyOnly: parameters.has('early-only') };
}

/** `Refer-To` (RFC 3515 §2.1). */
export interface ReferTo {
  readonly target: NameAddress;
  /** What the new request is to replace: the `Replaces` header inside the URI of an attended transfer (RFC 5589 §7). */
  readonly replaces?: Replaces;
}

/** Undefined if malformed. A `Replaces` that cannot be read makes the whole value unreadable: it must not become a blind transfer. */
export function parseReferTo(value: string): ReferTo | undefined {
  const target = parseNameAddress(value);
  if (!target) return undefined;
  const header = parseSipUri(target.uri)?.headers.find(([name]) => name.toLowerCase() === 'replaces');
  if (!header) return { target };
  const replaces = parseReplaces(header[1]);
  return replaces && { target, replaces };
}
