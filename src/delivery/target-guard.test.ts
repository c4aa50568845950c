import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { TargetGuard, TargetRefused } from './target-guard.ts';

const guard = (rules: Partial<{ allowPrivateTargets: boolean; allowed: string[] }> = {}, answer: string[] = []) =>
  new TargetGuard({ allowPrivateTargets: false, allowed: [], ...rules }, new VirtualClock(), async () =>
    answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );

describe('target guard', () => {
  const refused = [
    ['unspecified', '0.0.0.0', '::'],
    ['loopback', '127.0.0.1', '127.255.1.2', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12::1'],
    ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
    ['link-local and metadata', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254'],
    ['multicast and broadcast', '224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1'],
    ['documentation and benchmarking', '192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
    ['reserved', '240.0.0.1', '192.0.0.1', 'fec0::1', '100::1', '5f00::1'],
    ['IPv4 inside IPv6', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
    ['6to4 and Teredo', '2002:7f00:1::1', '192.88.99.1', '2001::1'],
    ['not an address', 'localhost', ''],
  ];
  for (const [what, ...addresses] of refused) {
    it(`refuses ${what}`, () => {
      for (const address of addresses) assert.equal(guard().permits(address), false, address);
    });
  }

  it('permits public addresses', () => {
    for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8']) {
      assert.equal(guard().permits(address), true, address);
    }
  });

  it('permits everything when private targets are allowed, and listed ranges otherwise', () => {
    assert.equal(guard({ allowPrivateTargets: true }).permits('127.0.0.1'), true);
    const listed = guard({ allowed: ['10.1.0.0/16', 'fd00::/8', '127.0.0.1'] });
    for (const address of ['10.1.2.3', 'fd00::5', '127.0.0.1', '::ffff:10.1.2.3'])
      assert.equal(listed.permits(address), true, address);
    for (const address of ['10.2.0.1', '127.0.0.2', 'fe80::1']) assert.equal(listed.permits(address), false, address);
  });

  it('names a range of the configuration that is none', () => {
    for (const range of ['10.0.0.0/33', 'intranet', '10.0.0.0/x'])
      assert.throws(() => guard({ allowed: [range] }), /not an address range/);
  });

  it('refuses addresses written into URLs in any notation, and other schemes', () => {
    const urls = [
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://169.254.169.254/latest/meta-data',
      'ftp://example.com/',
      'file:///etc/passwd',
    ];
    for (const url of urls) assert.throws(() => guard().check(new URL(url)), TargetRefused, url);
    guard().check(new URL('https://8.8.8.8/'));
    guard().check(new URL('https://hooks.example.com/'));
  });
});

describe('names', () => {
  const look = (subject: TargetGuard, all = true) =>
    new Promise<string | LookupAddress[]>((resolve, reject) => {
      subject.lookup('hooks.example.com', { all }, (error, address) => (error ? reject(error) : resolve(address)));
    });

  it('resolve to their public addresses alone', async () => {
    assert.deepEqual(await look(guard({}, ['10.0.0.1', '8.8.8.8', '::1'])), [{ address: '8.8.8.8', family: 4 }]);
    assert.equal(await look(guard({}, ['10.0.0.1', '8.8.8.8']), false), '8.8.8.8');
  });

  it('with no public address are refused', async () => {
    await assert.rejects(look(guard({}, ['10.0.0.1'])), TargetRefused);
  });

  it('are resolved once for a burst of connections, and anew after a while', async () => {
    let questions = 0;
    const clock = new VirtualClock();
    const subject = new TargetGuard({ allowPrivateTargets: false, allowed: [] }, clock, async () => {
      questions++;
      return [{ address: '8.8.8.8', family: 4 }];
    });
    await Promise.all([look(subject), look(subject), look(subject)]);
    assert.equal(questions, 1);
    await clock.advance(6000);
    await look(subject);
    assert.equal(questions, 2);
  });
});
