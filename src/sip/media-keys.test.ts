import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CryptoLine } from './crypto-attribute.ts';
import type { LocalKeys } from './media-keys.ts';
import { answerAudioOffer, buildAudioOffer, type LocalAudio, readAudioAnswer } from './offer-answer.ts';
import { attributesOf, parseSdp, type SessionDescription } from './sdp.ts';

const keyOf = (octet: number, bytes = 30): string => Buffer.alloc(bytes, octet).toString('base64');
const [OWN, PEER, OTHER] = [keyOf(1), keyOf(2), keyOf(3)];
const LINES: readonly CryptoLine[] = [
  { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', key: OWN, mkiBytes: 0 },
  { tag: 2, suite: 'AES_CM_128_HMAC_SHA1_32', key: OTHER, mkiBytes: 0 },
];
const keysOf = (more: Partial<LocalKeys> = {}): LocalKeys => ({
  isRequired: false,
  offered: [],
  lineFor: ({ tag, suite }) => ({ tag, suite, key: OWN, mkiBytes: 0 }),
  ...more,
});
const localWith = (keys: LocalKeys | undefined): LocalAudio => ({
  address: '192.0.2.1',
  port: 20_000,
  sessionId: '77',
  sessionVersion: '1',
  codecs: ['PCMU'],
  telephoneEvents: false,
  direction: 'sendrecv',
  ptimeMs: 20,
  keys,
});

function described(...media: readonly string[]): SessionDescription {
  const head = ['v=0', 'o=- 1 1 IN IP4 198.51.100.20', 's=-', 'c=IN IP4 198.51.100.20', 't=0 0'];
  const parsed = parseSdp([...head, ...media, ''].join('\r\n'));
  assert.ok(parsed);
  return parsed;
}
const crypto = (tag: number, suite = 'AES_CM_128_HMAC_SHA1_80', key = PEER) => `a=crypto:${tag} ${suite} inline:${key}`;
function answered(offer: SessionDescription, keys: LocalKeys | undefined) {
  const result = answerAudioOffer(offer, localWith(keys));
  return (
    result && {
      agreed: result.audio.keys,
      protocols: result.answer.media.map(({ protocol, port }) => (port === 0 ? 'refused' : protocol)),
      lines: result.answer.media.flatMap((media) => attributesOf(media, 'crypto')),
    }
  );
}

describe('answering an offer with keys', () => {
  it('takes one of its lines, the first that can be used, and repeats its tag with a key of our own', () => {
    const offer = described(
      'm=audio 4000 RTP/SAVP 0',
      crypto(4, 'F8_128_HMAC_SHA1_80'),
      'a=crypto:nonsense',
      `${crypto(5)} UNENCRYPTED_SRTP`,
      crypto(7, 'AES_CM_128_HMAC_SHA1_32'),
      crypto(8),
    );
    assert.deepEqual(answered(offer, keysOf()), {
      agreed: {
        own: { tag: 7, suite: 'AES_CM_128_HMAC_SHA1_32', key: OWN, mkiBytes: 0 },
        peer: { tag: 7, suite: 'AES_CM_128_HMAC_SHA1_32', key: PEER, mkiBytes: 0 },
      },
      protocols: ['RTP/SAVP'],
      lines: [`7 AES_CM_128_HMAC_SHA1_32 inline:${OWN}`],
    });
  });

  it('takes the profile with feedback as the one without', () => {
    assert.deepEqual(answered(described('m=audio 4000 RTP/SAVPF 0', crypto(1)), keysOf())?.protocols, ['RTP/SAVPF']);
  });

  it('takes lines in the plain profile too, and answers in it', () => {
    const found = answered(described('m=audio 4000 RTP/AVP 0', crypto(1)), keysOf());
    assert.deepEqual([found?.protocols, found?.agreed?.peer.key], [['RTP/AVP'], PEER]);
    const broken = answered(described('m=audio 4000 RTP/AVP 0', 'a=crypto:1 X inline:y'), keysOf());
    assert.deepEqual([broken?.protocols, broken?.agreed, broken?.lines], [['RTP/AVP'], undefined, []]);
  });

  it('takes the encrypted one of two sections, wherever it stands', () => {
    const [plain, keyed] = [['m=audio 4000 RTP/AVP 0'], ['m=audio 4002 RTP/SAVP 0', crypto(1)]] as const;
    assert.deepEqual(answered(described(...plain, ...keyed), keysOf())?.protocols, ['refused', 'RTP/SAVP']);
    assert.deepEqual(answered(described(...keyed, ...plain), keysOf())?.protocols, ['RTP/SAVP', 'refused']);
    assert.deepEqual(answered(described(...keyed, ...plain), undefined)?.protocols, ['refused', 'RTP/AVP']);
    const unusable = ['m=audio 4002 RTP/SAVP 0', crypto(1, 'F8_128_HMAC_SHA1_80')];
    assert.deepEqual(answered(described(...unusable, ...plain), keysOf())?.protocols, ['refused', 'RTP/AVP']);
    assert.equal(answered(described(...unusable, ...plain), keysOf({ isRequired: true })), undefined);
  });

  it('is impossible where no line can be used, where keys are not wanted, and in clear where they are required', () => {
    assert.equal(answered(described('m=audio 4000 RTP/SAVP 0'), keysOf()), undefined);
    assert.equal(answered(described('m=audio 4000 RTP/SAVP 0', crypto(1, 'AES_CM_128_NULL_AUTH')), keysOf()), undefined);
    assert.equal(answered(described('m=audio 4000 RTP/SAVP 0', crypto(1)), undefined), undefined);
    assert.equal(answered(described('m=audio 4000 RTP/AVP 0'), keysOf({ isRequired: true })), undefined);
    assert.deepEqual(answered(described('m=audio 4000 RTP/AVP 0'), keysOf())?.agreed, undefined);
    assert.deepEqual(answered(described('m=audio 4000 RTP/AVP 0', crypto(1)), undefined)?.lines, []);
  });
});

describe('the answer to our offer of keys', () => {
  const local = localWith(keysOf({ offered: LINES }));
  const offer = buildAudioOffer(local);
  const read = (...media: readonly string[]) => readAudioAnswer(offer, described(...media), local)?.keys;

  it('is to an offer with a line for each suite, in the profile of keys', () => {
    assert.equal(offer.media[0]?.protocol, 'RTP/SAVP');
    assert.deepEqual(
      offer.media.flatMap((media) => attributesOf(media, 'crypto')),
      [`1 AES_CM_128_HMAC_SHA1_80 inline:${OWN}`, `2 AES_CM_128_HMAC_SHA1_32 inline:${OTHER}`],
    );
  });

  it('says which of our keys is used, and the key of the peer', () => {
    const agreed = read('m=audio 4000 RTP/SAVP 0', crypto(2, 'AES_CM_128_HMAC_SHA1_32'));
    assert.deepEqual([agreed?.own.key, agreed?.peer.key, agreed?.own.suite], [OTHER, PEER, 'AES_CM_128_HMAC_SHA1_32']);
  });

  it('may be in clear, in either profile, where keys are not required', () => {
    for (const section of ['m=audio 4000 RTP/SAVP 0', 'm=audio 4000 RTP/AVP 0']) {
      assert.equal(readAudioAnswer(offer, described(section), local)?.keys, undefined);
      assert.ok(readAudioAnswer(offer, described(section), local));
      const required = localWith(keysOf({ offered: LINES, isRequired: true }));
      assert.equal(readAudioAnswer(offer, described(section), required), undefined);
    }
  });

  it('is useless with a tag that was not offered, or with the suite of another line', () => {
    const unusable = (...media: readonly string[]) =>
      assert.equal(readAudioAnswer(offer, described(...media), local), undefined, media.join(' '));
    unusable('m=audio 4000 RTP/SAVP 0', crypto(3));
    unusable('m=audio 4000 RTP/SAVP 0', crypto(2));
    unusable('m=audio 4000 RTP/SAVP 0', crypto(1, 'AES_CM_128_HMAC_SHA1_80', 'short'));
  });

  it('cannot bring keys that nobody has offered', () => {
    const plain = localWith(keysOf());
    const read = (...media: readonly string[]) => readAudioAnswer(buildAudioOffer(plain), described(...media), plain);
    assert.equal(read('m=audio 4000 RTP/SAVP 0', crypto(1)), undefined);
    assert.equal(read('m=audio 4000 RTP/AVP 0', crypto(1))?.keys, undefined);
  });
});
