import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SipRequest, SipResponse } from '../message.ts';
import { parseMessage } from '../parser.ts';
import { createAck, createRequest, dialogOfRequest, dialogOfResponse, nextHopUri, refreshTarget, takeRequest } from './dialog.ts';

const parse = (...lines: string[]) => parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));

function invite(...more: string[]): SipRequest {
  const message = parse(
    'INVITE sip:bob@b.example SIP/2.0',
    'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
    'From: "A" <sip:alice@a.example>;tag=a1',
    'To: <sip:bob@b.example>',
    'Call-ID: c1',
    'CSeq: 7 INVITE',
    'Contact: <sip:alice@192.0.2.1>',
    ...more,
  );
  assert.ok(message.kind === 'request');
  return message;
}

function ok(...more: string[]): SipResponse {
  const message = parse(
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
    'From: "A" <sip:alice@a.example>;tag=a1',
    'To: <sip:bob@b.example>;tag=b1',
    'Call-ID: c1',
    'CSeq: 7 INVITE',
    'Contact: <sip:bob@192.0.2.2:5070>',
    ...more,
  );
  assert.ok(message.kind === 'response');
  return message;
}

function callerDialog(...more: string[]) {
  const dialog = dialogOfResponse(invite(), ok(...more));
  assert.ok(dialog);
  return dialog;
}

describe('a dialog', () => {
  it('of the caller sends its requests to the Contact of the answer, counting on', () => {
    const [next, bye] = createRequest(callerDialog(), 'BYE');
    assert.equal(bye.uri, 'sip:bob@192.0.2.2:5070');
    assert.equal(bye.headers.get('From'), '"A" <sip:alice@a.example>;tag=a1');
    assert.equal(bye.headers.get('To'), '<sip:bob@b.example>;tag=b1');
    assert.equal(bye.headers.get('CSeq'), '8 BYE');
    assert.equal(createRequest(next, 'INFO')[1].headers.get('CSeq'), '9 INFO');
    assert.equal(createAck(next, 7).headers.get('CSeq'), '7 ACK');
  });

  it('of the callee has From and To the other way round, and the routes in their order', () => {
    const dialog = dialogOfRequest(invite('Record-Route: <sip:p1;lr>, <sip:p2;lr>'), 'b1');
    const [, bye] = createRequest(dialog, 'BYE');
    assert.equal(bye.headers.get('From'), '<sip:bob@b.example>;tag=b1');
    assert.equal(bye.headers.get('To'), '"A" <sip:alice@a.example>;tag=a1');
    assert.equal(bye.uri, 'sip:alice@192.0.2.1');
    assert.deepEqual(bye.headers.all('Route'), ['<sip:p1;lr>', '<sip:p2;lr>']);
    assert.equal(nextHopUri(dialog), 'sip:p1;lr');
  });

  it('of the caller travels the recorded route backwards', () => {
    const dialog = callerDialog('Record-Route: <sip:far;lr>', 'Record-Route: <sip:near;lr>');
    assert.deepEqual(createRequest(dialog, 'BYE')[1].headers.all('Route'), ['<sip:near;lr>', '<sip:far;lr>']);
    assert.equal(nextHopUri(dialog), 'sip:near;lr');
  });

  it('addresses a strict router itself and names the peer as the last route', () => {
    const dialog = callerDialog('Record-Route: <sip:far;lr>', 'Record-Route: <sip:strict>');
    const [, bye] = createRequest(dialog, 'BYE');
    assert.equal(bye.uri, 'sip:strict');
    assert.deepEqual(bye.headers.all('Route'), ['<sip:far;lr>', '<sip:bob@192.0.2.2:5070>']);
    assert.equal(nextHopUri(dialog), 'sip:strict');
  });

  it('follows the peer to a new Contact, and keeps its routes', () => {
    const dialog = refreshTarget(callerDialog('Record-Route: <sip:p;lr>'), ok('Record-Route: <sip:other;lr>'));
    assert.deepEqual(dialog.routeSet, ['<sip:p;lr>']);
    const moved = refreshTarget(dialog, invite());
    assert.equal(moved.remoteTarget, 'sip:alice@192.0.2.1');
  });

  it('takes requests in the order of their CSeq only', () => {
    const dialog = dialogOfRequest(invite(), 'b1');
    const older = invite();
    older.headers.set('CSeq', '6 BYE');
    assert.equal(takeRequest(dialog, older), undefined);
    older.headers.set('CSeq', '12 BYE');
    assert.equal(takeRequest(dialog, older)?.remoteSequence, 12);
  });

  it('is not made by 100 nor by a refusal', () => {
    assert.equal(dialogOfResponse(invite(), { ...ok(), status: 100 }), undefined);
    assert.equal(dialogOfResponse(invite(), { ...ok(), status: 486 }), undefined);
  });
});
