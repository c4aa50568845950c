import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { EspeakSynthesizer } from './espeak.ts';
import { FrameReader, frame, readReply, writeReply } from './espeak-frames.ts';
import { plainSpeech } from './ssml.ts';
import { SpeechError, type SpeechErrorKind, type SpeechRequest } from './synthesizer.ts';

/** Speaks frames like the real process; what a text contains says what goes wrong. */
const STAND_IN = `
const frames = await import(process.argv[2]);
if (process.argv[3] === 'dies') { process.stderr.write('no engine here'); process.exit(3); }
if (process.argv[3] === 'unusable') { process.stdout.write(frames.writeReply({ kind: 'unusable', reason: 'broken data' })); process.stdin.on('end', () => process.exit(1)).resume(); }
const reader = new frames.FrameReader();
process.stdin.on('data', (chunk) => {
  for (const body of reader.push(chunk)) {
    const { id, pieces } = JSON.parse(body);
    const text = pieces[0].markup;
    if (text === 'crash') process.exit(7);
    else if (text === 'hang') continue;
    else if (text === 'noise') process.stdout.write('this is no frame, whatever its length may seem to be');
    else if (text === 'refuse') process.stdout.write(frames.writeReply({ kind: 'failed', id, reason: 'not this one' }));
    else process.stdout.write(frames.writeReply({ kind: 'audio', id, sampleRate: 22050, pcm: Int16Array.of(text.length, process.pid % 30000) }));
  }
});
process.stdin.on('end', () => process.exit(0));
if (process.argv[3] !== 'silent' && process.argv[3] !== 'unusable') process.stdout.write(frames.writeReply({ kind: 'ready' }));
`;

const request = (text: string): SpeechRequest => ({
  content: plainSpeech(text),
  voice: { name: 'WOMAN', gender: 'female' },
  language: 'en-US',
});
const never = new AbortController().signal;

describe('the espeak-ng process', () => {
  let directory: string;
  let program: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ringdown-speech-'));
    program = path.join(directory, 'stand-in.mjs');
    await writeFile(program, STAND_IN);
  });
  after(() => rm(directory, { recursive: true }));

  async function using(mode: string, test: (engine: EspeakSynthesizer, clock: VirtualClock) => Promise<void>): Promise<void> {
    const clock = new VirtualClock();
    const args = [program, new URL('espeak-frames.ts', import.meta.url).href, mode];
    const engine = new EspeakSynthesizer({ clock, command: { program: process.execPath, args }, isInstalled: () => true });
    try {
      await test(engine, clock);
    } finally {
      await engine.close();
      assert.equal(clock.pending, 0, 'no timer is left');
    }
  }
  const fails = (result: Promise<unknown>, kind: SpeechErrorKind, message: RegExp) =>
    assert.rejects(result, (error) => {
      assert.ok(error instanceof SpeechError);
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      return true;
    });
  const processOf = async (engine: EspeakSynthesizer) => (await engine.synthesize(request('pid'), never)).pcm[1];

  it('is told of when the package is not installed', async () => {
    const engine = new EspeakSynthesizer({ clock: new VirtualClock(), isInstalled: () => false });
    await fails(
      engine.synthesize(request('a'), never),
      'engine missing',
      /^espeak: the optional package @echogarden\/espeak-ng-emscripten is not installed$/,
    );
  });

  it('starts with the first text and serves all of them', () =>
    using('works', async (engine) => {
      assert.equal(engine.pid, undefined);
      const results = await Promise.all(['a', 'bb', 'ccc'].map((text) => engine.synthesize(request(text), never)));
      assert.deepEqual(
        results.map(({ pcm }) => pcm[0]),
        [1, 2, 3],
      );
      assert.equal(new Set(results.map(({ pcm }) => pcm[1])).size, 1);
    }));

  it('loses the text that killed it, and serves those behind it after another start', () =>
    using('works', async (engine) => {
      const lost = engine.synthesize(request('crash'), never);
      const kept = engine.synthesize(request('after'), never);
      await fails(lost, 'engine failed', /^espeak: the process ended with code 7$/);
      assert.equal((await kept).pcm[0], 5);
    }));

  it('is ended when it does not answer, whether or not somebody still waits', () =>
    using('works', async (engine, clock) => {
      await processOf(engine);
      const stuck = engine.synthesize(request('hang'), never);
      const kept = engine.synthesize(request('after'), never);
      await clock.advance(10_000);
      await fails(stuck, 'timed out', /did not answer within 10 s/);
      assert.equal((await kept).pcm[0], 5);

      const leaving = new AbortController();
      const left = engine.synthesize(request('hang'), leaving.signal);
      leaving.abort(new Error('hung up'));
      await assert.rejects(left, /hung up/);
      const next = engine.synthesize(request('after'), never);
      await clock.advance(10_000);
      assert.equal((await next).pcm[0], 5);
    }));

  it('is ended when it speaks no frames', () =>
    using('works', async (engine) => {
      await fails(
        engine.synthesize(request('noise'), never),
        'engine failed',
        /does not speak as expected: a frame of \d+ bytes/,
      );
      assert.equal((await engine.synthesize(request('after'), never)).pcm[0], 5);
    }));

  it('stays when it refuses a text', () =>
    using('works', async (engine) => {
      const first = await processOf(engine);
      await fails(engine.synthesize(request('refuse'), never), 'text refused', /^espeak: not this one$/);
      assert.equal(await processOf(engine), first);
    }));

  it('fails all that wait when it cannot be started, with what it said', async () => {
    await using('dies', async (engine) => {
      const results = ['a', 'b'].map((text) => engine.synthesize(request(text), never));
      for (const result of results) await fails(result, 'engine failed', /ended with code 3: no engine here$/);
    });
    await using('unusable', async (engine) => {
      await fails(engine.synthesize(request('a'), never), 'engine failed', /^espeak: broken data$/);
    });
    await using('silent', async (engine, clock) => {
      const failed = fails(engine.synthesize(request('a'), never), 'timed out', /did not answer within 10 s/);
      await clock.advance(10_000);
      await failed;
    });
    const engine = new EspeakSynthesizer({
      clock: new VirtualClock(),
      command: { program: path.join(directory, 'nothing'), args: [] },
      isInstalled: () => true,
    });
    await fails(engine.synthesize(request('a'), never), 'engine failed', /ENOENT/);
    await engine.close();
  });

  it('is ended after two quiet minutes, and started again', () =>
    using('works', async (engine, clock) => {
      const first = await processOf(engine);
      await clock.advance(119_000);
      assert.equal(await processOf(engine), first);
      await clock.advance(120_000);
      assert.equal(engine.pid, undefined);
      assert.notEqual(await processOf(engine), first);
    }));

  it('has no more than 64 texts waiting, and each no longer than 15 s', () =>
    using('works', async (engine, clock) => {
      await processOf(engine);
      const leaving = new AbortController();
      const waiting = Array.from({ length: 65 }, () => engine.synthesize(request('hang'), leaving.signal));
      await fails(engine.synthesize(request('a'), never), 'busy', /64 texts are waiting already/);
      const failed = Promise.all(waiting.map((result) => fails(result, 'timed out', /within 1[05] s/)));
      await clock.advance(15_000);
      await failed;
    }));

  it('ends with the program, and what waits with it', () =>
    using('works', async (engine) => {
      await processOf(engine);
      const results = ['hang', 'b'].map((text) => fails(engine.synthesize(request(text), never), 'engine failed', /stopping/));
      await engine.close();
      await Promise.all(results);
      await fails(engine.synthesize(request('c'), never), 'engine failed', /stopping/);
    }));
});

describe('frames of the espeak-ng process', () => {
  it('are read however they are cut', () => {
    const audio = { kind: 'audio', id: 4_000_000_000, sampleRate: 22_050, pcm: Int16Array.of(1, -2, 32_767) } as const;
    const stream = Buffer.concat([
      writeReply({ kind: 'ready' }),
      writeReply(audio),
      writeReply({ kind: 'failed', id: 2, reason: 'ä' }),
    ]);
    for (const size of [1, 2, 3, 7, stream.length]) {
      const reader = new FrameReader();
      const replies = [];
      for (let at = 0; at < stream.length; at += size)
        replies.push(...reader.push(stream.subarray(at, at + size)).map(readReply));
      assert.deepEqual(replies, [{ kind: 'ready' }, audio, { kind: 'failed', id: 2, reason: 'ä' }]);
    }
  });

  it('are refused when they are too long, or no replies', () => {
    assert.throws(() => new FrameReader().push(Buffer.from('ffffffff', 'hex')), RangeError);
    assert.throws(() => readReply(Buffer.of(9)), RangeError);
    assert.throws(() => readReply(Buffer.of(1, 0)), RangeError);
    assert.deepEqual(new FrameReader().push(frame()), [Buffer.alloc(0)]);
  });
});
