import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Trunks } from '../../carriers/sip/trunks.ts';
import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import { CallSources } from './call-sources.ts';

const PHONES = { transport: 'udp', address: '127.0.0.1', port: 40_000 } as const;
const TRUNK = '192.0.2.2';

function sourcesAt(listening: string, { trustLoopback = false } = {}) {
  const trunks = new Trunks();
  trunks.replace([{ name: 'first', url: `sip:${TRUNK}` }]);
  const sources = new CallSources({
    stack: { boundPorts: () => [{ transport: 'udp', address: listening, port: 5060 }] },
    trunks,
    phones: () => PHONES,
    trustLoopback,
    isOurNumber: async (number) => number === '14155550100',
  });
  const from = (address: string, port: number, transport: IncomingInvite['source']['transport'] = 'udp') => {
    const source = sources.carrierOf({ transport, address, port });
    return source && `${source.carrier}${source.mayBePhone ? ' or a phone' : ''}`;
  };
  return { sources, from };
}

describe('whose calls come from an address', () => {
  test("a trunk's, the virtual phones', nobody's", () => {
    const { from } = sourcesAt('0.0.0.0');
    assert.equal(from(TRUNK, 5060), 'first');
    assert.equal(from(PHONES.address, PHONES.port), 'simulator');
    assert.equal(from('192.0.2.9', 5060), undefined);
    assert.equal(from('127.0.0.1', 5070), undefined);
    assert.equal(from(TRUNK, 5060, 'wss'), undefined, 'a browser beside a trunk is a browser');
  });

  test('this node calls its own numbers, whatever address it listens on', async () => {
    for (const [listening, address] of [
      ['0.0.0.0', '127.0.0.1'],
      ['::', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.1'],
      ['192.0.2.1', '192.0.2.1'],
    ] as const) {
      const { sources, from } = sourcesAt(listening);
      assert.deepEqual(await sources.simulatorPlace('14155550100'), { transport: 'udp', address, port: 5060 });
      assert.equal(from(address, 5060), 'simulator', listening);
      assert.equal(from('192.0.2.9', 5060), undefined, listening);
    }
    assert.equal(sourcesAt('192.0.2.1').from('127.0.0.1', 5060), undefined, 'another program beside it');
  });

  test('every other number is a virtual phone', async () => {
    assert.deepEqual(await sourcesAt('0.0.0.0').sources.simulatorPlace('14155550199'), PHONES);
  });

  test('loopback is trusted where it is to be, and phones are there as well', () => {
    const { from } = sourcesAt('0.0.0.0', { trustLoopback: true });
    assert.deepEqual(
      [from('127.0.0.1', 5070), from('127.0.0.2', 5070), from('::1', 5070)],
      Array(3).fill('simulator or a phone'),
    );
    assert.equal(from('192.0.2.9', 5070), undefined);
  });
});
