import { type NameAddress, parseNameAddress } from './name-address.ts';

/** `Diversion` (RFC 5806): who sent the call on. The most recent diversion is the first value. */
export interface Diversion extends NameAddress {
  /** Lower case: `user-busy`, `no-answer`, `unconditional`, `deflection`, ... */
  readonly reason?: string;
}

/** Reads one value; undefined if malformed. */
export function parseDiversion(value: string): Diversion | undefined {
  const address = parseNameAddress(value);
  const reason = address?.parameters.get('reason')?.toLowerCase();
  return address && (reason ? { ...address, reason } : address);
}
