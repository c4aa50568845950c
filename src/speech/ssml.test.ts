import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from '../plivo/xml/document.ts';
import { MAX_SPEECH_CHARACTERS, type MarkupPiece, plainSpeech, plainText, readSpeech, SpeechMarkupError } from './ssml.ts';

const read = (xml: string) => readSpeech(parseDocument(`<Speak>${xml}</Speak>`).content);
const contentOf = (xml: string) => read(xml).content;
const refuses = (xml: string, reason: RegExp) =>
  assert.throws(
    () => read(xml),
    (error) => error instanceof SpeechMarkupError && reason.test(error.message),
  );

/** The document of voice-xml.md §14, number 9. */
const NINTH = `Code <say-as interpret-as="digits">4711</say-as><break time="400ms"/><prosody rate="slow" volume="loud">slowly</prosody> <sub alias="kilometres">km</sub>`;

describe('speech markup', () => {
  it('keeps the order of text and elements', () => {
    assert.deepEqual(contentOf(NINTH), [
      'Code ',
      { name: 'say-as', attributes: { 'interpret-as': 'digits' }, content: ['4711'] },
      { name: 'break', attributes: { time: '400ms' }, content: [] },
      { name: 'prosody', attributes: { volume: 'loud', rate: 'slow' }, content: ['slowly'] },
      ' ',
      { name: 'sub', attributes: { alias: 'kilometres' }, content: ['km'] },
    ]);
  });

  it('is the words alone to a voice that knows no markup, and breaks and paragraphs part words', () => {
    assert.equal(plainText(contentOf(NINTH)), 'Code 4711 slowly km');
    assert.equal(plainText(contentOf('<p>One</p><p>Two<break/>three</p>')), 'One Two three');
    assert.equal(plainText(parseDocument('<Speak>a<prosody rate="nonsense">b</prosody></Speak>').content), 'ab');
  });

  it('collapses whitespace, also across elements, and drops it at the ends', () => {
    assert.deepEqual(contentOf('\n  Hello \n <emphasis> big </emphasis> \t world \n'), [
      'Hello ',
      { name: 'emphasis', attributes: {}, content: ['big '] },
      'world',
    ]);
    assert.deepEqual(contentOf(' <p> One \n two </p> '), [{ name: 'p', attributes: {}, content: ['One two'] }]);
  });

  it('speaks what stands in elements that it does not know, and says which they were', () => {
    const { content, ignored } = read('A<amazon:effect name="whispered">secret</amazon:effect><cont>b</cont>');
    assert.deepEqual(content, ['A secret b']);
    assert.deepEqual(ignored, ['amazon:effect', 'cont']);
  });

  it('drops attributes that it does not know', () => {
    assert.deepEqual(contentOf('<w role="amazon:VB" x="1">read</w>'), [
      { name: 'w', attributes: { role: 'amazon:VB' }, content: ['read'] },
    ]);
  });

  describe('takes only what may stand in an element', () => {
    const inside: Readonly<Record<string, string>> = {
      emphasis: 'break emphasis lang phoneme prosody say-as sub w',
      lang: 'break emphasis lang p phoneme prosody s say-as sub w',
      p: 'break emphasis lang phoneme prosody s say-as sub w',
      prosody: 'break emphasis lang p phoneme prosody s say-as sub w',
      s: 'break emphasis lang phoneme prosody say-as sub w',
      w: 'break emphasis phoneme prosody say-as sub',
      phoneme: '',
      'say-as': '',
      sub: '',
      break: '',
    };
    const needed: Readonly<Record<string, string>> = {
      lang: ' xml:lang="fr-FR"',
      phoneme: ' ph="a"',
      'say-as': ' interpret-as="digits"',
      sub: ' alias="b"',
    };
    for (const [outer, allowed] of Object.entries(inside)) {
      it(outer, () => {
        for (const inner of Object.keys(inside)) {
          const xml = `<${outer}${needed[outer] ?? ''}><${inner}${needed[inner] ?? ''}/></${outer}>`;
          if (allowed.split(' ').includes(inner)) read(xml);
          else refuses(xml, new RegExp(`<${inner}> cannot stand in <${outer}>`));
        }
      });
    }
  });

  it('refuses values that are not legal', () => {
    refuses('<break time="11s"/>', /time="11s" of <break> is not understood/);
    refuses('<break time="1 minute"/>', /time=/);
    refuses('<break strength="huge"/>', /strength="huge"/);
    refuses('<emphasis level="none">a</emphasis>', /level="none"/);
    refuses('<lang>a</lang>', /<lang> needs the attribute xml:lang/);
    refuses('<phoneme alphabet="sampa" ph="a">a</phoneme>', /alphabet="sampa"/);
    refuses('<prosody rate="quick">a</prosody>', /rate="quick"/);
    refuses('<prosody volume="11">a</prosody>', /volume="11"/);
    refuses('<prosody pitch="high-ish">a</prosody>', /pitch="high-ish"/);
    refuses('<say-as interpret-as="price">a</say-as>', /interpret-as="price"/);
    refuses('<sub>a</sub>', /needs the attribute alias/);
    refuses('<w role="amazon:X">a</w>', /role="amazon:X"/);
  });

  it('takes 3,000 characters and no more, not counting tags', () => {
    const most = 'ä'.repeat(MAX_SPEECH_CHARACTERS);
    assert.deepEqual(contentOf(`<p>${most}</p>`), [{ name: 'p', attributes: {}, content: [most] }]);
    refuses(`<p>${most}</p>b`, /has 3002 characters; 3000 are the most/);
    assert.throws(() => plainSpeech(`${most}b`), SpeechMarkupError);
  });

  it('refuses a text that is empty, with or without markup', () => {
    refuses(' \n ', /the text is empty/);
    assert.throws(() => plainSpeech('  '), SpeechMarkupError);
    assert.deepEqual(contentOf('<break/>'), [{ name: 'break', attributes: {}, content: [] }]);
  });

  it('reads or refuses any elements whatever', () => {
    const names = ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w', 'other', '__proto__'];
    const { tree } = fc.letrec<{ tree: MarkupPiece[] }>((tie) => ({
      tree: fc.array(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          fc.string(),
          fc.record({
            name: fc.constantFrom(...names),
            attributes: fc.dictionary(
              fc.constantFrom('time', 'rate', 'volume', 'xml:lang', 'ph', 'alias', 'interpret-as', 'role'),
              fc.oneof(fc.string(), fc.constantFrom('1s', 'slow', 'loud', 'en-US', 'digits', '50%', '+6dB')),
            ),
            content: tie('tree'),
          }),
        ),
        { maxLength: 4 },
      ),
    }));
    fc.assert(
      fc.property(tree, (content) => {
        try {
          const once = readSpeech(content).content;
          assert.deepEqual(readSpeech(once).content, once);
        } catch (error) {
          if (!(error instanceof SpeechMarkupError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
