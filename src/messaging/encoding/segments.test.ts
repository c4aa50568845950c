import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import calculator from 'sms-segments-calculator';
import { gsm7BasicTable, gsm7ExtensionTable, gsm7Length } from '../../carriers/text/gsm7.ts';
import { segmentSizes, segmentText, textLimitExceeded } from './segments.ts';

const unitsOf = (text: string): number => segmentText(text).parts.length;

const basic = gsm7BasicTable.replace('\u001b', '');
const gsmText = fc.string({
  unit: fc.constantFrom(...basic, ...gsm7ExtensionTable.values(), '€', '€', '[', ']'),
  maxLength: 1000,
});
/** One code point a grapheme: what this project and the outside calculator must cut alike. */
const plainUnicodeText = fc
  .array(fc.constantFrom('a', 'é', '你', '好', 'ж', '😀', '🚀', '𝒳', '€', '\r\n', '`'), { maxLength: 500 })
  .map((characters) => characters.join(''));
const anyText = fc.string({ unit: 'binary', maxLength: 700 });

/** Parts as the outside calculator cuts them. */
function oracle(text: string) {
  const message = new calculator.SegmentedMessage(text);
  const parts = message.segments.map((segment) =>
    [...segment].map((character) => ('raw' in character ? character.raw : '')).join(''),
  );
  return { encoding: message.encodingName === 'GSM-7' ? 'gsm7' : 'ucs2', parts };
}

describe('segmentation', () => {
  it('counts the units of the reference vectors', () => {
    const vectors: readonly [string, number, number][] = [
      ['a', 160, 1],
      ['a', 161, 2],
      ['a', 306, 2],
      ['a', 307, 3],
      ['a', 1600, 11],
      ['你', 70, 1],
      ['你', 71, 2],
      ['你', 134, 2],
      ['你', 135, 3],
      ['你', 737, 11],
      ['€', 80, 1],
      ['€', 81, 2],
    ];
    for (const [character, count, units] of vectors)
      assert.equal(unitsOf(character.repeat(count)), units, `${count} × ${character}`);
  });

  it('sends an empty text as one empty part', () => {
    assert.deepEqual(segmentText(''), { encoding: 'gsm7', length: 0, parts: [''] });
  });

  it('leaves a septet free rather than cutting an escape pair', () => {
    const { parts } = segmentText(`${'a'.repeat(152)}€${'b'.repeat(20)}`);
    assert.deepEqual(parts, ['a'.repeat(152), `€${'b'.repeat(20)}`]);
  });

  it('leaves a code unit free rather than cutting a surrogate pair', () => {
    const { parts } = segmentText(`${'你'.repeat(66)}😀${'好'.repeat(10)}`);
    assert.deepEqual(parts, ['你'.repeat(66), `😀${'好'.repeat(10)}`]);
  });

  it('counts one unit more than ceil(length / 67) when the pairs leave room unused', () => {
    const text = '😀'.repeat(368);
    assert.equal(text.length, 736);
    assert.equal(textLimitExceeded(text), undefined);
    assert.equal(unitsOf(text), 12);
  });

  it('never needs more than 11 parts for 1600 septets', () => {
    assert.equal(unitsOf('€'.repeat(800)), 11);
    assert.equal(unitsOf(`a${'€'.repeat(799)}`), 11);
  });

  it('cuts every text into parts that fit, cut no pair, and join to the text', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, plainUnicodeText, anyText), (text) => {
        const { encoding, length, parts } = segmentText(text);
        const size = segmentSizes[encoding];
        const measure = (part: string) => (encoding === 'gsm7' ? gsm7Length(part) : part.length);
        assert.equal(parts.join(''), text);
        assert.equal(length, measure(text));
        const room = parts.length === 1 ? size.single : size.multi;
        for (const part of parts) assert.ok(measure(part) <= room);
        for (const part of parts.slice(0, -1)) assert.ok(measure(part) >= size.multi - 1, 'only a pair leaves room');
        if (text.isWellFormed()) for (const part of parts) assert.ok(part.isWellFormed());
        assert.ok(parts.length >= (length <= size.single ? 1 : Math.ceil(length / size.multi)));
      }),
    );
  });

  it('agrees with an outside calculator on GSM texts, part by part', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        const { encoding, parts } = segmentText(text);
        assert.deepEqual({ encoding, parts }, oracle(text));
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with an outside calculator on texts of one code point a character, part by part', () => {
    fc.assert(
      fc.property(plainUnicodeText, (text) => {
        const { encoding, parts } = segmentText(text);
        assert.deepEqual({ encoding, parts }, oracle(text));
      }),
      { numRuns: 60 },
    );
  });

  it('differs on purpose from that calculator where one character is several code points: it moves the whole, this cuts between', () => {
    const family = '👩‍👩‍👧‍👦';
    assert.equal(family.length, 11);
    const text = `${'你'.repeat(60)}${family}`;
    assert.deepEqual(oracle(text).parts, ['你'.repeat(60), family]);
    assert.deepEqual(
      segmentText(text).parts.map((part) => part.length),
      [66, 5],
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(family, '🇫🇷', '👍🏽', '你', 'a'), { minLength: 1, maxLength: 100 }), (characters) => {
        const mixed = `你${characters.join('')}`;
        assert.ok(unitsOf(mixed) <= oracle(mixed).parts.length, 'cutting between code points never takes more parts');
      }),
      { numRuns: 60 },
    );
  });
});

describe('text limits', () => {
  it('takes 1600 septets and 737 code units and not one more', () => {
    assert.equal(textLimitExceeded('a'.repeat(1600)), undefined);
    assert.deepEqual(textLimitExceeded('a'.repeat(1601)), { encoding: 'gsm7', length: 1601, limit: 1600 });
    assert.equal(textLimitExceeded('€'.repeat(800)), undefined);
    assert.deepEqual(textLimitExceeded(`${'€'.repeat(800)}a`), { encoding: 'gsm7', length: 1601, limit: 1600 });
    assert.equal(textLimitExceeded('你'.repeat(737)), undefined);
    assert.deepEqual(textLimitExceeded('你'.repeat(738)), { encoding: 'ucs2', length: 738, limit: 737 });
    assert.deepEqual(textLimitExceeded(`${'a'.repeat(800)}你`), { encoding: 'ucs2', length: 801, limit: 737 });
  });

  it('refuses a megabyte without measuring all of it', () => {
    assert.deepEqual(textLimitExceeded('a'.repeat(1_000_000)), { encoding: 'gsm7', length: 1_000_000, limit: 1600 });
  });
});
