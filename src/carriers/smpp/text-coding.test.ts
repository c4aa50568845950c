import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codingFor, readText, writeText } from './text-coding.ts';

function carried(text: string, coding: number): string {
  const target = Buffer.alloc(text.length * 2);
  return readText(target.subarray(0, writeText(target, 0, text, coding)), coding, 'gsm');
}

describe('text codings', () => {
  it('carries GSM texts with extension characters, one septet an octet', () => {
    const target = Buffer.alloc(20);
    const end = writeText(target, 0, '@a€_', 0);
    assert.equal(target.subarray(0, end).toString('hex'), '00611b6511');
    assert.equal(carried('{[€]} Ñandú ÄÖ'.replace('ú', 'u'), 0), '{[€]} Ñandu ÄÖ');
  });

  it('carries any UTF-16 text as UCS-2, lone surrogates too', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => carried(text, 8) === text));
    assert.equal(carried('\ud83d', 8), '\ud83d');
  });

  it('uses data codings 1 and 3 where the SMSC is no GSM one, and UCS-2 for what they lack', () => {
    assert.equal(codingFor('plain', 'gsm7', 'gsm'), 0);
    assert.equal(codingFor('plain', 'gsm7', 'ascii'), 1);
    assert.equal(codingFor('é', 'gsm7', 'ascii'), 8);
    assert.equal(codingFor('é', 'gsm7', 'latin1'), 3);
    assert.equal(codingFor('€', 'gsm7', 'latin1'), 8);
    assert.equal(codingFor('plain', 'ucs2', 'latin1'), 8);
  });

  it('reads what SMSCs send in: 0, 1, 3, 8, binary, and GSM coding schemes', () => {
    const octets = Buffer.from('00e9', 'hex');
    assert.equal(readText(Buffer.from([0x00, 0x11]), 0, 'gsm'), '@_');
    assert.equal(readText(Buffer.from('A_'), 0, 'ascii'), 'A_');
    assert.equal(readText(Buffer.from('A_'), 1, 'gsm'), 'A_');
    assert.equal(readText(octets, 3, 'gsm'), '\0é');
    assert.equal(readText(octets, 8, 'gsm'), 'é');
    assert.equal(readText(octets, 4, 'gsm'), '\0é');
    assert.equal(readText(octets, 2, 'gsm'), '\0é');
    assert.equal(readText(octets, 0x18, 'gsm'), 'é');
    assert.equal(readText(Buffer.from([0x00]), 0xf0, 'gsm'), '@');
    assert.equal(readText(octets, 0xf4, 'gsm'), '\0é');
    assert.equal(readText(Buffer.from([0xbf]), 6, 'gsm'), 'П');
  });

  it('reads any octets in any coding without failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 255 }), (octets, coding) => {
        for (const alphabet of ['gsm', 'ascii', 'latin1'] as const) {
          assert.equal(typeof readText(octets, coding, alphabet), 'string');
        }
      }),
    );
    assert.equal(readText(Buffer.from('00e900', 'hex'), 8, 'gsm'), 'é');
  });
});
