import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { espeakVoice } from './espeak-voices.ts';
import { pollyNames, resolveVoice, speechLanguages, type VoiceDoor } from './voices.ts';

/** As the XML element has it. */
const resolve = (voice: string | undefined, language: string | undefined) => resolveVoice(voice, language, 'xml');

function spoken(voice: string, door: VoiceDoor): string {
  return speechLanguages.filter((language) => resolveVoice(voice, language, door).ok).join(' ');
}

describe('voices', () => {
  it('WOMAN and MAN of the XML element speak the languages of the table', () => {
    assert.equal(
      spoken('WOMAN', 'xml'),
      'da-DK de-DE en-AU en-GB en-US es-ES es-US fr-CA fr-FR it-IT nl-NL pl-PL pt-BR ru-RU sv-SE',
    );
    assert.equal(spoken('MAN', 'xml'), 'de-DE en-AU en-GB en-US es-ES es-US fr-FR it-IT nl-NL pl-PL pt-BR pt-PT');
  });

  it('WOMAN and MAN of the API speak more', () => {
    assert.equal(
      spoken('WOMAN', 'api'),
      'arb cmn-CN cy-GB da-DK de-DE en-AU en-GB en-IN en-US es-ES es-MX es-US fr-CA fr-FR hi-IN is-IS it-IT ja-JP ko-KR nb-NO nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sv-SE tr-TR',
    );
    assert.equal(
      spoken('MAN', 'api'),
      'da-DK de-DE en-AU en-GB en-GB-WLS en-US es-ES es-US fr-FR is-IS it-IT ja-JP nl-NL pl-PL pt-BR pt-PT ru-RU',
    );
  });

  it('does not take a language that the voice does not speak', () => {
    assert.deepEqual(resolve('WOMAN', 'hi-IN'), { ok: false, reason: 'WOMAN does not speak hi-IN' });
    assert.deepEqual(resolve('WOMAN', 'xx-YY'), { ok: false, reason: 'no voice speaks "xx-YY"' });
    assert.deepEqual(resolve('Polly.Joanna', 'de-DE'), { ok: false, reason: 'Polly.Joanna does not speak de-DE' });
    assert.deepEqual(resolve('Polly.Someone', 'xx'), { ok: false, reason: 'no voice speaks "xx"' });
  });

  it('does not take what is no voice', () => {
    for (const voice of ['', 'CHILD', 'Joanna', 'Polly.', 'Polly.<b>', 'Polly.../x', 'constructor']) {
      assert.equal(resolve(voice, 'en-US').ok, false, voice);
    }
  });

  it('is WOMAN in American English where nothing is said', () => {
    assert.deepEqual(resolve(undefined, undefined), {
      ok: true,
      voice: { name: 'WOMAN', gender: 'female' },
      language: 'en-US',
      markup: false,
    });
  });

  it('compares without case and diacritics', () => {
    for (const name of ['Polly.Vitória', 'polly.vitoria', 'POLLY.VITÓRIA', 'Polly.Vito\u0301ria']) {
      const resolved = resolve(name, 'pt-br');
      assert.deepEqual(resolved, { ok: true, voice: { name: 'Vitoria', gender: 'female' }, language: 'pt-BR', markup: true });
    }
    assert.equal(resolve('man', 'EN-us').ok, true);
  });

  it('finds every name of the table in its language, with its gender', () => {
    for (const language of speechLanguages) {
      for (const gender of ['female', 'male'] as const) {
        for (const name of pollyNames(language, gender)) {
          const resolved = resolve(`Polly.${name}`, language);
          assert.deepEqual(resolved, { ok: true, voice: { name, gender }, language, markup: true });
        }
      }
    }
  });

  it('lets a Polly voice without a language speak its own, and one of two languages both', () => {
    const vicki = resolve('Polly.Vicki', undefined);
    assert.equal(vicki.ok && vicki.language, 'de-DE');
    for (const language of ['en-IN', 'hi-IN']) assert.equal(resolve('Polly.Aditi', language).ok, true);
  });

  it('reads the model that a name ends with', () => {
    assert.deepEqual(resolve('Polly.Lupe-Standard', 'es-US'), {
      ok: true,
      voice: { name: 'Lupe', gender: 'female', model: 'standard' },
      language: 'es-US',
      markup: true,
    });
    const neural = resolve('Polly.Joanna-Neural', 'en-US');
    assert.equal(neural.ok && neural.voice.model, 'neural');
  });

  it('takes Polly names that it does not know in every language that it knows', () => {
    assert.deepEqual(resolve('Polly.Kajal-Neural', 'hi-IN'), {
      ok: true,
      voice: { name: 'Kajal', gender: 'female', model: 'neural' },
      language: 'hi-IN',
      markup: true,
    });
    assert.equal(resolve('Polly.*', 'ja-JP').ok, true);
  });

  it('has an espeak-ng voice for every language, and different ones for the names of one language', () => {
    for (const language of speechLanguages) {
      assert.match(espeakVoice({ name: 'WOMAN', gender: 'female' }, language) ?? '', /\+f3$/, language);
      assert.match(espeakVoice({ name: 'MAN', gender: 'male' }, language) ?? '', /\+m3$/, language);
    }
    const timbres = pollyNames('en-US', 'female').map((name) => espeakVoice({ name, gender: 'female' }, 'en-US'));
    assert.equal(new Set(timbres).size, 5);
    assert.equal(espeakVoice({ name: 'WOMAN', gender: 'female' }, 'xx'), undefined);
  });
});
