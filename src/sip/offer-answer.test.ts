import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Direction } from './media-direction.ts';
import { answerAudioOffer, buildAudioOffer, type LocalAudio, readAudioAnswer } from './offer-answer.ts';
import { parseSdp, type SessionDescription, serializeSdp } from './sdp.ts';

const local: LocalAudio = {
  address: '192.0.2.1',
  port: 20_000,
  sessionId: '77',
  sessionVersion: '1',
  codecs: ['PCMU', 'PCMA', 'G722'],
  telephoneEvents: true,
  direction: 'sendrecv',
  ptimeMs: 20,
};

/** A peer's description: session lines, then media lines. */
function described(media: readonly string[], session: readonly string[] = ['c=IN IP4 198.51.100.20']): SessionDescription {
  const parsed = parseSdp(['v=0', 'o=- 1 1 IN IP4 198.51.100.20', 's=-', ...session, 't=0 0', ...media, ''].join('\r\n'));
  assert.ok(parsed);
  return parsed;
}

function answered(offer: SessionDescription, own: LocalAudio = local) {
  const result = answerAudioOffer(offer, own);
  assert.ok(result);
  return { audio: result.audio, lines: serializeSdp(result.answer).split('\r\n').slice(5, -1) };
}

describe('an offer of ours', () => {
  it('has our codecs in order, telephone-event, packet time and direction', () => {
    assert.equal(
      serializeSdp(buildAudioOffer(local)),
      [
        'v=0',
        'o=- 77 1 IN IP4 192.0.2.1',
        's=-',
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'm=audio 20000 RTP/AVP 0 8 9 101',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:9 G722/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-16',
        'a=ptime:20',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
  });

  it('names IPv6 addresses, an RTCP port of its own and holds', () => {
    const text = serializeSdp(
      buildAudioOffer({ ...local, address: '2001:db8::1', rtcpPort: 20_007, telephoneEvents: false, direction: 'sendonly' }),
    );
    assert.match(text, /c=IN IP6 2001:db8::1\r\n/);
    assert.match(text, /a=rtcp:20007\r\n/);
    assert.match(text, /a=sendonly\r\n/);
    assert.doesNotMatch(text, /telephone-event/);
  });
});

describe('answering an offer', () => {
  it('takes our first common codec, the payload types of the offer, and what the peer says of itself', () => {
    const offer = described([
      'm=audio 41230 RTP/AVP 18 8 0 96',
      'a=rtpmap:18 G729/8000',
      'a=rtpmap:96 Telephone-Event/8000',
      'a=fmtp:96 0-15',
      'a=ptime:30',
      'a=rtcp:41999 IN IP4 198.51.100.20',
    ]);
    const { audio, lines } = answered(offer);
    assert.deepEqual(audio, {
      codec: 'PCMU',
      payloadType: 0,
      telephoneEventPayloadType: 96,
      remoteAddress: '198.51.100.20',
      remotePort: 41_230,
      remoteRtcpPort: 41_999,
      direction: 'sendrecv',
      ptimeMs: 30,
    });
    assert.deepEqual(lines, [
      'm=audio 20000 RTP/AVP 0 96',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:96 telephone-event/8000',
      'a=fmtp:96 0-15',
      'a=ptime:20',
      'a=sendrecv',
    ]);
  });

  it('follows our order of preference, and rtpmap before static numbers', () => {
    const offer = described(['m=audio 4000 RTP/AVP 0 8 97', 'a=rtpmap:97 g722/8000/1', 'a=rtpmap:8 L16/8000']);
    assert.equal(answered(offer, { ...local, codecs: ['G722', 'PCMU'] }).audio.payloadType, 97);
    assert.equal(answered(offer, { ...local, codecs: ['PCMA', 'PCMU'] }).audio.codec, 'PCMU', '8 is not PCMA here');
  });

  it('takes no codec of another clock or several channels, and no telephone-event of another clock', () => {
    const offer = described([
      'm=audio 4000 RTP/AVP 97 98 0 101',
      'a=rtpmap:97 PCMA/16000',
      'a=rtpmap:98 PCMA/8000/2',
      'a=rtpmap:101 telephone-event/48000',
    ]);
    const { audio } = answered(offer, { ...local, codecs: ['PCMA', 'PCMU'] });
    assert.equal(audio.codec, 'PCMU');
    assert.equal(audio.telephoneEventPayloadType, undefined);
  });

  it('refuses every other section with port 0', () => {
    const offer = described([
      'm=audio 3000 RTP/SAVP 0',
      'm=video 3100 RTP/AVP 31 32',
      'm=audio 4000 RTP/AVP 0',
      'm=audio 5000 RTP/AVP 0',
      'm=audio 6000 UDP/TLS/RTP/SAVPF 0',
      'm=image 7000 udptl t38',
    ]);
    const { audio, lines } = answered(offer, { ...local, telephoneEvents: false });
    assert.equal(audio.remotePort, 4000);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('m=')),
      [
        'm=audio 0 RTP/SAVP 0',
        'm=video 0 RTP/AVP 31',
        'm=audio 20000 RTP/AVP 0',
        'm=audio 0 RTP/AVP 0',
        'm=audio 0 UDP/TLS/RTP/SAVPF 0',
        'm=image 0 udptl t38',
      ],
    );
  });

  it('takes the address of the section before that of the session, of either kind', () => {
    const offer = described(['m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::9'], ['c=IN IP4 198.51.100.1']);
    assert.equal(answered(offer).audio.remoteAddress, '2001:db8::9');
    assert.equal(
      answered(described(['m=audio 4000 RTP/AVP 0', 'c=IN IP4 198.51.100.9'], [])).audio.remoteAddress,
      '198.51.100.9',
    );
  });

  it('is impossible without common codec, usable audio, or an address to send to', () => {
    for (const [media, session] of [
      [['m=audio 4000 RTP/AVP 18', 'a=rtpmap:18 G729/8000']],
      [['m=audio 4000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000']],
      [['m=audio 0 RTP/AVP 0']],
      [['m=audio 4000 UDP/TLS/RTP/SAVPF 0']],
      [['m=video 4000 RTP/AVP 31']],
      [[]],
      [['m=audio 4000 RTP/AVP 0'], []],
      [['m=audio 4000 RTP/AVP 0'], ['c=IN IP4 media.example.com']],
      [['m=audio 4000 RTP/AVP 0'], ['c=IN IP6 198.51.100.1']],
      [['m=audio 4000 RTP/AVP 0'], ['c=IN IP4 224.2.1.1/127']],
    ] as const) {
      assert.equal(answerAudioOffer(described(media, session), local), undefined, JSON.stringify([media, session]));
    }
  });

  it('never asks for more than was offered (RFC 3264 §6.1)', () => {
    const table: readonly (readonly [offered: Direction, own: Direction, answer: Direction])[] = [
      ['sendrecv', 'sendrecv', 'sendrecv'],
      ['sendrecv', 'sendonly', 'sendonly'],
      ['sendrecv', 'inactive', 'inactive'],
      ['sendonly', 'sendrecv', 'recvonly'],
      ['sendonly', 'sendonly', 'inactive'],
      ['recvonly', 'sendrecv', 'sendonly'],
      ['recvonly', 'recvonly', 'inactive'],
      ['inactive', 'sendrecv', 'inactive'],
    ];
    for (const [offered, own, answer] of table) {
      const { audio, lines } = answered(described(['m=audio 4000 RTP/AVP 0', `a=${offered}`]), { ...local, direction: own });
      assert.equal(audio.direction, answer, `${offered} ${own}`);
      assert.ok(lines.includes(`a=${answer}`));
    }
  });

  it('takes the direction of the session where the section has none', () => {
    assert.equal(
      answered(described(['m=audio 4000 RTP/AVP 0'], ['c=IN IP4 198.51.100.1', 'a=sendonly'])).audio.direction,
      'recvonly',
    );
    assert.equal(
      answered(described(['m=audio 4000 RTP/AVP 0', 'a=sendrecv'], ['c=IN IP4 198.51.100.1', 'a=sendonly'])).audio.direction,
      'sendrecv',
    );
  });

  it('knows the hold of old: the unspecified address', () => {
    for (const connection of ['c=IN IP4 0.0.0.0', 'c=IN IP6 ::']) {
      assert.equal(answered(described(['m=audio 4000 RTP/AVP 0'], [connection])).audio.direction, 'recvonly');
      assert.equal(answered(described(['m=audio 4000 RTP/AVP 0', 'a=recvonly'], [connection])).audio.direction, 'inactive');
    }
  });

  it('keeps packet times within reason and maxptime', () => {
    const ptime = (...attributes: readonly string[]) =>
      answered(described(['m=audio 4000 RTP/AVP 0', ...attributes])).audio.ptimeMs;
    assert.equal(ptime(), 20);
    assert.equal(ptime('a=ptime:40'), 40);
    assert.equal(ptime('a=ptime:40', 'a=maxptime:30'), 30);
    assert.equal(ptime('a=ptime:25'), 20);
    for (const wrong of ['0', '5', '1000', '-20', 'x', '']) assert.equal(ptime(`a=ptime:${wrong}`), 20, wrong);
  });

  it('takes the next port for RTCP where the attribute says nothing usable', () => {
    const rtcp = (value: string) => answered(described(['m=audio 4000 RTP/AVP 0', `a=rtcp:${value}`])).audio.remoteRtcpPort;
    assert.deepEqual(['5001', '5001 IN IP4 203.0.113.1', '0', '99999', 'x'].map(rtcp), [5001, 5001, 4001, 4001, 4001]);
  });
});

describe('the answer to an offer of ours', () => {
  const offer = buildAudioOffer(local);
  const read = (media: readonly string[]) => readAudioAnswer(offer, described(media), local);

  it('says which codec and where to', () => {
    assert.deepEqual(read(['m=audio 41230 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000', 'a=recvonly']), {
      codec: 'PCMA',
      payloadType: 8,
      telephoneEventPayloadType: 101,
      remoteAddress: '198.51.100.20',
      remotePort: 41_230,
      remoteRtcpPort: 41_231,
      direction: 'sendonly',
      ptimeMs: 20,
    });
  });

  it('agrees with what the other side reads of it', () => {
    const other = { ...local, address: '198.51.100.9', port: 30_000, codecs: ['G722', 'PCMA'], direction: 'recvonly' } as const;
    const result = answerAudioOffer(offer, other);
    assert.ok(result);
    assert.equal(result.audio.codec, 'G722');
    assert.deepEqual(readAudioAnswer(offer, result.answer, local), {
      ...result.audio,
      remoteAddress: '198.51.100.9',
      remotePort: 30_000,
      remoteRtcpPort: 30_001,
      direction: 'sendonly',
    });
  });

  it('is useless if it refuses audio, brings another codec, or has other sections than the offer', () => {
    assert.equal(read(['m=audio 0 RTP/AVP 0']), undefined);
    assert.equal(read(['m=audio 4000 RTP/AVP 3']), undefined);
    assert.equal(read(['m=audio 4000 RTP/AVP 0', 'm=audio 4002 RTP/AVP 0']), undefined);
    assert.equal(read(['m=video 4000 RTP/AVP 0']), undefined);
    assert.equal(read([]), undefined);
  });
});
