/** A certificate of the moment, signed by itself, for a server on the loopback address. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LoopbackCertificate {
  /** Of the certificate, for who is to trust it. */
  readonly certFile: string;
  /** Of key and certificate, for who shows it. */
  readonly identityFile: string;
  remove(): Promise<void>;
}

export async function loopbackCertificate(): Promise<LoopbackCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'ringdown-certificate-'));
  const keyFile = join(folder, 'key.pem');
  const certFile = join(folder, 'cert.pem');
  const identityFile = join(folder, 'identity.pem');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile],
  ]);
  await writeFile(identityFile, (await readFile(keyFile, 'utf8')) + (await readFile(certFile, 'utf8')));
  return { certFile, identityFile, remove: () => rm(folder, { recursive: true, force: true }) };
}
