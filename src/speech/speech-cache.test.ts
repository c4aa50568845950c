import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Speaker } from './speaker.ts';
import { SpeechCache, type SpeechCacheOptions } from './speech-cache.ts';
import { openSpeechFiles, type SpeechFiles } from './speech-files.ts';
import { plainSpeech } from './ssml.ts';
import { type SpeechAudio, SpeechError, type SpeechRequest, type SpeechSynthesizer } from './synthesizer.ts';

const never = new AbortController().signal;
const request = (text: string): SpeechRequest => ({
  content: plainSpeech(text),
  voice: { name: 'WOMAN', gender: 'female' },
  language: 'en-US',
});
/** Keeps every second sample: as good as any for what is tested here. */
const halve = (pcm: Int16Array, from: number, to: number) => {
  assert.deepEqual([from, to], [32_000, 16_000]);
  return pcm.filter((_, index) => index % 2 === 0);
};

/** Makes a sample of the text's length a second, at the moment the test says so. */
class ScriptedEngine implements SpeechSynthesizer {
  readonly name: string;
  version = '1';
  readonly asked: string[] = [];
  readonly signals: AbortSignal[] = [];
  answer: (text: string) => Promise<SpeechAudio> = async (text) => ({ sampleRate: 16_000, pcm: Int16Array.of(text.length) });

  constructor(name = 'scripted') {
    this.name = name;
  }

  synthesize({ content }: SpeechRequest, signal: AbortSignal): Promise<SpeechAudio> {
    const text = String(content[0]);
    this.asked.push(text);
    this.signals.push(signal);
    return this.answer(text);
  }

  async close(): Promise<void> {}
}

const cacheOf = (options: Partial<SpeechCacheOptions> = {}) =>
  new SpeechCache({ maxMemoryBytes: 1_000_000, files: undefined, resample: halve, log: silentLog, ...options });

describe('the cache of speech', () => {
  it('makes a text once and gives the same audio again, in memory that threads can share', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf()];
    const first = await cache.get(engine, request('abc'), never);
    assert.deepEqual([...first.pcm], [3]);
    assert.ok(first.pcm.buffer instanceof SharedArrayBuffer);
    assert.equal((await cache.get(engine, request('abc'), never)).pcm, first.pcm);
    assert.deepEqual(engine.asked, ['abc']);
  });

  it('tells apart text, voice, language, engine and its version', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf()];
    const base = request('a');
    await cache.get(engine, base, never);
    await cache.get(engine, { ...base, voice: { name: 'MAN', gender: 'male' } }, never);
    await cache.get(engine, { ...base, voice: { ...base.voice, model: 'neural' } }, never);
    await cache.get(engine, { ...base, language: 'en-GB' }, never);
    await cache.get(engine, { ...base, content: [{ name: 'p', attributes: {}, content: ['a'] }] }, never);
    engine.version = '2';
    await cache.get(engine, base, never);
    assert.equal(engine.asked.length, 6);
    const other = new ScriptedEngine('other');
    await cache.get(other, base, never);
    assert.equal(other.asked.length, 1);
  });

  it('brings audio to 16 kHz', async () => {
    const engine = new ScriptedEngine();
    engine.answer = async () => ({ sampleRate: 32_000, pcm: Int16Array.of(1, 2, 3, 4) });
    const audio = await cacheOf().get(engine, request('a'), never);
    assert.deepEqual([audio.sampleRate, [...audio.pcm]], [16_000, [1, 3]]);
  });

  it('makes a text that several want at the same time once, also when some of them leave', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf()];
    const made = Promise.withResolvers<SpeechAudio>();
    engine.answer = () => made.promise;
    const leaving = new AbortController();
    const left = cache.get(engine, request('a'), leaving.signal);
    const [one, two] = [cache.get(engine, request('a'), never), cache.get(engine, request('a'), never)];
    leaving.abort(new Error('hung up'));
    await assert.rejects(left, /hung up/);
    made.resolve({ sampleRate: 16_000, pcm: Int16Array.of(7) });
    assert.equal((await one).pcm, (await two).pcm);
    assert.deepEqual([engine.asked.length, engine.signals[0]?.aborted], [1, false]);
  });

  it('gives up a text that nobody waits for any more, and makes it anew for who comes then', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf()];
    engine.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const left = cache.get(engine, request('a'), leaving.signal);
    await turn();
    leaving.abort(new Error('hung up'));
    await assert.rejects(left, /hung up/);
    assert.equal(engine.signals[0]?.aborted, true);
    engine.answer = async () => ({ sampleRate: 16_000, pcm: Int16Array.of(9) });
    assert.deepEqual([...(await cache.get(engine, request('a'), never)).pcm], [9]);
  });

  it('does not keep failures', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf()];
    const { answer } = engine;
    engine.answer = async () => Promise.reject(new SpeechError('engine failed', 'no'));
    await assert.rejects(cache.get(engine, request('a'), never), /no/);
    engine.answer = answer;
    assert.deepEqual([...(await cache.get(engine, request('a'), never)).pcm], [1]);
  });

  it('forgets what was unused for longest when its memory is full', async () => {
    const [engine, cache] = [new ScriptedEngine(), cacheOf({ maxMemoryBytes: 4_000 })];
    engine.answer = async () => ({ sampleRate: 16_000, pcm: new Int16Array(500) });
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(engine, request(text), never);
    assert.deepEqual(engine.asked, ['a', 'b', 'c', 'b']);
  });
});

describe('the files of speech', () => {
  let directory: string;
  let now = Date.UTC(2026, 0, 12);
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ringdown-speech-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const open = (maxBytes = 1_000_000) => openSpeechFiles({ directory, maxBytes, now: () => now });
  const key = (letter: string) => letter.repeat(64);
  const kept = async (files: SpeechFiles, letters: string) => {
    const found = await Promise.all([...letters].map(async (letter) => ((await files.read(key(letter))) ? letter : '')));
    return found.join('');
  };
  const samples = (count: number) => new Int16Array(count).fill(5);

  it('give back what was written, also after a restart', async () => {
    await (await open()).write(key('a'), Int16Array.of(1, -1, 32_767));
    const files = await open();
    assert.deepEqual([...((await files.read(key('a'))) ?? [])], [1, -1, 32_767]);
    assert.equal(await files.read(key('b')), undefined);
  });

  it('lose what was unused for longest when there is no more room, whoever wrote it', async () => {
    const files = await open(2_100);
    for (const letter of 'ab') await files.write(key(letter), samples(500));
    now += 120_000;
    await files.read(key('a'));
    await files.write(key('c'), samples(500));
    assert.equal(await kept(files, 'abc'), 'ac');
    assert.equal((await readdir(directory)).length, 2);
    now += 120_000;
    await files.read(key('a'));
    assert.equal(await kept(await open(1_100), 'abc'), 'a');
  });

  it('do not take what is larger than all of them may be', async () => {
    const files = await open(2_100);
    await files.write(key('a'), samples(500));
    await files.write(key('b'), samples(5_000));
    assert.equal(await kept(files, 'ab'), 'a');
  });

  it('are not there when they are cut short, deleted or of something else', async () => {
    const files = await open();
    for (const letter of 'abc') await files.write(key(letter), samples(500));
    await truncate(path.join(directory, `${key('a')}.pcm`), 500);
    await rm(path.join(directory, `${key('b')}.pcm`));
    await writeFile(path.join(directory, `${key('c')}.pcm`), 'a text of somebody');
    assert.equal(await kept(files, 'abc'), '');
  });

  it('are cleaned of what an interrupted write left', async () => {
    await writeFile(path.join(directory, '0c6a2a5e.tmp'), 'half');
    await open();
    assert.deepEqual(await readdir(directory), []);
  });

  it('serve the cache after a restart, and their faults are no silence', async () => {
    const engine = new ScriptedEngine();
    const first = cacheOf({ files: await open() });
    await first.get(engine, request('abc'), never);
    while ((await readdir(directory)).filter((name) => name.endsWith('.pcm')).length === 0) await turn();
    assert.deepEqual([...(await cacheOf({ files: await open() }).get(engine, request('abc'), never)).pcm], [3]);
    assert.equal(engine.asked.length, 1);

    const warned = Promise.withResolvers<string>();
    const log = { warn: (_: unknown, message: string) => warned.resolve(message) };
    const broken = cacheOf({ files: await open(), log });
    await rm(directory, { recursive: true });
    assert.deepEqual([...(await broken.get(engine, request('abcd'), never)).pcm], [4]);
    assert.match(await warned.promise, /cannot be kept/);
    await mkdir(directory);
  });
});

describe('the speaker', () => {
  const rig = () => {
    const clock = new VirtualClock();
    const [first, second] = [new ScriptedEngine('first'), new ScriptedEngine('second')];
    const speaker = new Speaker({ cache: cacheOf(), clock, log: silentLog });
    speaker.use([first, second]);
    return { clock, first, second, speaker };
  };
  const failing = (error: unknown) => () => Promise.reject(error);
  const works = async () => ({ sampleRate: 16_000, pcm: Int16Array.of(1) });

  it('asks the first engine, and says who spoke', async () => {
    const { speaker, second } = rig();
    assert.equal((await speaker.speak(request('a'), never)).engine, 'first');
    assert.equal(second.asked.length, 0);
  });

  it('asks the next one when one fails, and the failed one again after half a minute', async () => {
    const { clock, speaker, first, second } = rig();
    first.answer = failing(new SpeechError('timed out', 'first: no answer'));
    assert.equal((await speaker.speak(request('a'), never)).engine, 'second');
    assert.equal((await speaker.speak(request('b'), never)).engine, 'second');
    assert.deepEqual([first.asked.length, second.asked.length], [1, 2]);
    first.answer = works;
    await clock.advance(30_000);
    assert.equal((await speaker.speak(request('c'), never)).engine, 'first');
  });

  it('goes on asking an engine that refused one text', async () => {
    const { speaker, first } = rig();
    first.answer = failing(new SpeechError('text refused', 'first: bad markup'));
    assert.equal((await speaker.speak(request('a'), never)).engine, 'second');
    first.answer = works;
    assert.equal((await speaker.speak(request('b'), never)).engine, 'first');
  });

  it('asks those that rest when nobody else can speak, and says what was wrong with each', async () => {
    const { speaker, first, second } = rig();
    first.answer = failing(new SpeechError('engine failed', 'first: answered 503'));
    second.answer = failing(new TypeError('a fault of ours'));
    for (const text of ['a', 'b']) {
      await assert.rejects(speaker.speak(request(text), never), (error) => {
        assert.ok(error instanceof SpeechError);
        assert.equal(error.message, 'first: answered 503; second: a fault of ours');
        return true;
      });
    }
    assert.deepEqual([first.asked.length, second.asked.length], [2, 2]);
  });

  it('says so when it has no engine', () =>
    assert.rejects(
      new Speaker({ cache: cacheOf(), clock: new VirtualClock(), log: silentLog }).speak(request('a'), never),
      /no speech engine is configured/,
    ));

  it('stops with the caller', async () => {
    const { speaker, first, second } = rig();
    first.answer = () => new Promise(() => undefined);
    const leaving = new AbortController();
    const left = speaker.speak(request('a'), leaving.signal);
    leaving.abort(new Error('hung up'));
    await assert.rejects(left, /hung up/);
    assert.equal(second.asked.length, 0);
  });
});
