import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tortureMessage, tortureNames } from '../../../testkit/sip-torture/torture.ts';
import { parseContact } from '../contact.ts';
import { parseDigest } from '../digest.ts';
import { parseMediaType } from '../media-type.ts';
import type { SipRequest } from '../message.ts';
import { parseNameAddress, tagOf } from '../name-address.ts';
import { parseMessage } from '../parser.ts';
import { parseSipUri, parseUri } from '../uri.ts';
import { validateRequest } from '../validate.ts';
import { parseVia, transactionBranch } from '../via.ts';

function acceptedRequest(name: string): SipRequest {
  const message = parseMessage(tortureMessage(name));
  assert.ok(message.kind === 'request');
  assert.deepEqual(validateRequest(message, { supported: new Set() }), { kind: 'ok' });
  return message;
}

function contactOf(request: SipRequest) {
  const contact = parseContact(request.headers.get('Contact') ?? '');
  assert.ok(contact && contact !== '*');
  return contact;
}

describe('RFC 4475 §3.2: transaction layer', () => {
  it('badbranch: a branch that is the cookie only identifies no transaction', () => {
    const via = parseVia(acceptedRequest('badbranch').headers.get('Via') ?? '');
    assert.equal(via?.parameters.get('branch'), 'z9hG4bK');
    assert.equal(via && transactionBranch(via), undefined);
  });
});

describe('RFC 4475 §3.3: what is left to those who serve the request', () => {
  it('unksm2: unknown schemes in To, From and Contact are well-formed, and no URIs that can be called', () => {
    const request = acceptedRequest('unksm2');
    assert.equal(parseNameAddress(request.headers.get('To') ?? '')?.uri, 'isbn:2983792873');
    assert.equal(parseNameAddress(request.headers.get('From') ?? '')?.uri, 'http://www.example.com');
    assert.equal(parseUri(contactOf(request).uri), undefined);
  });

  it('invut: a body of an unknown type, to be answered with 415', () => {
    const { headers, body } = acceptedRequest('invut');
    assert.equal(parseMediaType(headers.get('Content-Type') ?? '')?.name, 'application/unknownformat');
    assert.equal(body.length, 40);
  });

  it('regaut01: an unknown authorization scheme counts as no credentials', () => {
    const value = acceptedRequest('regaut01').headers.get('Authorization') ?? '';
    assert.equal(value, 'NoOneKnowsThisScheme opaque-data=here');
    assert.equal(parseDigest(value), undefined);
  });

  it('zeromf: Max-Forwards 0 stops at a proxy only', () => {
    assert.equal(acceptedRequest('zeromf').headers.get('Max-Forwards'), '0');
  });

  it('cparam01: without angle brackets a parameter belongs to Contact', () => {
    const contact = contactOf(acceptedRequest('cparam01'));
    assert.equal(contact.uri, 'sip:+19725552222@gw1.example.net');
    assert.ok(contact.parameters.has('unknownparam'));
  });

  it('cparam02: within angle brackets it belongs to the URI', () => {
    const contact = contactOf(acceptedRequest('cparam02'));
    assert.equal(contact.parameters.size, 0);
    assert.ok(parseSipUri(contact.uri)?.parameters.has('unknownparam'));
  });

  it('regescrt: a registered URI may have headers', () => {
    const contact = contactOf(acceptedRequest('regescrt'));
    assert.deepEqual(parseSipUri(contact.uri)?.headers, [['Route', '<sip:sip.example.com>']]);
  });

  it('sdp01: a caller that takes no SDP in the answer, to be answered with 406', () => {
    const { headers } = acceptedRequest('sdp01');
    assert.deepEqual(headers.all('Accept'), ['text/nobodyKnowsThis']);
  });
});

describe('RFC 4475 §3.4: backward compatibility', () => {
  it('inv2543: no branch, tag, Max-Forwards, Contact and Content-Length', () => {
    const { headers, body } = acceptedRequest('inv2543');
    const via = parseVia(headers.get('Via') ?? '');
    assert.equal(via && transactionBranch(via), undefined);
    assert.equal(tagOf(headers.get('From') ?? ''), undefined);
    assert.match(body.toString(), /m=audio 49217 RTP\/AVP 0\r\n$/);
  });
});

it('all 49 messages of RFC 4475 are here', () => assert.equal(tortureNames.length, 49));
