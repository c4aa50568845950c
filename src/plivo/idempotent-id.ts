import { createHash } from 'node:crypto';

/**
 * Identifiers made of an idempotency key instead of chance: an asynchronous request that runs a second time after a crash makes
 * the same object again, which storage then finds present.
 */

/** Decimal digits without a leading zero. */
export function digitsOf(key: string, length: number): string {
  const number = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`).toString();
  return number.slice(-length).replace(/^0/, '1');
}

const AUTH_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Auth ID of a subaccount. */
export function subaccountIdOf(key: string): string {
  const bytes = createHash('sha256').update(key).digest();
  let id = 'SA';
  for (let i = 0; id.length < 20; i++) id += AUTH_ALPHABET[(bytes[i] ?? 0) % AUTH_ALPHABET.length];
  return id;
}
