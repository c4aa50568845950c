import { generateKeyPairSync } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { certificatePem, extensions, keyIdentifier, writeCertificate } from '../../runtime/x509.ts';
import { PLIVO_DOMAIN } from './plivo-hosts.ts';

const AUTHORITY_NAME = 'Ringdown run (this command only)';
/** Clients look at the alternative names; a host may be longer than a common name can be. */
const LEAF_NAME = 'Ringdown run';
/** The longest a command runs with it; the keys are gone when it ends. */
const VALID_MS = 365 * 86_400_000;
/** More names than the hosted service has: beyond it certificates are made but not kept. */
const MAX_CONTEXTS = 64;

/** A certificate authority of one run. Its key is never written anywhere, and its certificate names the one domain it can certify. */
export interface Authority {
  /** The certificate that clients have to trust, DER. */
  readonly certificate: Buffer;
  /** The same, PEM. */
  readonly pem: string;
  /** Key and certificate of a name, PEM. */
  identityFor(host: string): { readonly key: string; readonly cert: string };
  /** The same, ready for a connection. */
  contextFor(host: string): SecureContext;
}

/** @param now Unix milliseconds. */
export function createAuthority(now: number): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ownId = keyIdentifier(own.publicKey);
  const certificate = writeCertificate({
    subject: AUTHORITY_NAME,
    issuer: AUTHORITY_NAME,
    publicKey: own.publicKey,
    signer: own.privateKey,
    now,
    validMs: VALID_MS,
    extensions: [
      extensions.authority(),
      extensions.keyUsage('authority'),
      extensions.subjectKeyIdentifier(ownId),
      extensions.permittedDomain(PLIVO_DOMAIN),
    ],
  });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leafKey = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const leafId = keyIdentifier(leaf.publicKey);
  const pem = certificatePem(certificate);
  const identityFor = (host: string) => {
    const signed = writeCertificate({
      subject: LEAF_NAME,
      issuer: AUTHORITY_NAME,
      publicKey: leaf.publicKey,
      signer: own.privateKey,
      now,
      validMs: VALID_MS,
      extensions: [
        extensions.leaf(),
        extensions.keyUsage('leaf'),
        extensions.serverAuthentication(),
        extensions.subjectAltNames([host]),
        extensions.subjectKeyIdentifier(leafId),
        extensions.authorityKeyIdentifier(ownId),
      ],
    });
    return { key: leafKey, cert: certificatePem(signed) + pem };
  };
  const contexts = new Map<string, SecureContext>();
  return {
    certificate,
    pem,
    identityFor,
    contextFor(host) {
      const known = contexts.get(host);
      if (known) return known;
      const context = createSecureContext(identityFor(host));
      if (contexts.size < MAX_CONTEXTS) contexts.set(host, context);
      return context;
    },
  };
}
