import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScriptedMedia } from '../../../testkit/scripted-media.ts';
import { seededRandom } from '../../../testkit/sip-rig.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { type CryptoLine, cryptoLinesOf } from '../../sip/crypto-attribute.ts';
import { parseSdp } from '../../sip/sdp.ts';
import { LegAudio } from './leg-audio.ts';
import type { SrtpPolicy } from './srtp-policy.ts';

const PEER_KEYS = [1, 2, 3].map((octet) => Buffer.alloc(30, octet).toString('base64'));

const sdpOf = ({
  key = PEER_KEYS[0],
  tag = 1,
  suite = 'AES_CM_128_HMAC_SHA1_80',
  version = 1,
  profile = 'RTP/SAVP',
} = {}): string =>
  [
    'v=0',
    `o=- 9 ${version} IN IP4 192.0.2.2`,
    's=-',
    'c=IN IP4 192.0.2.2',
    't=0 0',
    `m=audio 5000 ${profile} 0`,
    ...(key === '' ? [] : [`a=crypto:${tag} ${suite} inline:${key}`]),
    '',
  ].join('\r\n');
const PLAIN = sdpOf({ key: '', profile: 'RTP/AVP' });

async function open(srtp?: SrtpPolicy) {
  const media = new ScriptedMedia(new VirtualClock());
  const notes: unknown[][] = [];
  const audio = await LegAudio.open(
    { media, random: seededRandom(1), publicIp: '203.0.113.5', codecs: ['PCMU'] },
    { srtp, note: (event, detail) => notes.push([event, detail]) },
  );
  const [leg] = media.legs;
  assert.ok(leg);
  return { audio, notes, flow: () => leg.flow?.srtp };
}

const sectionOf = (sdp: string | undefined) => {
  const media = parseSdp(sdp ?? '')?.media[0];
  assert.ok(media, 'a description');
  return { protocol: media.protocol, lines: cryptoLinesOf(media) };
};
const lineOf = (sdp: string | undefined): CryptoLine => {
  const [line, ...others] = sectionOf(sdp).lines;
  assert.ok(line && others.length === 0, 'one line');
  return line;
};

describe('the keys of a leg', () => {
  test('are ours to send with and the peer’s to hear with, and the timeline tells the suite', async () => {
    const { audio, notes, flow } = await open();
    const own = lineOf(audio.answer(sdpOf({ tag: 6 })));
    assert.equal(own.tag, 6);
    assert.deepEqual(flow(), { suite: 'AES_CM_128_HMAC_SHA1_80', ownKey: own.key, peerKey: PEER_KEYS[0], peerMkiBytes: 0 });
    assert.notEqual(own.key, PEER_KEYS[0]);
    assert.deepEqual(notes, [['media_encrypted', { suite: 'AES_CM_128_HMAC_SHA1_80', keys: 'new' }]]);
  });

  test('stay while the peer keeps its own: on hold, under another tag, and when we offer', async () => {
    const { audio, notes, flow } = await open();
    const own = lineOf(audio.answer(sdpOf()));
    assert.equal(lineOf(audio.answer(`${sdpOf({ version: 2 })}a=sendonly\r\n`)).key, own.key);
    assert.deepEqual(lineOf(audio.answer(sdpOf({ tag: 3, version: 3 }))), { ...own, tag: 3 });
    const offered = sectionOf(audio.offer());
    assert.deepEqual([offered.protocol, offered.lines], ['RTP/SAVP', [{ ...own, tag: 3 }]]);
    assert.equal(audio.take(sdpOf({ tag: 3, version: 4 })), true);
    assert.equal(flow()?.ownKey, own.key);
    assert.equal(notes.length, 1);
  });

  test('are renewed when the peer renews its own, or takes another suite', async () => {
    const { audio, notes } = await open();
    const first = lineOf(audio.answer(sdpOf()));
    const second = lineOf(audio.answer(sdpOf({ key: PEER_KEYS[1], version: 2 })));
    const third = lineOf(audio.answer(sdpOf({ key: PEER_KEYS[1], suite: 'AES_CM_128_HMAC_SHA1_32', version: 3 })));
    assert.equal(new Set([first.key, second.key, third.key]).size, 3);
    assert.deepEqual(
      notes.map(([, detail]) => detail),
      [
        { suite: 'AES_CM_128_HMAC_SHA1_80', keys: 'new' },
        { suite: 'AES_CM_128_HMAC_SHA1_80', keys: 'renewed' },
        { suite: 'AES_CM_128_HMAC_SHA1_32', keys: 'renewed' },
      ],
    );
  });

  test('stay as they are when an offer is refused', async () => {
    const { audio, flow } = await open();
    const own = lineOf(audio.answer(sdpOf()));
    assert.equal(audio.answer(sdpOf({ key: PEER_KEYS[1], version: 2 }).replace('RTP/SAVP 0', 'RTP/SAVP 18')), undefined);
    assert.equal(flow()?.ownKey, own.key);
    assert.equal(lineOf(audio.answer(sdpOf({ version: 3 }))).key, own.key);
  });

  test('of the peer may change in its answer to a refresh, which repeats what we answered', async () => {
    const { audio, flow } = await open();
    const own = lineOf(audio.answer(sdpOf({ tag: 4 })));
    assert.equal(audio.take(sdpOf({ tag: 4, key: PEER_KEYS[2], version: 2 })), true);
    assert.deepEqual([flow()?.peerKey, flow()?.ownKey], [PEER_KEYS[2], own.key]);
  });

  test('are offered for several suites, each with its own, and others to whoever is tried next', async () => {
    const { audio, flow } = await open();
    audio.approach('optional');
    const first = sectionOf(audio.offer(true)).lines;
    assert.deepEqual(
      first.map(({ tag, suite }) => `${tag} ${suite}`),
      ['1 AES_CM_128_HMAC_SHA1_80', '2 AES_256_CM_HMAC_SHA1_80', '3 AES_CM_128_HMAC_SHA1_32'],
    );
    audio.approach('optional');
    const second = sectionOf(audio.offer(true)).lines;
    assert.equal(new Set([...first, ...second].map(({ key }) => key)).size, 6);
    assert.equal(audio.take(sdpOf({ tag: 3, suite: 'AES_CM_128_HMAC_SHA1_32' })), true);
    assert.equal(flow()?.ownKey, second[2]?.key);
  });

  test('are those of the offer that was answered, also when two who are tried answer with the same words', async () => {
    const { audio, flow } = await open();
    for (const carrier of ['first', 'second']) {
      audio.approach('optional');
      const [line] = sectionOf(audio.offer(true)).lines;
      assert.equal(audio.take(sdpOf()), true);
      assert.equal(flow()?.ownKey, line?.key, carrier);
    }
  });

  for (const [policy, offersByItself, takesKeys, takesPlain] of [
    ['forbidden', 'RTP/AVP', false, true],
    ['accepted', 'RTP/AVP', true, true],
    ['optional', 'RTP/AVP', true, true],
    ['required', 'RTP/SAVP', true, false],
  ] as const) {
    test(`that are ${policy}`, async () => {
      const { audio } = await open(policy);
      assert.equal(sectionOf(audio.offer()).protocol, offersByItself);
      assert.equal(audio.answer(sdpOf()) !== undefined, takesKeys);
      assert.equal(audio.answer(PLAIN) !== undefined, takesPlain);
      audio.approach(policy);
      audio.offer();
      assert.equal(audio.take(sdpOf({ version: 8, profile: 'RTP/AVP', key: '' })), takesPlain);
    });
  }

  test('may be given up for audio in clear where they are not required, which the timeline tells', async () => {
    const { audio, notes, flow } = await open();
    audio.answer(sdpOf());
    assert.ok(audio.answer(PLAIN));
    assert.equal(flow(), undefined);
    assert.deepEqual(notes.at(-1), ['media_in_clear', {}]);
  });
});
