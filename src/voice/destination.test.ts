import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDestination } from './destination.ts';
import { homeDomains } from './phone-domain.ts';

const home = homeDomains('https://calls.example.com:7464', '198.51.100.7', [5070]);
const read = (text: string) => {
  const { kind, address } = parseDestination(text, home);
  return [kind, address];
};

describe('destinations of calls', () => {
  it('are numbers, however they are punctuated', () => {
    for (const text of ['+14155550123', '14155550123', ' +1 (415) 555-0123 ']) {
      assert.deepEqual(read(text), ['number', '14155550123']);
    }
  });

  it('are endpoints, under any name of this installation', () => {
    for (const host of [
      'phone.plivo.com',
      'PHONE.plivo.com',
      'calls.example.com',
      '198.51.100.7',
      'calls.example.com:5060',
      '198.51.100.7:5070',
    ]) {
      const found = parseDestination(`sip:ana123@${host}`, home);
      assert.equal(found.kind, 'endpoint', host);
      assert.equal(found.kind === 'endpoint' && found.username, 'ana123');
    }
  });

  it('are SIP addresses of others, with port and parameters', () => {
    assert.deepEqual(read('SIP:bob@Pbx.Example.com:5062;transport=tcp'), ['sip', 'sip:bob@pbx.example.com:5062;transport=tcp']);
    assert.deepEqual(read('sip:bob@198.51.100.7:5080'), ['sip', 'sip:bob@198.51.100.7:5080'], 'another port of this machine');
    assert.deepEqual(read('sips:bob@[2001:db8::1]'), ['sip', 'sips:bob@[2001:db8::1]']);
  });

  it('are nothing else', () => {
    for (const text of [
      '',
      'nobody',
      '123',
      '14155550123,14155550124',
      '1415555|0123',
      'sip:bob',
      'sip:bob@',
      'sip:@example.com',
      'sip:bob:secret@example.com',
      'sip:bob@example.com?Subject=x',
      'sip:bob@example.com:99999',
      'sip:b o b@example.com',
      'sip:bob@example.com\r\nX: y',
      `sip:${'b'.repeat(600)}@example.com`,
      'tel:+14155550123',
    ]) {
      assert.equal(parseDestination(text, home).kind, 'invalid', JSON.stringify(text));
    }
  });

  it('are read without failing, and once read stay what they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `sip:${text}@example.com`),
        ),
        (text) => {
          const found = parseDestination(text, home);
          if (found.kind === 'invalid') return;
          assert.deepEqual(parseDestination(found.address, home), found);
          assert.ok(!/[\r\n<>"\s]/.test(found.address));
        },
      ),
    );
  });
});
