import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCallControlRig } from '../../testkit/call-control-rig.ts';
import { dial, speak, waitFor } from '../../testkit/voice-elements.ts';
import type { DialElement } from './document.ts';

const A = '14155550111';
const MUSIC = 'http://app.example/music';
const SOUND = 'http://cdn.example/a.mp3';
const PLAY = { urls: [SOUND], legs: 'aleg', loop: false, mix: false, lengthS: undefined } as const;
const SPEECH = { content: ['Please hold'], voice: 'WOMAN', language: 'en-US', legs: 'aleg', loop: false, mix: false } as const;

/** A call whose Dial rings with this music, and where the API has just begun to play or speak over it. */
async function interrupted(dialMusic: DialElement['dialMusic'], what: 'play' | 'speak', again: boolean) {
  const rig = createCallControlRig();
  rig.sounds.set(SOUND, 700);
  rig.application.answers(MUSIC, [speak('La la'), waitFor(1)]);
  const { callId, leg } = await rig.answered([dial([A], { dialMusic, action: undefined }), speak('On', 0)]);
  await rig.clock.advance(10);
  const other = rig.dialled[1]?.leg ?? assert.fail('it is dialled');
  other.rings();
  if (dialMusic.kind === 'real') other.sendsEarlyAudio();
  await rig.clock.advance(100);
  if (what === 'play') await rig.control.play(rig.scope, callId, { ...PLAY, loop: again });
  else await rig.control.speak(rig.scope, callId, { ...SPEECH, loop: again });
  await rig.clock.advance(10);
  const media = leg.media ?? assert.fail('it has audio');
  assert.equal(media.heard.at(-1)?.options.over, true);
  const stop = () => (what === 'play' ? rig.control.stopPlay(rig.scope, callId) : rig.control.stopSpeak(rig.scope, callId));
  /** When something of the Dial's own began. */
  const own = () => media.heard.filter(({ options }) => !options.over).map(({ at }) => at);
  return { rig, media, other, own, stop };
}

describe('what the API plays while a Dial rings', () => {
  for (const what of ['play', 'speak'] as const) {
    for (const end of ['ended', 'stopped'] as const) {
      test(`the ring tone is heard on when a ${what} has ${end}`, async () => {
        const { rig, media, other, own, stop } = await interrupted({ kind: 'ringback' }, what, end === 'stopped');
        if (end === 'stopped') await stop();
        await rig.clock.advance(1_000);
        assert.deepEqual([own().length, media.isPlaying], [1, true], 'it has never ended');
        other.answers();
        await rig.clock.advance(10);
        assert.equal(media.isPlaying, false, 'and is over with the answer');
        await rig.assertClean();
      });

      test(`the music is heard on, in its time, when a ${what} has ${end}`, async () => {
        const { rig, media, other, own, stop } = await interrupted({ kind: 'url', url: MUSIC }, what, end === 'stopped');
        const [start = 0] = own();
        if (end === 'stopped') await stop();
        await rig.clock.advance(3_000);
        assert.deepEqual(
          own().map((at) => at - start),
          [0, 1_250, 2_500],
        );
        other.answers();
        await rig.clock.advance(10);
        assert.equal(media.isPlaying, false);
        await rig.assertClean();
      });

      test(`the called party's own ring stays connected when a ${what} has ${end}`, async () => {
        const { rig, other, stop } = await interrupted({ kind: 'real' }, what, end === 'stopped');
        assert.equal(rig.media.bridges.size, 1);
        if (end === 'stopped') await stop();
        await rig.clock.advance(1_000);
        assert.equal(rig.media.bridges.size, 1);
        other.answers();
        await rig.clock.advance(10);
        assert.equal(rig.media.bridges.size, 1);
        await rig.assertClean();
      });
    }
  }
});
