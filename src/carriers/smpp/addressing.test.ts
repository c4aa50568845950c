import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointOf } from './addressing.ts';
import { settleOptions } from './options.ts';
import { parseSmppUrl } from './smpp-url.ts';
import { CONCAT_HEADER_LENGTH, readUserDataHeader, writeConcatHeader } from './udh.ts';
import { relativeValidity } from './validity.ts';

describe('addresses', () => {
  it('knows international numbers, short codes and names', () => {
    assert.deepEqual(endpointOf('14155550100', undefined, undefined), { ton: 1, npi: 1, address: '14155550100' });
    assert.deepEqual(endpointOf('+4917012345678', undefined, undefined), { ton: 1, npi: 1, address: '4917012345678' });
    assert.deepEqual(endpointOf('46770', undefined, undefined), { ton: 3, npi: 0, address: '46770' });
    assert.deepEqual(endpointOf('Ringdown', undefined, undefined), { ton: 5, npi: 0, address: 'Ringdown' });
  });

  it('lets the operator override, also with 0', () => {
    assert.deepEqual(endpointOf('46770', 0, 1), { ton: 0, npi: 1, address: '46770' });
  });

  it('refuses what a C-octet string of 20 cannot hold', () => {
    assert.equal(endpointOf('1'.repeat(21), undefined, undefined), undefined);
    assert.equal(endpointOf('日本', undefined, undefined), undefined);
    assert.equal(endpointOf('a\0b', undefined, undefined), undefined);
  });
});

describe('SMPP URLs', () => {
  it('reads scheme, credentials, host and port', () => {
    assert.deepEqual(parseSmppUrl('smpp://esme:p%40ss%3Aword@smsc.example.net:2776'), {
      host: 'smsc.example.net',
      port: 2776,
      secure: false,
      systemId: 'esme',
      password: 'p@ss:word',
    });
    assert.deepEqual(parseSmppUrl('ssmpp://a:b@[::1]'), { host: '::1', port: 3550, secure: true, systemId: 'a', password: 'b' });
    assert.equal(parseSmppUrl('smpp://a@10.0.0.1').port, 2775);
  });

  it('says what is wrong without repeating the password', () => {
    for (const url of ['http://a:hunter2@h', 'smpp://a:hunter2@h:99999', 'smpp://a:hunter2%zz@h', 'smpp://a:hunter2@', '']) {
      assert.throws(
        () => parseSmppUrl(url),
        (error) => error instanceof TypeError && !error.message.includes('hunter2'),
        url,
      );
    }
    assert.throws(() => parseSmppUrl('smpp://%E2%82%AC:x@h'), /system_id/);
    assert.throws(() => parseSmppUrl(`smpp://${'a'.repeat(16)}:x@h`), /longer than 15/);
  });
});

describe('carrier options', () => {
  it('names the option that makes no sense', () => {
    const base = { name: 'lab', url: 'smpp://a:b@h' };
    assert.throws(() => settleOptions({ ...base, window: 0 }), /lab: window/);
    assert.throws(() => settleOptions({ ...base, binds: 1.5 }), /binds/);
    assert.throws(() => settleOptions({ ...base, throughput: -1 }), /throughput/);
    assert.equal(settleOptions(base).window, 10);
  });
});

describe('user data headers', () => {
  it('writes an 8-bit concatenation element and reads it back', () => {
    const octets = Buffer.alloc(CONCAT_HEADER_LENGTH);
    writeConcatHeader(octets, 0, { reference: 0x1234, total: 3, part: 2 });
    assert.equal(octets.toString('hex'), '050003340302');
    assert.deepEqual(readUserDataHeader(octets), { length: 6, concatenation: { reference: 0x34, total: 3, part: 2 } });
  });

  it('reads 16-bit references among other elements', () => {
    const octets = Buffer.from('0c0504158a0000080412340201416263', 'hex');
    octets[0] = 12;
    assert.deepEqual(readUserDataHeader(octets), { length: 13, concatenation: { reference: 0x1234, total: 2, part: 1 } });
  });

  it('ignores impossible places, and headers longer than the data', () => {
    assert.equal(readUserDataHeader(Buffer.from('050003340302', 'hex').subarray(0, 4)), undefined);
    assert.equal(readUserDataHeader(Buffer.alloc(0)), undefined);
    assert.deepEqual(readUserDataHeader(Buffer.from('050003340305', 'hex')), { length: 6, concatenation: undefined });
    assert.deepEqual(readUserDataHeader(Buffer.from('050003340001', 'hex')), { length: 6, concatenation: undefined });
    assert.deepEqual(readUserDataHeader(Buffer.from('0500ff340301', 'hex')), { length: 6, concatenation: undefined });
  });
});

describe('validity period', () => {
  it('is relative, rounded up to a second, at most a month', () => {
    assert.equal(relativeValidity(1), '000000000001000R');
    assert.equal(relativeValidity(90_061_000), '000001010101000R');
    assert.equal(relativeValidity(86_400_000 * 400), '000100000000000R');
  });
});
