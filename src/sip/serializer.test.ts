import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalHeaderName, isListHeader } from './header-names.ts';
import { SipHeaders } from './headers.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { parseMessage } from './parser.ts';
import { SipSerializeError, serializeMessage } from './serializer.ts';

const request = (changes: Partial<SipRequest> = {}): SipRequest => ({
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:bob@example.com',
  headers: new SipHeaders([['Call-ID', 'a']]),
  body: Buffer.alloc(0),
  ...changes,
});

describe('serializing', () => {
  it('writes start line, headers, Content-Length and body', () => {
    const bytes = serializeMessage(request({ body: Buffer.from('ü') }));
    assert.equal(bytes.toString(), 'INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: a\r\nContent-Length: 2\r\n\r\nü');
  });

  it('corrects a Content-Length that is wrong', () => {
    const headers = new SipHeaders([
      ['Content-Length', '99'],
      ['Content-Length', '7'],
    ]);
    assert.match(serializeMessage(request({ headers })).toString(), /SIP\/2\.0\r\nContent-Length: 0\r\n\r\n$/);
  });

  it('refuses whatever would become a header of its own', () => {
    const evil = 'x\r\nRoute: <sip:evil>';
    for (const message of [
      request({ uri: `sip:${evil}` }),
      request({ uri: 'sip:a@b SIP/2.0\nX: y' }),
      request({ method: `INVITE ${evil}` }),
      request({ headers: new SipHeaders([['X-PH-A', evil]]) }),
      request({ headers: new SipHeaders([['X-PH-A', 'a\nb']]) }),
      request({ headers: new SipHeaders([['X-PH-A: b\r\nC', 'd']]) }),
      request({ headers: new SipHeaders([['', 'd']]) }),
      { kind: 'response', status: 200, reason: evil, headers: new SipHeaders(), body: Buffer.alloc(0) } as const,
      { kind: 'response', status: 1000, reason: '', headers: new SipHeaders(), body: Buffer.alloc(0) } as const,
    ]) {
      assert.throws(() => serializeMessage(message), SipSerializeError);
    }
  });
});

describe('parsing what was serialized', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,20}$/);
  const text = fc
    .string({ unit: 'grapheme', maxLength: 40 })
    .map((value) => value.replace(/[\r\n,"<>]/g, '').replace(/^[ \t]+|[ \t]+$/g, ''));
  const name = fc.oneof(token, fc.constantFrom('Via', 'Call-ID', 'Contact', 'From', 'Supported', 'X-PH-Any', 'Subject'));
  const fields = fc.array(fc.tuple(name.map(canonicalHeaderName), text), { maxLength: 20 });
  const headers = fields.map((entries) => new SipHeaders(entries.filter(([written]) => written !== 'Content-Length')));
  const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const uri = fc.stringMatching(/^sip:[a-z0-9;=%@.]{1,30}$/);
  const method = token.filter((value) => !value.toUpperCase().startsWith('SIP/'));
  const anyMessage: fc.Arbitrary<SipMessage> = fc.oneof(
    fc.record({ kind: fc.constant('request' as const), method, uri, headers, body }, { noNullPrototype: true }),
    fc.record(
      { kind: fc.constant('response' as const), status: fc.integer({ min: 100, max: 699 }), reason: text, headers, body },
      { noNullPrototype: true },
    ),
  );

  it('gives the message back', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const parsed = parseMessage(serializeMessage(message));
        assert.equal(parsed.headers.get('Content-Length'), String(message.body.length));
        parsed.headers.delete('Content-Length');
        assert.deepEqual({ ...parsed, headers: [...parsed.headers] }, { ...message, headers: [...message.headers] });
      }),
      { numRuns: 1000 },
    );
  });

  it('joins nothing that was separate: list values come back one an entry', () => {
    assert.ok(isListHeader('Route'));
    const route = ['<sip:a;lr>', '"x, y" <sip:b>', '<sip:c>'];
    const parsed = parseMessage(serializeMessage(request({ headers: new SipHeaders(route.map((value) => ['Route', value])) })));
    assert.deepEqual(parsed.headers.all('Route'), route);
  });
});
