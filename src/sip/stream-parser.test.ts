import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ordinaryMessages } from '../../testkit/sip-messages.ts';
import { MAX_MESSAGE_BYTES, parseMessage } from './parser.ts';
import { serializeMessage } from './serializer.ts';
import { keepAliveOf, SipStreamParser } from './stream-parser.ts';

function stream() {
  const events: string[] = [];
  const parser = new SipStreamParser({
    ping: () => events.push('ping'),
    pong: () => events.push('pong'),
    malformed: (error) => events.push(`${error.message} (${error.answer?.status ?? 'drop'})`),
  });
  const push = (text: string) => parser.push(Buffer.from(text));
  return { parser, events, push };
}

const head = (...headers: readonly string[]) =>
  `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

describe('a stream', () => {
  it('gives the same messages however it is cut', () => {
    const messages = ordinaryMessages();
    const whole = Buffer.concat(messages);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 30 }), (cuts) => {
        const { parser, events } = stream();
        const borders = [0, ...cuts.sort((one, other) => one - other), whole.length];
        const parsed = borders.slice(1).flatMap((end, index) => parser.push(whole.subarray(borders[index], end)));
        assert.deepEqual(
          parsed.map(serializeMessage),
          messages.map((bytes) => serializeMessage(parseMessage(bytes))),
        );
        assert.deepEqual(events, []);
      }),
      { numRuns: 200 },
    );
  });

  it('is read octet by octet in linear time', () => {
    const { parser } = stream();
    const bytes = Buffer.from(`${head(`Subject: ${'x'.repeat(8000)}`, 'Content-Length: 50000')}${'y'.repeat(50_000)}`);
    let messages = 0;
    for (let at = 0; at < bytes.length; at++) messages += parser.push(bytes.subarray(at, at + 1)).length;
    assert.equal(messages, 1);
  });

  it('keeps a body although the buffer is used again', () => {
    const { push } = stream();
    const long = head('Content-Length: 3');
    const [first] = [...push(long.slice(0, 10)), ...push(`${long.slice(10)}abc${long}`)];
    push('xyz');
    assert.equal(first?.body.toString(), 'abc');
  });

  it('may leave out Content-Length where there is no body', () => {
    const { push, parser } = stream();
    assert.equal(push(head() + head()).length, 2);
    assert.equal(parser.broken, false);
  });
});

describe('keep-alives', () => {
  it('are told from each other, between messages', () => {
    const { push, events } = stream();
    assert.equal(push(`\r\n\r\n${head()}\r\n\r\n\r\n\r\n`).length, 1);
    push('\r\n');
    push(head());
    assert.deepEqual(events, ['ping', 'ping', 'ping', 'pong']);
  });

  it('may be cut anywhere', () => {
    for (const pieces of [
      ['\r', '\n\r\n'],
      ['\r\n\r', '\n'],
      ['\r', '\n\r', '\n'],
    ]) {
      const { push, events } = stream();
      for (const piece of pieces) push(piece);
      assert.deepEqual(events, ['ping'], JSON.stringify(pieces));
    }
    const { push, events } = stream();
    push('\r\n');
    push('\r\n');
    assert.deepEqual(events, ['pong', 'ping'], 'the first half alone looks like a pong');
  });

  it('are recognized as datagrams', () => {
    assert.deepEqual(
      ['\r\n\r\n', '\r\n', '\r\n\r', '', 'ab', 'abcd'].map((text) => keepAliveOf(Buffer.from(text))),
      ['ping', 'pong', undefined, undefined, undefined, undefined],
    );
  });
});

describe('a malformed message', () => {
  it('costs only itself while its end is known', () => {
    const { push, events, parser } = stream();
    assert.equal(push(`${head('no colon', 'Content-Length: 3')}abc${head()}`).length, 1);
    assert.deepEqual(events, ['A header line has no colon (400)']);
    assert.equal(parser.broken, false);
  });

  it('breaks the stream when its end is not known', () => {
    const cases: readonly (readonly [text: string, event: string])[] = [
      [head('Content-Length: 1', 'Content-Length: 2'), 'Content-Length is not one number (400)'],
      [head('Content-Length: -1'), 'Content-Length is not one number (400)'],
      [head('Content-Type: text/plain'), 'Content-Length is missing (400)'],
      [head(`Content-Length: ${MAX_MESSAGE_BYTES}`), 'Message too large (513)'],
      [`OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n${'Subject: x\r\n'.repeat(6000)}`, 'Message too large (513)'],
      ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'The start line is malformed (drop)'],
    ];
    for (const [text, event] of cases) {
      const { push, events, parser } = stream();
      assert.deepEqual(push(text), []);
      assert.deepEqual(events, [event]);
      assert.ok(parser.broken);
      assert.deepEqual(push(head()), [], 'nothing more is read');
    }
  });

  it('leaves the messages before it unharmed', () => {
    const { push, parser } = stream();
    assert.equal(push(`${head()}${head('Content-Length: x')}`).length, 1);
    assert.ok(parser.broken);
  });
});
