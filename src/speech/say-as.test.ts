import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from '../plivo/xml/document.ts';
import { sayAs } from './say-as.ts';
import { spokenText } from './spoken-text.ts';
import { type InterpretAs, readSpeech } from './ssml.ts';

function spoken(interpretAs: InterpretAs, text: string, language = 'en-US', format?: string): string {
  const form = sayAs(interpretAs, text, format, language);
  assert.equal(form.kind, 'text');
  return form.kind === 'text' ? form.text : '';
}

describe('say-as', () => {
  it('digits are said one by one', () => {
    assert.equal(spoken('digits', '4711'), '4 7 1 1');
    assert.equal(spoken('digits', 'A12'), 'A 1 2');
  });

  it('telephone numbers are said digit by digit, in groups', () => {
    assert.equal(spoken('telephone', '2122241555'), '2 1 2, 2 2 4, 1 5 5 5');
    assert.equal(spoken('telephone', '+1 (212) 224-1555'), '+ 1, 2 1 2, 2 2 4, 1 5 5 5');
    assert.equal(spoken('telephone', '+442079460000'), '+ 4 4 2 0 7, 9 4 6, 0 0 0 0');
  });

  it('cardinals lose what parts their thousands', () => {
    assert.equal(spoken('cardinal', '1,234,567'), '1234567');
    assert.equal(spoken('number', '1.234 Euro', 'de-DE'), '1234 Euro');
    assert.equal(spoken('number', '3.14'), '3.14');
  });

  it('ordinals are written as the language writes them', () => {
    assert.deepEqual(
      ['1', '2', '3', '4', '11', '12', '13', '21', '102', '113'].map((number) => spoken('ordinal', number)),
      ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '113th'],
    );
    assert.equal(spoken('ordinal', '3', 'de-DE'), '3.');
    assert.equal(spoken('ordinal', '1', 'fr-FR'), '1er');
    assert.equal(spoken('ordinal', '2', 'es-ES'), '2º');
    assert.equal(spoken('ordinal', '2', 'sv-SE'), '2:a');
    assert.equal(spoken('ordinal', 'last'), 'last');
  });

  it('fractions are said as parts', () => {
    assert.equal(spoken('fraction', '1/2'), 'one half');
    assert.equal(spoken('fraction', '3/4'), '3 quarters');
    assert.equal(spoken('fraction', '2/3'), '2 thirds');
    assert.equal(spoken('fraction', '3/20'), '3 20ths');
    assert.equal(spoken('fraction', '3+1/2'), '3 and one half');
    assert.equal(spoken('fraction', '3/4', 'de-DE'), '3 durch 4');
    assert.equal(spoken('fraction', '3/4', 'ja-JP'), '4分の3');
  });

  it('units are written in full, in the language', () => {
    assert.equal(spoken('unit', '10km'), '10 kilometers');
    assert.equal(spoken('unit', '1 lb'), '1 pound');
    assert.equal(spoken('unit', '2,5 kg', 'de-DE'), '2,5 Kilogramm');
    assert.equal(spoken('unit', '90 km/h', 'fr-FR').replaceAll(/\s/g, ' '), '90 kilomètres par heure');
    assert.equal(spoken('unit', '5 parsec'), '5 parsec');
  });

  it('dates have the name of the month, in the order that the format says', () => {
    assert.equal(spoken('date', '3/7/2026', 'en-US', 'mdy'), 'March 7, 2026');
    assert.equal(spoken('date', '3/7/2026', 'en-US', 'dmy'), 'July 3, 2026');
    assert.equal(spoken('date', '2026-03-07', 'de-DE'), '7. März 2026');
    assert.equal(spoken('date', '20260307', 'en-GB', 'yyyymmdd'), '7 March 2026');
    assert.equal(spoken('date', '????0307', 'en-US', 'yyyymmdd'), 'March 7');
    assert.equal(spoken('date', '12/25', 'en-US', 'md'), 'December 25');
    assert.equal(spoken('date', '29.2.', 'de-DE', 'dm'), '29. Februar');
    assert.equal(spoken('date', '07.03.26', 'es-ES', 'dmy'), '7 de marzo de 2026');
    assert.equal(spoken('date', '1960', 'en-US', 'y'), '1960');
  });

  it('leaves what is no date as it is', () => {
    for (const text of ['soon', '31/31/2026', '2026-02-30', '', '1/2/3/4'])
      assert.equal(spoken('date', text, 'en-US', 'mdy'), text);
  });

  it('times are minutes and seconds when they are written like 1\'21"', () => {
    assert.equal(spoken('time', `1'21"`), '1 minute 21 seconds');
    assert.equal(spoken('time', '14:30'), '14:30');
  });

  it('addresses have their abbreviations in full', () => {
    assert.equal(spoken('address', '150 Main St., Apt 4'), '150 Main street, apartment 4');
    assert.equal(spoken('address', '12 rue St. Denis', 'fr-FR'), '12 rue St. Denis');
  });

  it('characters are to be spelt, expletives to be covered', () => {
    assert.deepEqual(sayAs('spell-out', 'abc', undefined, 'en-US'), { kind: 'letters', text: 'abc' });
    assert.deepEqual(sayAs('expletive', 'darn', undefined, 'en-US'), { kind: 'bleep', characters: 4 });
  });

  it('has an answer for any text in any language', () => {
    const interpretations = [
      'date',
      'time',
      'fraction',
      'unit',
      'ordinal',
      'cardinal',
      'telephone',
      'address',
      'digits',
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...interpretations),
        fc.oneof(fc.string(), fc.stringMatching(/^[\d/.,:'"+ -]{0,14}$/)),
        fc.constantFrom(undefined, 'mdy', 'ym', 'd', 'y', 'other'),
        fc.constantFrom('en-US', 'arb', 'cmn-CN', 'en-GB-WLS', 'tr-TR'),
        (interpretAs, text, format, language) => typeof spoken(interpretAs, text, language, format) === 'string',
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('speech markup for engines that take text alone', () => {
  const textOf = (xml: string) => spokenText(readSpeech(parseDocument(`<Speak>${xml}</Speak>`).content).content, 'en-US');

  it('is written as it is to be read', () => {
    assert.equal(
      textOf(
        'Code <say-as interpret-as="digits">4711</say-as><break time="400ms"/><prosody rate="slow">slowly</prosody> <sub alias="kilometres">km</sub>',
      ),
      'Code 4 7 1 1, slowly kilometres',
    );
    assert.equal(textOf('<p>One</p><p>Two.</p>'), 'One. Two.');
    assert.equal(
      textOf('Call <say-as interpret-as="characters">IBM</say-as>, <say-as interpret-as="expletive">x</say-as>'),
      'Call I B M, beep',
    );
    assert.equal(textOf('<break/>Hello<break/>'), 'Hello,');
    assert.equal(
      textOf('<lang xml:lang="de-DE"><say-as interpret-as="date" format="dmy">7.3.2026</say-as></lang>'),
      '7. März 2026',
    );
  });
});
