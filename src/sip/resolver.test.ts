import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { seededFraction, VirtualDns } from '../../testkit/virtual-network.ts';
import { Resolver } from './resolver.ts';
import type { TransportName } from './transports/flow.ts';
import { parseSipUri } from './uri.ts';

function rig(transports: readonly TransportName[] = ['udp', 'tcp', 'tls']) {
  const clock = new VirtualClock();
  const dns = new VirtualDns();
  const random = { bytes: (length: number) => Buffer.alloc(length), fraction: seededFraction(7) };
  const resolver = new Resolver({ clock, random, dns, transports });
  const resolve = async (text: string) => {
    const uri = parseSipUri(text);
    assert.ok(uri);
    return (await resolver.resolve(uri)).map(({ transport, address, port }) => `${transport} ${address} ${port}`);
  };
  return { clock, dns, resolve };
}

describe('location of SIP servers', () => {
  it('asks nobody about an IP literal', async () => {
    const { resolve, dns } = rig();
    assert.deepEqual(await resolve('sip:a@192.0.2.1'), ['udp 192.0.2.1 5060']);
    assert.deepEqual(await resolve('sip:a@192.0.2.1:5080;transport=tcp'), ['tcp 192.0.2.1 5080']);
    assert.deepEqual(await resolve('sips:a@192.0.2.1'), ['tls 192.0.2.1 5061']);
    assert.deepEqual(await resolve('sip:a@[2001:db8::1]:5070'), ['udp 2001:db8::1 5070']);
    assert.deepEqual(dns.asked, []);
  });

  it('takes an explicit port as leave to ask for addresses only', async () => {
    const { resolve, dns } = rig();
    dns.addresses.set('proxy.example', ['192.0.2.1', '192.0.2.2']);
    assert.deepEqual(await resolve('sip:a@proxy.example:5062'), ['udp 192.0.2.1 5062', 'udp 192.0.2.2 5062']);
    assert.deepEqual(dns.asked, ['A proxy.example', 'AAAA proxy.example']);
  });

  it('follows NAPTR to SRV to addresses, in the order of the domain', async () => {
    const { resolve, dns } = rig();
    const naptr = (order: number, service: string, replacement: string) => ({
      order,
      preference: 0,
      flags: 's',
      service,
      regexp: '',
      replacement,
    });
    dns.naptrRecords.set('example.com', [
      naptr(20, 'SIP+D2U', '_sip._udp.example.com'),
      naptr(10, 'SIPS+D2T', '_sips._tcp.example.com'),
    ]);
    dns.srvRecords.set('_sips._tcp.example.com', [{ priority: 1, weight: 0, port: 5061, target: 'one.example.com' }]);
    dns.srvRecords.set('_sip._udp.example.com', [
      { priority: 2, weight: 0, port: 5066, target: 'two.example.com' },
      { priority: 1, weight: 0, port: 5060, target: 'one.example.com' },
    ]);
    dns.addresses.set('one.example.com', ['192.0.2.1']);
    dns.addresses.set('two.example.com', ['192.0.2.2']);
    assert.deepEqual(await resolve('sip:a@example.com'), ['tls 192.0.2.1 5061', 'udp 192.0.2.1 5060', 'udp 192.0.2.2 5066']);
    assert.deepEqual(await resolve('sips:a@example.com'), ['tls 192.0.2.1 5061']);
  });

  it('draws servers of one priority by weight', async () => {
    const { resolve, dns } = rig();
    dns.srvRecords.set('_sip._udp.example.com', [
      { priority: 1, weight: 90, port: 5060, target: 'heavy.example.com' },
      { priority: 1, weight: 10, port: 5060, target: 'light.example.com' },
    ]);
    dns.addresses.set('heavy.example.com', ['192.0.2.1']);
    dns.addresses.set('light.example.com', ['192.0.2.2']);
    let heavyFirst = 0;
    for (let run = 0; run < 200; run++) {
      const targets = await resolve('sip:a@example.com;transport=udp');
      assert.equal(targets.length, 2);
      if (targets[0] === 'udp 192.0.2.1 5060') heavyFirst++;
    }
    assert.ok(heavyFirst > 160 && heavyFirst < 197, `${heavyFirst}`);
  });

  it('falls back to addresses when a domain has no SIP records, and gives up on what leads nowhere', async () => {
    const { resolve, dns } = rig();
    dns.addresses.set('plain.example', ['192.0.2.9']);
    assert.deepEqual(await resolve('sip:a@plain.example'), ['udp 192.0.2.9 5060']);
    assert.deepEqual(await resolve('sip:a@nowhere.example'), []);
    assert.deepEqual(await resolve('sip:a@192.0.2.1;transport=sctp'), []);
    dns.failing.add('dead.example');
    assert.deepEqual(await resolve('sip:a@dead.example:5060'), []);
  });

  it('remembers a found name for a minute and an absent one for seconds', async () => {
    const { resolve, dns, clock } = rig();
    dns.addresses.set('here.example', ['192.0.2.9']);
    await resolve('sip:a@here.example:5060');
    await resolve('sip:a@gone.example:5060');
    dns.addresses.set('here.example', ['192.0.2.10']);
    dns.addresses.set('gone.example', ['192.0.2.11']);
    assert.deepEqual(await resolve('sip:a@gone.example:5060'), []);
    await clock.advance(5001);
    assert.deepEqual(await resolve('sip:a@gone.example:5060'), ['udp 192.0.2.11 5060']);
    assert.deepEqual(await resolve('sip:a@here.example:5060'), ['udp 192.0.2.9 5060']);
    await clock.advance(60_000);
    assert.deepEqual(await resolve('sip:a@here.example:5060'), ['udp 192.0.2.10 5060']);
  });
});
