import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callProgressSource, frames, join, mix, noise, scaled, silence, sine, speechLike } from '../../../testkit/audio.ts';
import { judge } from '../../../testkit/greetings/score.ts';
import { babble } from '../../carriers/simulator/voice/babble.ts';
import { dialSteps, dtmfSource } from '../dtmf/generator.ts';
import type { AnswerOptions, AnswerVerdict } from '../media-engine.ts';
import { AnswerDetector } from './answer-detector.ts';

const RATES = [8000, 16000] as const;
type Rate = (typeof RATES)[number];

/** A voice without pauses. */
const voices = { 8000: babble('x'.repeat(60), 8000), 16000: babble('x'.repeat(60), 16000) };
const voice = (rate: Rate, ms: number): Int16Array => voices[rate].subarray(0, (rate * ms) / 1000);
const pause = silence;
const end = (rate: Rate): Int16Array => silence(rate, 11_000);

function toldBy(rate: Rate, pcm: Int16Array, options: Partial<AnswerOptions> = {}): readonly [AnswerVerdict['by'], string] {
  const { by, reason } = judge(join(pcm, end(rate)), options, { sampleRate: rate });
  return [by, reason];
}

for (const rate of RATES) {
  describe(`who has answered, at ${rate} Hz`, () => {
    const said = (ms: number): Int16Array => join(pause(rate, 300), voice(rate, ms));
    const quiet = (ms: number): Int16Array => pause(rate, ms);
    const beep = (hz: number, ms: number): Int16Array => sine(rate, hz, ms, 5000);

    it('a word and silence are a person, told as soon as the silence is long enough', () => {
      const { by, reason, afterMs, voiceMs, words } = judge(join(said(600), end(rate)), {}, { sampleRate: rate });
      assert.deepEqual([by, reason, words], ['human', 'greeting-over', 1]);
      assert.ok(afterMs >= 1_640 && afterMs <= 1_960, `${afterMs} ms`);
      assert.ok(Math.abs(voiceMs - 600) <= 160, `${voiceMs} ms of voice`);
      const patient = judge(join(said(600), end(rate)), { silenceMs: 2_000 }, { sampleRate: rate });
      assert.ok(Math.abs(patient.afterMs - afterMs - 1_200) <= 20, `${patient.afterMs} ms`);
    });

    it('a long greeting is a machine, and how long is long can be set', () => {
      assert.deepEqual(toldBy(rate, said(2_500)), ['machine', 'long-greeting']);
      assert.deepEqual(toldBy(rate, said(2_500), { greetingMs: 4_000 }), ['human', 'greeting-over']);
      assert.deepEqual(toldBy(rate, said(1_300), { greetingMs: 1_000 }), ['machine', 'long-greeting']);
    });

    it('many words are a machine, and how many are many can be set', () => {
      const words = join(...Array.from({ length: 5 }, () => join(voice(rate, 200), quiet(300))));
      assert.deepEqual(toldBy(rate, words), ['machine', 'many-words']);
      assert.deepEqual(toldBy(rate, words, { words: 6 }), ['human', 'greeting-over']);
    });

    it('speech with pauses that goes on too long is a machine', () => {
      const words = join(...Array.from({ length: 8 }, () => join(voice(rate, 200), quiet(500))));
      const patient = { words: 10, greetingMs: 5_000, windowMs: 10_000 };
      assert.deepEqual(toldBy(rate, words, { ...patient, speechMs: 3_000 }), ['machine', 'long-speech']);
    });

    it('a beep after words is a machine at once, whatever it sounds like', () => {
      for (const hz of [420, 440, 700, 1000, 1400, 2000, 2480]) {
        const { by, reason, afterMs } = judge(join(said(500), quiet(300), beep(hz, 300), end(rate)), {}, { sampleRate: rate });
        assert.deepEqual([by, reason], ['machine', 'beep'], `${hz} Hz`);
        assert.ok(afterMs <= 1_300, `${afterMs} ms`);
      }
    });

    it('a beep has 120 ms and no other tone beside it, and comes after words', () => {
      assert.deepEqual(toldBy(rate, join(said(500), quiet(300), beep(1000, 150))), ['machine', 'beep']);
      assert.deepEqual(toldBy(rate, join(said(500), quiet(300), beep(1000, 50))), ['human', 'greeting-over']);
      const two = mix(beep(770, 300), beep(1336, 300));
      assert.deepEqual(toldBy(rate, join(said(500), quiet(300), two)), ['human', 'greeting-over']);
      assert.deepEqual(toldBy(rate, join(quiet(500), beep(1000, 300))), ['unknown', 'initial-silence']);
    });

    it('fax and special information tones are machines without a word', () => {
      assert.deepEqual(toldBy(rate, join(quiet(300), beep(2100, 3_300))), ['machine', 'fax']);
      assert.deepEqual(toldBy(rate, join(quiet(300), beep(1100, 500))), ['machine', 'fax']);
      for (const first of [914, 985]) {
        const tones = [first, 1371, 1777].map((hz) => beep(hz, 330));
        assert.deepEqual(toldBy(rate, join(quiet(300), ...tones)), ['machine', 'announcement']);
      }
      const wrongOrder = [1777, 1371, 914].map((hz) => beep(hz, 330));
      assert.deepEqual(toldBy(rate, join(quiet(300), ...wrongOrder)), ['unknown', 'initial-silence']);
    });

    it('nobody speaks: silence, noise, keys, ring-back, busy', () => {
      const keys = new Int16Array(rate * 3);
      dtmfSource(rate, dialSteps('159#') ?? []).read(keys);
      const network = (['ringback', 'busy', 'reorder'] as const).map((name) => {
        const pcm = new Int16Array(rate * 6);
        callProgressSource(rate, name).read(pcm);
        return pcm;
      });
      for (const pcm of [quiet(100), noise(rate, 8_000, 300), join(quiet(200), keys), ...network]) {
        assert.deepEqual(toldBy(rate, pcm), ['unknown', 'initial-silence']);
      }
    });

    it('waits for the first word as long as it is told, and for the verdict as long as the window', () => {
      const late = join(quiet(3_000), said(500));
      assert.deepEqual(toldBy(rate, late, { initialSilenceMs: 2_000 }), ['unknown', 'initial-silence']);
      assert.deepEqual(toldBy(rate, late), ['human', 'greeting-over']);
      const cut = judge(join(late, end(rate)), { windowMs: 4_000 }, { sampleRate: rate });
      assert.deepEqual([cut.by, cut.reason, cut.afterMs], ['unknown', 'time', 4_000]);
    });

    it('hears through noise, and does not take a quiet voice behind a loud one for its words', () => {
      const hello = join(said(600), end(rate));
      assert.equal(judge(mix(hello, noise(rate, 11_000, 400)), {}, { sampleRate: rate }).by, 'human');
      const others = scaled(speechLike(rate, 11_000, 5), 0.03);
      assert.equal(judge(mix(hello, others), {}, { sampleRate: rate }).by, 'human');
    });
  });
}

describe('the answer detector', () => {
  it('keeps its first verdict', () => {
    const detector = new AnswerDetector(8000, {
      windowMs: 2_000,
      initialSilenceMs: 10_000,
      greetingMs: 500,
      speechMs: 1_000,
      words: 3,
      silenceMs: 500,
    });
    for (const frame of frames(join(silence(8000, 300), voice(8000, 900)), 160)) detector.process(frame);
    const first = detector.verdict;
    assert.equal(first?.by, 'machine');
    for (const frame of frames(silence(8000, 3_000), 160)) detector.process(frame);
    assert.deepEqual(detector.verdict, first);
  });
});
