import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { attributeOf, attributesOf, parseSdp, type SessionDescription, serializeSdp } from './sdp.ts';

const WHOLE = [
  'v=0',
  'o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1',
  's=Call to John Smith',
  'i=SDP Offer #1',
  'u=http://www.jdoe.example.com/home.html',
  'e=Jane Doe <jane@jdoe.example.com>',
  'p=+1 617 555-6011',
  'c=IN IP4 198.51.100.1',
  'b=CT:1000',
  't=3724394400 3724398000',
  'r=7d 1h 0 25h',
  't=3724484400 3724488000',
  'k=prompt',
  'a=group:LS 1 2',
  'm=audio 49170 RTP/AVP 0 101',
  'c=IN IP6 2001:db8::2',
  'b=AS:64',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendonly',
  'm=audio 49180/2 RTP/AVP 0',
  'm=image 0 udptl t38',
  '',
].join('\r\n');

function sdp(text: string): SessionDescription {
  const parsed = parseSdp(text);
  assert.ok(parsed);
  return parsed;
}

const MINIMAL = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n';

describe('a session description', () => {
  it('is read into sections', () => {
    const session = sdp(WHOLE);
    assert.deepEqual(session.origin, {
      username: 'jdoe',
      sessionId: '3724394400',
      sessionVersion: '3724394405',
      addressType: 'IP4',
      address: '198.51.100.1',
    });
    assert.equal(session.name, 'Call to John Smith');
    assert.deepEqual(session.connection, { addressType: 'IP4', address: '198.51.100.1' });
    assert.equal(attributeOf(session, 'group'), 'LS 1 2');
    assert.deepEqual(
      session.media.map(({ kind, port, portCount, protocol, formats }) => [kind, port, portCount, protocol, formats]),
      [
        ['audio', 49170, 1, 'RTP/AVP', ['0', '101']],
        ['audio', 49180, 2, 'RTP/AVP', ['0']],
        ['image', 0, 1, 'udptl', ['t38']],
      ],
    );
    const [audio] = session.media;
    assert.ok(audio);
    assert.deepEqual(audio.connection, { addressType: 'IP6', address: '2001:db8::2' });
    assert.equal(attributeOf(audio, 'sendonly'), '');
    assert.equal(attributeOf(audio, 'ptime'), undefined);
    assert.deepEqual(attributesOf(audio, 'rtpmap'), ['101 telephone-event/8000']);
  });

  it('is written as it was read', () => assert.equal(serializeSdp(sdp(WHOLE)), WHOLE));

  it('forgives LF line ends, missing s= and t=, unknown types and several c=', () => {
    const text = 'v=0\no=- 1 1 IN IP4 192.0.2.1\nx=y\nm=audio 5 RTP/AVP 0\nc=IN IP4 224.2.1.1/127/3\nc=IN IP4 224.2.1.2/127\n';
    const session = sdp(text);
    assert.equal(session.media[0]?.connection?.address, '224.2.1.1');
    assert.equal(
      serializeSdp(session),
      'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nx=y\r\nm=audio 5 RTP/AVP 0\r\nc=IN IP4 224.2.1.1\r\n',
    );
  });

  it('is refused when what it hangs on is broken', () => {
    for (const text of [
      '',
      'v=1\r\n',
      'v=0\r\n',
      'v=0\r\no=- 1 1 IN IP4\r\n',
      'v=0\r\no=- 1 1 IN IP5 x\r\n',
      'v=0\r\no=- 1 1 ATM IP4 x\r\n',
      `${MINIMAL}garbage\r\n`,
      `${MINIMAL}o=- 1 1 IN IP4 x\r\n`,
      `${MINIMAL}c=IN IP4\r\n`,
      `${MINIMAL}m=audio\r\n`,
      `${MINIMAL}m=audio 70000 RTP/AVP 0\r\n`,
      `${MINIMAL}m=audio -1 RTP/AVP 0\r\n`,
      `${MINIMAL}m=audio 1 RTP/AVP\r\n`,
      `${MINIMAL}a=x\ry\r\n`,
      `${MINIMAL}${'m=audio 1 RTP/AVP 0\r\n'.repeat(33)}`,
      `${MINIMAL}${'a=x\r\n'.repeat(2001)}`,
    ]) {
      assert.equal(parseSdp(text), undefined, text.slice(0, 100));
    }
  });

  it('comes back the same when written and read again', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9.-]{1,10}$/);
    const value = fc.stringMatching(/^[a-zA-Z0-9:;=/]( ?[a-zA-Z0-9:;=/]){0,20}$/);
    const plain = { noNullPrototype: true } as const;
    const attributes = fc.array(fc.oneof(fc.record({ name: word }, plain), fc.record({ name: word, value }, plain)), {
      maxLength: 8,
    });
    const connection = fc.record({ addressType: fc.constantFrom('IP4' as const, 'IP6' as const), address: word }, plain);
    const media = fc.record(
      {
        kind: word,
        port: fc.nat(65_535),
        portCount: fc.integer({ min: 1, max: 9 }),
        protocol: word,
        formats: fc.array(word, { minLength: 1, maxLength: 5 }),
        connection,
        attributes,
        lines: fc.constant([]),
      },
      { requiredKeys: ['kind', 'port', 'portCount', 'protocol', 'formats', 'attributes', 'lines'], ...plain },
    );
    const origin = fc.record(
      {
        username: word,
        sessionId: word,
        sessionVersion: word,
        addressType: fc.constantFrom('IP4' as const, 'IP6' as const),
        address: word,
      },
      plain,
    );
    const lines = fc.constant([{ type: 't', value: '0 0' }]);
    const session = fc.record(
      { origin, name: value, connection, attributes, lines, media: fc.array(media, { maxLength: 4 }) },
      { requiredKeys: ['origin', 'name', 'attributes', 'lines', 'media'], ...plain },
    );
    fc.assert(
      fc.property(session, (given) => assert.deepEqual(parseSdp(serializeSdp(given)), given)),
      { numRuns: 300 },
    );
  });
});
