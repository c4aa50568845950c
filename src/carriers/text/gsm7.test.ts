import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeGsm7, encodeGsm7, gsm7BasicTable, gsm7ExtensionTable, gsm7Length } from './gsm7.ts';

const alphabet = [...gsm7BasicTable.replace('\u001b', ''), ...gsm7ExtensionTable.values()];
const gsmText = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 400 });

describe('GSM 7-bit alphabet', () => {
  it('has 127 characters and the escape in the basic table, each once', () => {
    assert.equal(gsm7BasicTable.length, 128);
    assert.equal(new Set(alphabet).size, 127 + 10);
  });

  it('puts characters where TS 23.038 has them', () => {
    assert.deepEqual([...encodeGsm7('@Δ ¡¿à§_')], [0x00, 0x10, 0x20, 0x40, 0x60, 0x7f, 0x5f, 0x11]);
    assert.deepEqual([...encodeGsm7('Ç\nØø\rÅåÆæßÉ¤')], [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x1c, 0x1d, 0x1e, 0x1f, 0x24]);
  });

  it('sends extension characters as an escape and one octet', () => {
    assert.deepEqual(
      [...encodeGsm7('€^{}\\[~]|\f')].filter((octet) => octet !== 0x1b),
      [0x65, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x0a],
    );
    assert.equal(encodeGsm7('€').toString('hex'), '1b65');
  });

  it('counts extension characters twice', () => {
    assert.equal(gsm7Length('a€b'), 4);
    assert.equal(gsm7Length(''), 0);
  });

  it('does not take the backtick, the small c with cedilla, a tab, a bare escape or a NUL', () => {
    for (const character of ['`', 'ç', '\t', '\u001b', '\u0000', '你', '😀', 'ő']) {
      assert.equal(gsm7Length(`ok ${character}`), -1, character);
      assert.throws(() => encodeGsm7(character), RangeError);
    }
  });

  it('names the character it cannot encode', () => {
    assert.throws(() => encodeGsm7('hi 😀'), /U\+1F600/);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        const octets = encodeGsm7(text);
        assert.equal(octets.length, gsm7Length(text));
        assert.equal(decodeGsm7(octets), text);
      }),
    );
  });

  it('reads an escape before an unassigned octet as that octet, and a dangling or doubled escape as a space', () => {
    assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x41)), 'A');
    assert.equal(decodeGsm7(Uint8Array.of(0x41, 0x1b)), 'A ');
    assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x1b, 0x42)), ' B');
  });

  it('reads any octets without failing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => typeof decodeGsm7(octets) === 'string'));
    assert.equal(decodeGsm7(Uint8Array.of(0x41, 0xff)), 'A\ufffd');
  });
});
