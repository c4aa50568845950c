import { type NameAddress, parseNameAddress } from './name-address.ts';
import { MAX_UINT32, parseDecimal } from './scan.ts';

/** A `Contact` value (RFC 3261 §20.10). */
export interface Contact extends NameAddress {
  /** Seconds; absent if the value does not say or cannot be read: the `Expires` header or the registrar's default counts (§10.3). */
  readonly expires?: number;
  /** Preference from 0 to 1; absent if not given or unreadable. */
  readonly q?: number;
}

/** Reads one value, or `*` (§10.2.2: every binding); undefined if malformed. */
export function parseContact(value: string): Contact | '*' | undefined {
  if (value === '*') return '*';
  const address = parseNameAddress(value);
  if (!address) return undefined;
  const expires = parseDecimal(address.parameters.get('expires') ?? '', MAX_UINT32);
  const q = parseQ(address.parameters.get('q'));
  return { ...address, ...(expires === undefined ? {} : { expires }), ...(q === undefined ? {} : { q }) };
}

/** At most three decimals (RFC 3261 §25.1 qvalue). */
function parseQ(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?|\.[0-9]{1,3})$/.test(text) ? Number(text) : undefined;
}
