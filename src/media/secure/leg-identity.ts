import { randomBytes, X509Certificate } from 'node:crypto';
import type { Fingerprint } from './dtls-keys.ts';
import type { IceCredentials } from './ice-lite.ts';

/** RFC 8445 §5.3 asks for 24 bits of randomness in a fragment and 128 in a password, in letters and digits. */
const FRAGMENT_BYTES = 6;
const PASSWORD_BYTES = 18;

/** Credentials that nobody can guess. */
export const newIceCredentials = (): IceCredentials => ({
  fragment: randomBytes(FRAGMENT_BYTES).toString('hex'),
  password: randomBytes(PASSWORD_BYTES).toString('hex'),
});

/** The fingerprint of a certificate, PEM. */
export const fingerprintOf = (certificate: string): Fingerprint => ({
  algorithm: 'sha-256',
  value: new X509Certificate(certificate).fingerprint256,
});
