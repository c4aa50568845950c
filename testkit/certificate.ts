import { selfSignedCertificate as create } from '../src/runtime/self-signed-certificate.ts';

const TEN_DAYS_MS = 10 * 86_400_000;

/** A key and a certificate for one DNS name, signed by itself. */
export const selfSignedCertificate = (name: string): { key: string; cert: string } => create(name, Date.now(), TEN_DAYS_MS);
