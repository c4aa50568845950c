import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { selfSignedCertificate } from '../../runtime/self-signed-certificate.ts';
import type { TlsServerOptions } from '../../sip/network.ts';

/** An installation without a certificate of its own makes one that nobody has to renew; UTCTime ends in 2049. */
const VALID_MS = 10 * 365 * 86_400_000;

export interface TlsFiles {
  /** PEM files of the operator; undefined = a certificate signed by itself, made once and kept in the data directory. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly dataDir: string;
  readonly name: string;
  readonly now: number;
}

/** Key and certificate of SIP over TLS. */
export async function loadTlsIdentity({ certFile, keyFile, dataDir, name, now }: TlsFiles): Promise<TlsServerOptions> {
  if (certFile !== undefined && keyFile !== undefined) {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  }
  const file = path.join(dataDir, 'sip-tls.pem');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const parts = kept?.split(/(?=-----BEGIN CERTIFICATE-----)/);
  if (parts?.[0] && parts[1]) return { key: parts[0], cert: parts[1] };
  const made = selfSignedCertificate(name, now, VALID_MS);
  await writeFile(file, made.key + made.cert, { mode: 0o600 });
  return made;
}
