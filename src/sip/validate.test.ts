import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SipHeaders } from './headers.ts';
import type { SipRequest } from './message.ts';
import { validateRequest, validateResponse } from './validate.ts';

const GOOD = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa',
  From: '<sip:a@example.com>;tag=1',
  To: '<sip:b@example.com>',
  'Call-ID': 'c@d',
  CSeq: '1 OPTIONS',
  'Max-Forwards': '70',
};

function request(
  changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  line: Partial<SipRequest> = {},
): SipRequest {
  const fields = Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, one] as const),
  );
  return {
    kind: 'request',
    method: 'OPTIONS',
    uri: 'sip:b@example.com',
    headers: new SipHeaders(fields),
    body: Buffer.alloc(0),
    ...line,
  };
}

const verdict = (given: SipRequest, supported: readonly string[] = []) =>
  validateRequest(given, { supported: new Set(supported) });

describe('a request', () => {
  it('with all that it needs is served', () => {
    assert.deepEqual(verdict(request()), { kind: 'ok' });
    assert.deepEqual(verdict(request({}, { uri: 'tel:+14155550100' })), { kind: 'ok' });
    assert.deepEqual(verdict(request({ 'Max-Forwards': undefined })), { kind: 'ok' });
  });

  const faults: readonly (readonly [changes: Record<string, string | readonly string[] | undefined>, reason: string])[] = [
    [{ From: undefined }, 'Missing From'],
    [{ To: undefined }, 'Missing To'],
    [{ 'Call-ID': undefined }, 'Missing Call-ID'],
    [{ CSeq: undefined }, 'Missing CSeq'],
    [{ Via: [GOOD.Via, 'SIP/2.0/UDP'] }, 'Malformed Via'],
    [{ From: '<sip:a b@c>' }, 'Malformed From'],
    [{ To: '<sip:a@b:x>' }, 'Malformed To'],
    [{ 'Call-ID': 'a b' }, 'Malformed Call-ID'],
    [{ 'Call-ID': 'a\ufffdb' }, 'Malformed Call-ID'],
    [{ CSeq: '1' }, 'Malformed CSeq'],
    [{ CSeq: '1 INVITE' }, 'CSeq method does not match'],
    [{ CSeq: ['1 OPTIONS', '1 OPTIONS'] }, 'More than one CSeq'],
    [{ 'Content-Type': ['a/b', 'a/b'] }, 'More than one Content-Type'],
    [{ 'Max-Forwards': '256' }, 'Malformed Max-Forwards'],
    [{ 'Max-Forwards': '-1' }, 'Malformed Max-Forwards'],
    [{ Route: ['<sip:a;lr>', ''] }, 'Malformed Route'],
    [{ 'Record-Route': 'x' }, 'Malformed Record-Route'],
    [{ Contact: '*' }, 'Malformed Contact'],
    [{ Contact: '<sip:%@b>' }, 'Malformed Contact'],
  ];
  for (const [changes, reason] of faults) {
    it(`${JSON.stringify(changes)} is answered with 400 ${reason}`, () => {
      assert.deepEqual(verdict(request(changes)), { kind: 'answer', status: 400, reason });
    });
  }

  it('that cannot be answered is dropped', () => {
    assert.deepEqual(verdict(request({ Via: undefined })), { kind: 'drop', reason: 'Missing Via' });
    assert.deepEqual(verdict(request({ CSeq: '1 ACK', From: undefined }, { method: 'ACK' })), {
      kind: 'drop',
      reason: 'Missing From',
    });
  });

  it('to a scheme unknown here is answered with 416, to a URI that is none with 400', () => {
    assert.deepEqual(verdict(request({}, { uri: 'mailto:a@b' })), {
      kind: 'answer',
      status: 416,
      reason: 'Unsupported URI Scheme',
    });
    for (const uri of ['b@example.com', 'sip:', 'sip:b@example.com?Subject=x', 'tel:none']) {
      assert.deepEqual(verdict(request({}, { uri })), { kind: 'answer', status: 400, reason: 'Malformed Request-URI' });
    }
  });

  it('that requires what is not supported is answered with 420, but not an ACK or CANCEL', () => {
    const changes = { Require: ['100Rel', 'foo', 'foo'], 'Proxy-Require': 'sec-agree' };
    assert.deepEqual(verdict(request(changes), ['100rel']), {
      kind: 'answer',
      status: 420,
      reason: 'Bad Extension',
      unsupported: ['foo'],
    });
    assert.deepEqual(verdict(request(changes), ['100rel', 'foo']), { kind: 'ok' });
    for (const method of ['ACK', 'CANCEL'])
      assert.deepEqual(verdict(request({ ...changes, CSeq: `1 ${method}` }, { method })), { kind: 'ok' });
  });

  it('may register * alone, and invites to one Contact', () => {
    const register = (contact: readonly string[]) =>
      verdict(request({ CSeq: '1 REGISTER', Contact: contact }, { method: 'REGISTER' })).kind;
    assert.equal(register(['*']), 'ok');
    assert.equal(register(['*', '<sip:a@b>']), 'answer');
    assert.equal(register(['<sip:a@b>', '<mailto:a@b>']), 'ok');
    const invite = (contact: readonly string[]) =>
      verdict(request({ CSeq: '1 INVITE', Contact: contact }, { method: 'INVITE' })).kind;
    assert.equal(invite(['<sip:a@b>']), 'ok');
    assert.equal(invite(['<sip:a@b>', '<sip:c@d>']), 'answer');
  });
});

describe('a response', () => {
  const response = (headers: SipHeaders) =>
    validateResponse({ kind: 'response', status: 200, reason: 'OK', headers, body: Buffer.alloc(0) });

  it('with what it needs is taken', () => assert.deepEqual(response(request().headers), { kind: 'ok' }));

  it('that is malformed or for somebody else is dropped', () => {
    assert.deepEqual(response(request({ CSeq: 'x' }).headers), { kind: 'drop', reason: 'Malformed CSeq' });
    assert.deepEqual(response(request({ Via: [GOOD.Via, GOOD.Via] }).headers), { kind: 'drop', reason: 'More than one Via' });
  });
});
