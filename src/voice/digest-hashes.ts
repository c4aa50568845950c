import { createHash } from 'node:crypto';
import { PHONE_REALM } from './phone-domain.ts';

/** What digest authentication compares with instead of a password (RFC 7616 §3.4.2, A1). Lower-case hex. */
export interface DigestHashes {
  readonly md5: string;
  readonly sha256: string;
}

export function digestHashes(username: string, password: string): DigestHashes {
  const a1 = `${username}:${PHONE_REALM}:${password}`;
  return { md5: createHash('md5').update(a1).digest('hex'), sha256: createHash('sha256').update(a1).digest('hex') };
}

/**
 * 32 hex digits that stand where the API shows a password (voice-api.md §10): they change with it, and nobody can authenticate with them
 * or find the password by them without the stored hash.
 */
export const passwordMark = (hashes: Pick<DigestHashes, 'sha256'>): string =>
  createHash('sha256').update(`shown ${hashes.sha256}`).digest('hex').slice(0, 32);
