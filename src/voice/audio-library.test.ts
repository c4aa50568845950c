import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { HttpRequest, HttpResult } from '../delivery/http-client.ts';
import type { Clip } from '../media/media-engine.ts';
import { AudioLibrary } from './audio-library.ts';
import { SoundError } from './flow-services.ts';

const URL_ = 'http://cdn.example/a.mp3';
const MEGABYTE = 1024 * 1024;
const never = new AbortController().signal;
const times = { startedAt: 0, connectedMs: 0, firstByteMs: 0, totalMs: 0 };

type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly truncated?: boolean }
  | 'refused'
  | 'connect';

function createLibrary(pcmBytes = 1_000) {
  const clock = new VirtualClock();
  const requests: HttpRequest[] = [];
  let answers: Answer[] = [];
  let delayMs = 0;
  let clipId = 0;
  const state = { isAudio: true };
  const library = new AudioLibrary({
    clock,
    media: {
      decodeClip: async (): Promise<Clip> => {
        if (!state.isAudio) throw new Error('neither WAV nor MP3');
        return { id: ++clipId, sampleRate: 8000, pcm: new Int16Array(pcmBytes / 2) };
      },
    },
    http: {
      async request(request): Promise<HttpResult> {
        requests.push(request);
        if (delayMs > 0) await clock.sleep(delayMs);
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 };
        if (typeof answer === 'string')
          return { kind: 'failure', failure: answer, reason: `it is ${answer}`, status: null, times };
        const { status, headers = {}, truncated = false } = answer;
        return { kind: 'answer', status, headers, truncated, body: Buffer.from('audio'), times };
      },
    },
  });
  return {
    clock,
    requests,
    state,
    get: (url = URL_, signal = never) => library.get(url, signal),
    answer(...given: readonly Answer[]) {
      answers = [...given];
    },
    delay(ms: number) {
      delayMs = ms;
    },
  };
}

describe('a file', () => {
  test('is used again while it is fresh', async () => {
    const { clock, requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'cache-control': 'max-age=60, public' } });
    const first = await get();
    await clock.advance(59_000);
    assert.equal(await get(), first);
    await clock.advance(2_000);
    assert.notEqual(await get(), first);
    assert.equal(requests.length, 2);
  });

  test('has been on its way for some of that time', async () => {
    const { clock, requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'cache-control': 'max-age=60', age: '50' } });
    await get();
    await clock.advance(11_000);
    await get();
    assert.equal(requests.length, 2);
  });

  test('with no-store is fetched each time, without conditions', async () => {
    const { requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'cache-control': 'no-store, max-age=60', etag: '"a"' } });
    await get();
    await get();
    assert.deepEqual(
      requests.map(({ headers }) => headers['if-none-match']),
      [undefined, undefined],
    );
  });

  test('with no-cache is asked for each time and kept while it has not changed', async () => {
    const { requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'cache-control': 'no-cache', etag: '"a"' } }, { status: 304 }, { status: 304 });
    const first = await get();
    assert.equal(await get(), first);
    assert.equal(await get(), first);
    assert.deepEqual(
      requests.map(({ headers }) => headers['if-none-match']),
      [undefined, '"a"', '"a"'],
    );
  });

  test('without an ETag is asked for by its date', async () => {
    const { requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'last-modified': 'Mon, 12 Jan 2026 09:00:00 GMT' } }, { status: 304 });
    const first = await get();
    assert.equal(await get(), first);
    assert.equal(requests[1]?.headers['if-modified-since'], 'Mon, 12 Jan 2026 09:00:00 GMT');
  });

  test('that has not changed stays fresh as long as before, when the 304 says nothing else', async () => {
    const { clock, requests, get, answer } = createLibrary();
    answer({ status: 200, headers: { 'cache-control': 'max-age=60', etag: '"a"' } }, { status: 304 });
    await get();
    await clock.advance(61_000);
    await get();
    await clock.advance(30_000);
    await get();
    assert.equal(requests.length, 2);
  });

  test('that has changed replaces the one before', async () => {
    const { get, answer } = createLibrary();
    answer({ status: 200, headers: { etag: '"a"' } }, { status: 200, headers: { etag: '"b"' } });
    assert.notEqual(await get(), await get());
  });

  test('is fetched once for all that want it at the same time', async () => {
    const { clock, requests, get, delay } = createLibrary();
    delay(500);
    const wanted = [get(), get(), get()];
    await clock.advance(500);
    const clips = await Promise.all(wanted);
    assert.equal(new Set(clips).size, 1);
    assert.equal(requests.length, 1);
  });

  test('nobody waits for any more is fetched on for the others', async () => {
    const { clock, requests, get, delay } = createLibrary();
    delay(500);
    const gone = new AbortController();
    const [leaves, stays] = [get(URL_, gone.signal), get()];
    gone.abort();
    await assert.rejects(leaves, SoundError);
    await clock.advance(500);
    assert.ok(await stays);
    assert.equal(requests.length, 1);
  });

  test('is not asked for by a call that has ended', async () => {
    const { requests, get, answer } = createLibrary();
    answer('connect');
    await assert.rejects(get(URL_, AbortSignal.abort()), SoundError);
    assert.equal(requests.length, 0);
  });

  test('that fails when all who wanted it have gone disturbs nobody', async () => {
    const { clock, get, answer, delay } = createLibrary();
    answer('connect');
    delay(500);
    const gone = new AbortController();
    const leaves = get(URL_, gone.signal);
    gone.abort();
    await assert.rejects(leaves, SoundError);
    await clock.advance(2_000);
    assert.equal(clock.pending, 0);
  });
});

describe('a file that cannot be had', () => {
  for (const [what, answer, tries, text] of [
    ['is missing', { status: 404 }, 2, /could not be fetched: it answered 404/],
    ['has a broken server', { status: 500 }, 2, /it answered 500/],
    ['cannot be reached', 'connect', 2, /it is connect/],
    ['is at an address that is not allowed', 'refused', 1, /it is refused/],
    ['is too large', { status: 200, truncated: true }, 1, /larger than 10 MB/],
  ] as const) {
    test(`because it ${what} is said so, after ${tries} tries`, async () => {
      const { requests, get, answer: answers } = createLibrary();
      answers(answer);
      await assert.rejects(get(), (error: unknown) => error instanceof SoundError && text.test(error.message));
      assert.equal(requests.length, tries);
    });
  }

  test('because it is no audio is said so', async () => {
    const { state, get } = createLibrary();
    state.isAudio = false;
    await assert.rejects(get(), /is no audio that can be played: neither WAV nor MP3/);
  });

  test('because it is no URL is said so without a request', async () => {
    const { requests, get } = createLibrary();
    for (const url of ['music.mp3', 'file:///etc/passwd', 'ftp://cdn.example/a.mp3', ''])
      await assert.rejects(get(url), SoundError);
    assert.equal(requests.length, 0);
  });

  test('at the first try is had at the second', async () => {
    const { requests, get, answer } = createLibrary();
    answer('connect', { status: 200 });
    assert.ok(await get());
    assert.equal(requests.length, 2);
  });

  test('is tried anew by the next call', async () => {
    const { get, answer } = createLibrary();
    answer({ status: 404 });
    await assert.rejects(get(), SoundError);
    answer({ status: 200 });
    assert.ok(await get());
  });
});

describe('what is kept', () => {
  const fresh: Answer = { status: 200, headers: { 'cache-control': 'max-age=3600' } };

  test('is bounded: what was used longest ago goes first', async () => {
    const { requests, get, answer } = createLibrary(20 * MEGABYTE);
    answer(fresh);
    for (const name of ['a', 'b', 'c']) await get(`http://cdn.example/${name}`);
    await get('http://cdn.example/a');
    await get('http://cdn.example/d');
    assert.equal(requests.length, 4);
    await get('http://cdn.example/a');
    assert.equal(requests.length, 4);
    await get('http://cdn.example/b');
    assert.equal(requests.length, 5);
  });

  test('never is a file that would push out all others', async () => {
    const { requests, get, answer } = createLibrary(40 * MEGABYTE);
    answer(fresh);
    await get();
    await get();
    assert.equal(requests.length, 2);
  });
});
