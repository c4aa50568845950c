import { generateKeyPairSync } from 'node:crypto';
import { certificatePem, extensions, writeCertificate } from './x509.ts';

/** A key and a certificate for one DNS name, signed by itself, valid from the day before `now` (RFC 5280 §4.1). PEM. */
export function selfSignedCertificate(name: string, now: number, validMs: number): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = writeCertificate({
    subject: name,
    issuer: name,
    publicKey,
    signer: privateKey,
    now,
    validMs,
    extensions: [extensions.subjectAltNames([name])],
  });
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: certificatePem(certificate) };
}
