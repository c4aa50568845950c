import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browserOffer as offerOf } from '../../../testkit/browser-offer.ts';
import { ScriptedMedia } from '../../../testkit/scripted-media.ts';
import { seededRandom } from '../../../testkit/sip-rig.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { attributeOf, parseSdp } from '../../sip/sdp.ts';
import { canAnswer, isSecuredOffer, LegAudio } from './leg-audio.ts';

async function open(secured = true) {
  const media = new ScriptedMedia(new VirtualClock());
  const notes: string[] = [];
  const audio = await LegAudio.open(
    { media, random: seededRandom(1), publicIp: '203.0.113.5', codecs: ['PCMU', 'PCMA', 'G722'] },
    { secured, note: (event) => notes.push(event) },
  );
  return { media, audio, notes };
}
const audioOf = (sdp: string | undefined) => {
  const session = parseSdp(sdp ?? '');
  const media = session?.media[0];
  assert.ok(session && media);
  return { session, media, attribute: (name: string) => attributeOf(media, name) };
};

describe('the audio of a browser', () => {
  test('is known by its offer, and can be answered', () => {
    assert.equal(isSecuredOffer(offerOf()), true);
    assert.equal(canAnswer(offerOf(), ['PCMU']), true);
    assert.equal(canAnswer(offerOf({ formats: '63 126' }), ['PCMU']), false);
    assert.equal(canAnswer(offerOf().replace('a=rtcp-mux\r\n', ''), ['PCMU']), false);
    assert.equal(canAnswer(offerOf().replace(/a=fingerprint.*\r\n/, ''), ['PCMU']), false);
    assert.equal(canAnswer(offerOf().replace('sha-256', 'sha-1'), ['PCMU']), false);
  });

  test('is answered with Opus, our one candidate and our certificate', async () => {
    const { audio } = await open();
    const { session, media, attribute } = audioOf(audio.answer(offerOf()));
    assert.deepEqual([media.protocol, media.formats, media.port], ['UDP/TLS/RTP/SAVPF', ['111'], 20_000]);
    assert.equal(attributeOf(session, 'ice-lite'), '');
    assert.equal(attributeOf(session, 'group'), 'BUNDLE 0');
    assert.deepEqual(['mid', 'setup', 'rtcp-mux', 'rtpmap', 'ice-ufrag', 'candidate'].map(attribute), [
      '0',
      'passive',
      '',
      '111 opus/48000/2',
      'scripted',
      '1 1 udp 2130706431 203.0.113.5 20000 typ host',
    ]);
    assert.match(attribute('fingerprint') ?? '', /^sha-256 AB:/);
  });

  test('is PCMU with an rtpmap where the page wants nothing else', async () => {
    const { audio } = await open();
    const { media, attribute } = audioOf(audio.answer(offerOf({ formats: '0' })));
    assert.deepEqual([media.formats, attribute('rtpmap')], [['0'], '0 PCMU/8000']);
  });

  test('is held and taken back by its offers, with the same credentials', async () => {
    const { audio } = await open();
    audio.answer(offerOf());
    const held = audioOf(audio.answer(offerOf({ direction: 'sendonly' })));
    assert.equal(held.attribute('recvonly'), '');
    const back = audioOf(audio.answer(offerOf()));
    assert.deepEqual([back.attribute('sendrecv'), back.attribute('ice-ufrag')], ['', 'scripted']);
  });

  test('gets new credentials when it restarts ICE', async () => {
    const { audio } = await open();
    audio.answer(offerOf());
    assert.equal(audioOf(audio.answer(offerOf({ fragment: 'AbCd' }))).attribute('ice-ufrag'), 'restarted');
  });

  test('is offered to it with every codec named, and its answer is taken', async () => {
    const { audio, notes } = await open();
    audio.approach('required');
    const { media, attribute } = audioOf(audio.offer(true));
    assert.deepEqual([media.formats, attribute('setup'), attribute('mid')], [['111', '0', '8'], 'actpass', '0']);
    const answer = offerOf().replace('actpass', 'active');
    assert.equal(audio.take(answer), true);
    assert.deepEqual(notes, [], 'it is encrypted, without keys in SDP');
    assert.equal(audio.take(answer.replace('active', 'passive')), false, 'both would wait for the other');
    assert.equal(audio.take(answer.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP')), false, 'nothing is spoken in clear');
  });

  test('is not what a phone is offered or may answer', async () => {
    const { audio } = await open(false);
    assert.equal(audioOf(audio.offer()).media.protocol, 'RTP/AVP');
    assert.equal(audio.answer(offerOf()), undefined);
  });
});
