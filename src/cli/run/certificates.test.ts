import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { selfSignedCertificate } from '../../runtime/self-signed-certificate.ts';
import { createAuthority } from './authority.ts';

const NOW = Date.UTC(2026, 6, 1);

test('an authority certifies hosts below its one domain', () => {
  const authority = createAuthority(NOW);
  const ca = new X509Certificate(authority.pem);
  assert.equal(ca.ca, true);
  assert.ok(ca.verify(ca.publicKey));
  const [leafPem = ''] = authority.identityFor('api.plivo.com').cert.split(/(?<=-----END CERTIFICATE-----\n)/);
  const leaf = new X509Certificate(leafPem);
  assert.equal(leaf.ca, false);
  assert.equal(leaf.checkHost('api.plivo.com'), 'api.plivo.com');
  assert.equal(leaf.checkHost('lookup.plivo.com'), undefined);
  assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(new Date(leaf.validFrom).getTime(), NOW - 86_400_000);
  assert.notEqual(leaf.serialNumber, ca.serialNumber);
  assert.equal(authority.contextFor('api.plivo.com'), authority.contextFor('api.plivo.com'));
});

test('a client that trusts the authority believes it hosts of its domain and no other name', async () => {
  const authority = createAuthority(Date.now());
  const server = createServer({ SNICallback: (name, done) => done(null, authority.contextFor(name)) });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  const reach = async (servername: string) => {
    const socket = connect({ port: address.port, host: '127.0.0.1', servername, ca: authority.pem });
    try {
      await once(socket, 'secureConnect');
      return 'believed';
    } catch (error) {
      return String(error);
    } finally {
      socket.destroy();
    }
  };
  assert.equal(await reach('api.plivo.com'), 'believed');
  assert.equal(await reach('a.b.plivo.com'), 'believed');
  assert.match(await reach('bank.example'), /permitted subtree violation/);
  await new Promise((resolve) => server.close(resolve));
});

test('a certificate signed by itself is one that its own key verifies', () => {
  const { cert, key } = selfSignedCertificate('sip.example', NOW, 86_400_000);
  const parsed = new X509Certificate(cert);
  assert.ok(parsed.verify(parsed.publicKey));
  assert.equal(parsed.checkHost('sip.example'), 'sip.example');
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
});
