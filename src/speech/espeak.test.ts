import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { parseDocument } from '../plivo/xml/document.ts';
import { systemClock } from '../runtime/clock.ts';
import { EspeakSynthesizer } from './espeak.ts';
import { speechRequest } from './speech-request.ts';
import type { SpeechAudio } from './synthesizer.ts';
import { speechLanguages } from './voices.ts';

/** The real engine in its process. */
describe('espeak-ng', () => {
  let engine: EspeakSynthesizer;
  before(() => {
    engine = new EspeakSynthesizer({ clock: systemClock });
  });
  after(() => engine.close());

  const say = (xml: string, voice = 'Polly.Joanna', language: string | undefined = undefined) =>
    engine.synthesize(
      speechRequest({ content: parseDocument(`<Speak>${xml}</Speak>`).content, voice, language }, 'api'),
      AbortSignal.timeout(10_000),
    );
  const milliseconds = async (xml: string) => duration(await say(xml));

  it('speaks a text for about as long as a person would', async () => {
    const audio = await say('You have reached the lab. Please leave a message.', 'WOMAN');
    assert.equal(audio.sampleRate, 22_050);
    const ms = duration(audio);
    assert.ok(ms > 1_800 && ms < 4_500, `${ms} ms`);
    assert.ok(loudness(audio) > 1_000, `RMS ${loudness(audio)}`);
    assert.ok(edgeSilence(audio) < 30, 'no silence before and after it');
  });

  it('says different texts differently, and one text always alike in length', async () => {
    const [one, other, again] = [await say('Good morning'), await say('Good evening'), await say('Good morning')];
    assert.notDeepEqual(one.pcm, other.pcm);
    assert.ok(Math.abs(duration(one) - duration(again)) < 20);
  });

  it('has a woman and a man of different pitch', async () => {
    const woman = fundamental(await say('Where are you now?', 'WOMAN'));
    const man = fundamental(await say('Where are you now?', 'MAN'));
    assert.ok(woman > 165 && woman < 260, `${woman} Hz`);
    assert.ok(man > 75 && man < 140, `${man} Hz`);
  });

  it('lets different Polly names sound different', async () => {
    assert.notDeepEqual((await say('Hello', 'Polly.Joanna')).pcm, (await say('Hello', 'Polly.Salli')).pcm);
  });

  it('makes breaks as long as they say', async () => {
    const [short, long] = [await milliseconds('one<break time="100ms"/>two'), await milliseconds('one<break time="500ms"/>two')];
    assert.ok(Math.abs(long - short - 400) < 20, `${long - short} ms`);
    const none = await milliseconds('Leave your name, then hang up');
    const some = await milliseconds('Leave your name, <break time="400ms"/>then hang up');
    assert.ok(Math.abs(some - none - 400) < 250, `${some - none} ms`);
    const [weak, strong] = [
      await milliseconds('one<break strength="weak"/>two'),
      await milliseconds('one<break strength="x-strong"/>two'),
    ];
    assert.ok(strong - weak > 500, `${strong - weak} ms`);
  });

  it('speaks slower and faster', async () => {
    const normal = await milliseconds('come here right now');
    const ratio = async (rate: string) => (await milliseconds(`<prosody rate="${rate}">come here right now</prosody>`)) / normal;
    const [slow, slowest, fast] = [await ratio('slow'), await ratio('x-slow'), await ratio('150%')];
    assert.ok(slow > 1.2 && slow < 1.5, `${slow}`);
    assert.ok(slowest > 1.7 && slowest < 2.4, `${slowest}`);
    assert.ok(fast < 0.8, `${fast}`);
  });

  it('speaks louder and softer', async () => {
    const normal = loudness(await say('come here'));
    const ratio = async (volume: string) => loudness(await say(`<prosody volume="${volume}">come here</prosody>`)) / normal;
    const [loud, soft, decibels, silent] = [
      await ratio('loud'),
      await ratio('soft'),
      await ratio('-12dB'),
      await ratio('silent'),
    ];
    assert.ok(loud > 1.7 && loud < 2.3, `${loud}`);
    assert.ok(soft > 0.4 && soft < 0.6, `${soft}`);
    assert.ok(decibels > 0.15 && decibels < 0.35, `${decibels}`);
    assert.equal(silent, 0);
  });

  it('speaks higher and lower', async () => {
    const normal = fundamental(await say('where are you now'));
    const ratio = async (pitch: string) =>
      fundamental(await say(`<prosody pitch="${pitch}">where are you now</prosody>`)) / normal;
    const [high, low] = [await ratio('+30%'), await ratio('-20%')];
    assert.ok(high > 1.15 && high < 1.45, `${high}`);
    assert.ok(low > 0.7 && low < 0.92, `${low}`);
  });

  it('emphasises a word, and multiplies what is nested', async () => {
    const plain = await say('very');
    const strong = await say('<emphasis level="strong">very</emphasis>');
    assert.ok(loudness(strong) > loudness(plain) * 1.2 && duration(strong) > duration(plain) * 1.1);
    const nested = await milliseconds('<prosody rate="50%"><prosody rate="80%">come here</prosody></prosody>');
    const flat = await milliseconds('<prosody rate="40%">come here</prosody>');
    assert.ok(Math.abs(nested - flat) < 50, `${nested} and ${flat} ms`);
  });

  it('reads what has another meaning than its letters', async () => {
    const number = await milliseconds('4711');
    assert.ok((await milliseconds('<say-as interpret-as="digits">4711</say-as>')) < number * 0.8);
    // A word with a firm end: the breath after an open vowel is now and then too loud to be cut off as silence.
    assert.ok((await milliseconds('<say-as interpret-as="characters">unesco</say-as>')) > (await milliseconds('unesco')) * 1.5);
    assert.deepEqual(
      Math.round((await milliseconds('<sub alias="kilometres">km</sub>')) / 20),
      Math.round((await milliseconds('kilometres')) / 20),
    );
    assert.ok((await milliseconds('<sub alias="kilometres">km</sub>')) > (await milliseconds('m')) * 1.5);
  });

  it('covers an expletive with a tone', async () => {
    const audio = await say('<say-as interpret-as="expletive">darn</say-as>');
    assert.ok(Math.abs(fundamental(audio) - 1_000) < 20 || Math.abs(zeroCrossings(audio) - 1_000) < 20);
    assert.ok(Math.abs(duration(audio) - 320) < 10);
  });

  it('pronounces what phonemes say, in IPA and X-SAMPA, instead of the word', async () => {
    const [ipa, sampa, word] = [
      await milliseconds('<phoneme alphabet="ipa" ph="pɪˈkɑːn">x</phoneme>'),
      await milliseconds('<phoneme alphabet="x-sampa" ph="pI&quot;kA:n">x</phoneme>'),
      await milliseconds('pecan'),
    ];
    assert.ok(Math.abs(ipa - sampa) < 30 && Math.abs(ipa - word) < 150, `${ipa}, ${sampa} and ${word} ms`);
    assert.ok((await milliseconds('<phoneme ph="☃">Wednesday</phoneme>')) > 200, 'the word, where nothing of it can be said');
  });

  it('pauses between sentences and, longer, between paragraphs', async () => {
    const [run, sentences, paragraphs] = [
      await milliseconds('one two'),
      await milliseconds('<s>one</s><s>two</s>'),
      await milliseconds('<p>one</p><p>two</p>'),
    ];
    assert.ok(sentences - run > 200 && paragraphs - sentences > 250, `${run}, ${sentences}, ${paragraphs} ms`);
  });

  it('changes the language inside a text, and not the gender', async () => {
    const english = await say('<lang xml:lang="en-US">Guten Morgen</lang>');
    const german = await say('<lang xml:lang="de-DE">Guten Morgen</lang>');
    assert.ok(Math.abs(duration(english) - duration(german)) > 30);
    assert.ok(fundamental(german) > 150);
    const unknown = await say('<lang xml:lang="sw-KE">Guten Morgen</lang>');
    assert.ok(Math.abs(duration(unknown) - duration(english)) < 20, 'goes on in the language it has');
  });

  it('speaks every language of the table', async () => {
    const words: Readonly<Record<string, string>> = {
      arb: 'مرحبا بكم',
      'cmn-CN': '欢迎您',
      'hi-IN': 'नमस्ते जी',
      'ja-JP': 'こんにちは',
      'ko-KR': '안녕하세요',
      'ru-RU': 'Добрый день',
    };
    for (const language of speechLanguages) {
      const audio = await say(words[language] ?? 'Olá, Grüße, ça va', 'Polly.Any', language);
      assert.ok(duration(audio) > 250 && loudness(audio) > 300, `${language}: ${duration(audio)} ms, RMS ${loudness(audio)}`);
    }
  });

  it('takes any characters as text and no more', async () => {
    const markup = await milliseconds('&lt;break time="9s"/&gt; hello');
    assert.ok(markup > 500 && markup < 8_000, `${markup} ms`);
    assert.ok((await milliseconds('[[h@l&apos;oU]] there')) > 200);
    const request = {
      content: ['a\u0001b\uE000c\uD800 \u0007200S'],
      voice: { name: 'WOMAN', gender: 'female' },
      language: 'en-US',
    } as const;
    assert.ok(duration(await engine.synthesize(request, AbortSignal.timeout(10_000))) > 200);
    assert.equal(duration(await say('<break strength="none"/>')), 0);
  });

  it('answers many requests at once, each with its own audio', async () => {
    const words = ['one', 'seventy seven', 'a hundred and twenty three', 'two', 'zero'];
    const lengths = (audios: readonly SpeechAudio[]) => audios.map((audio) => Math.round(duration(audio) / 30));
    const together = await Promise.all(words.map((word) => say(word)));
    const alone = [];
    for (const word of words) alone.push(await say(word));
    assert.deepEqual(lengths(together), lengths(alone));
  });

  it('is started again when its process dies', async () => {
    await say('one');
    const { pid } = engine;
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    while (engine.pid === pid) await wait(5);
    assert.ok(duration(await say('two')) > 100);
    assert.notEqual(engine.pid, pid);
  });
});

const duration = ({ pcm, sampleRate }: SpeechAudio) => (pcm.length * 1000) / sampleRate;

/** Root mean square. */
const loudness = ({ pcm }: SpeechAudio) =>
  Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, pcm.length));

/** Milliseconds of silence before and after. */
function edgeSilence({ pcm, sampleRate }: SpeechAudio): number {
  const first = pcm.findIndex((sample) => Math.abs(sample) > 100);
  const last = pcm.findLastIndex((sample) => Math.abs(sample) > 100);
  return ((first + pcm.length - 1 - last) * 1000) / sampleRate;
}

/** Hz. */
function zeroCrossings({ pcm, sampleRate }: SpeechAudio): number {
  let crossings = 0;
  for (let index = 1; index < pcm.length; index++) if ((pcm[index - 1] ?? 0) < 0 !== (pcm[index] ?? 0) < 0) crossings++;
  return (crossings * sampleRate) / (2 * pcm.length);
}

/** Median of the fundamental frequency of voiced frames in Hz, by normalised autocorrelation between 60 and 400 Hz. */
function fundamental({ pcm, sampleRate }: SpeechAudio): number {
  const frame = 1_024;
  const longest = Math.round(sampleRate / 60);
  const found: number[] = [];
  for (let start = 0; start + frame + longest < pcm.length; start += frame) {
    let best = { likeness: 0, lag: 0 };
    for (let lag = Math.round(sampleRate / 400); lag < longest; lag++) {
      let product = 0;
      let here = 0;
      let there = 0;
      for (let index = start; index < start + frame; index += 2) {
        const one = pcm[index] ?? 0;
        const other = pcm[index + lag] ?? 0;
        product += one * other;
        here += one * one;
        there += other * other;
      }
      const likeness = here > 4e7 ? product / Math.sqrt(here * there + 1) : 0;
      if (likeness > best.likeness * 1.02) best = { likeness, lag };
    }
    if (best.likeness > 0.7) found.push(sampleRate / best.lag);
  }
  return found.sort((one, other) => one - other)[found.length >> 1] ?? 0;
}
