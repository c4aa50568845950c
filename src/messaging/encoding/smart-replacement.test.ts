import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import calculator from 'sms-segments-calculator';
import { gsm7Length } from '../../carriers/text/gsm7.ts';
import { segmentText } from './segments.ts';
import { replaceLookAlikes, smartReplacements } from './smart-replacement.ts';

const oracleEncoding = (text: string) => new calculator.SegmentedMessage(text, 'auto', true).encodingName;

describe('smart replacement', () => {
  it('turns typographic marks into GSM characters', () => {
    assert.equal(replaceLookAlikes('“It’s here” – 9…10\u00a0am\u200b'), '"It\'s here" - 9...10 am');
    assert.equal(segmentText(replaceLookAlikes(`“${'a'.repeat(158)}”`)).parts.length, 1);
  });

  it('composes letters whose accent came separately', () => {
    assert.equal(replaceLookAlikes('caffe\u0300'), 'caffè');
  });

  it('leaves a text alone that stays UCS-2 anyway', () => {
    for (const text of ['“hi” 😀', '你好，世界', 'ça “va”', '½ price', 'Привет – да'])
      assert.equal(replaceLookAlikes(text), text);
  });

  it('leaves GSM text alone', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => gsm7Length(text) < 0 || replaceLookAlikes(text) === text));
  });

  it('gives GSM text or the text itself', () => {
    const characters = [...smartReplacements.keys()].map((unit) => String.fromCharCode(unit));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters, 'a', 'e', '\u0301', 'ж', '😀')), (list) => {
        const text = list.join('');
        const replaced = replaceLookAlikes(text);
        assert.ok(replaced === text || gsm7Length(replaced) >= 0);
        assert.equal(replaceLookAlikes(replaced), replaced);
      }),
    );
  });

  it('replaces only characters outside the alphabet, by GSM text', () => {
    for (const [unit, replacement] of smartReplacements) {
      assert.equal(gsm7Length(String.fromCharCode(unit)), -1);
      assert.ok(gsm7Length(replacement) >= 0);
    }
  });

  it('agrees with an outside calculator on the encoding of texts of look-alikes both know', () => {
    const shared = [...smartReplacements.keys()]
      .map((unit) => String.fromCharCode(unit))
      .filter((character) => oracleEncoding(character) === 'GSM-7');
    // The rest are marks only this table has: figure dash, minus sign, primes and the like.
    assert.ok(shared.length > 150, `${shared.length} of ${smartReplacements.size}`);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...shared, 'a', 'ж', '😀'), { maxLength: 100 }), (list) => {
        const text = list.join('');
        const encoding = segmentText(replaceLookAlikes(text)).encoding === 'gsm7' ? 'GSM-7' : 'UCS-2';
        assert.equal(encoding, oracleEncoding(text));
      }),
      { numRuns: 60 },
    );
  });

  it('differs on purpose from that calculator: fractions, combining marks and the division sign mean something else when swapped', () => {
    for (const text of ['1½', 'a\u0337', '6÷2']) {
      assert.equal(oracleEncoding(text), 'GSM-7');
      assert.equal(replaceLookAlikes(text), text);
    }
  });

  it('differs on purpose from that calculator: an odd space becomes one space, not two', () => {
    assert.equal(replaceLookAlikes('a\u2003b'), 'a b');
  });
});
