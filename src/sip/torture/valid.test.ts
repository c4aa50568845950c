import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tortureMessage } from '../../../testkit/sip-torture/torture.ts';
import { parseContact } from '../contact.ts';
import { parseCSeq } from '../cseq.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { parseNameAddress, tagOf } from '../name-address.ts';
import { parseMessage } from '../parser.ts';
import { parseSdp } from '../sdp.ts';
import { parseSipUri } from '../uri.ts';
import { validateRequest, validateResponse } from '../validate.ts';
import { parseVia, transactionBranch } from '../via.ts';

function validRequest(name: string): SipRequest {
  const message = parseMessage(tortureMessage(name));
  assert.equal(message.kind, 'request');
  assert.ok(message.kind === 'request');
  assert.deepEqual(validateRequest(message, { supported: new Set() }), { kind: 'ok' });
  return message;
}

function validResponse(name: string): SipResponse {
  const message = parseMessage(tortureMessage(name));
  assert.ok(message.kind === 'response');
  assert.deepEqual(validateResponse(message), { kind: 'ok' });
  return message;
}

describe('RFC 4475 §3.1.1: valid messages', () => {
  it('wsinv: white space, folding and letter case are as free as the grammar has them', () => {
    const { method, uri, headers, body } = validRequest('wsinv');
    assert.equal(method, 'INVITE');
    assert.deepEqual(parseSipUri(uri)?.parameters, new Map([['unknownparam', '']]));
    assert.equal(tagOf(headers.get('To') ?? ''), '1918181833n');
    assert.deepEqual(parseNameAddress(headers.get('From') ?? ''), {
      displayName: 'J Rosenberg \\"',
      uri: 'sip:jdrosen@example.com',
      parameters: new Map([['tag', '98asjd8']]),
    });
    assert.equal(Number(headers.get('Max-Forwards')), 68);
    assert.deepEqual(parseCSeq(headers.get('CSeq') ?? ''), { sequence: 9, method: 'INVITE' });
    assert.equal(headers.get('Subject'), '');
    assert.equal(headers.get('NewFangledHeader'), 'newfangled value continued newfangled value');
    assert.equal(headers.get('UnknownHeaderWithUnusualValue'), ';;,,;;,;');
    assert.deepEqual(
      headers.all('Via').map((value) => parseVia(value)),
      [
        { transport: 'UDP', host: '192.0.2.2', parameters: new Map([['branch', '390skdjuw']]) },
        { transport: 'TCP', host: 'spindle.example.com', parameters: new Map([['branch', 'z9hG4bK9ikj8']]) },
        { transport: 'UDP', host: '192.168.255.111', parameters: new Map([['branch', 'z9hG4bK30239']]) },
      ],
    );
    assert.equal(
      parseNameAddress(headers.get('Route') ?? '')?.uri,
      'sip:services.example.com;lr;unknownwith=value;unknown-no-value',
    );
    const contact = parseContact(headers.get('Contact') ?? '');
    assert.ok(contact && contact !== '*');
    assert.equal(contact.displayName, 'Quoted string ""');
    assert.equal(contact.q, 0.33);
    assert.equal(contact.parameters.get('newparam'), 'newvalue');
    assert.equal(body.length, 150);
    assert.deepEqual(
      parseSdp(body.toString())?.media.map(({ kind, port, formats }) => ({ kind, port, formats })),
      [
        { kind: 'audio', port: 49217, formats: ['0', '12'] },
        { kind: 'video', port: 3227, formats: ['31'] },
      ],
    );
  });

  it('intmeth: every character that a method, URI, header name or quoted string may have', () => {
    const { method, uri, headers } = validRequest('intmeth');
    assert.equal(method, "!interesting-Method0123456789_*+`.%indeed'~");
    const parsed = parseSipUri(uri);
    assert.equal(parsed?.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assert.equal(parsed?.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    assert.equal(parsed?.host, 'example.com');
    assert.ok(headers.get('To')?.startsWith('"BEL:\\\x07 NUL:\\\0 DEL:\\\x7f" <'));
    assert.equal(parseNameAddress(headers.get('To') ?? '')?.displayName, 'BEL: NUL: DEL:');
    const from = parseNameAddress(headers.get('From') ?? '');
    assert.equal(from?.displayName, "token1~` token2'+_ token3*%!.-");
    assert.equal(from?.parameters.get("fromparam''~+*_!.-%"), 'работающий');
    assert.equal(from?.parameters.get('tag'), "_token~1'+`*%!-.");
    assert.equal(headers.get("extensionHeader-!.%*+_`'~"), '\ufeff大停電');
    const via = parseVia(headers.get('Via') ?? '');
    assert.equal(via && transactionBranch(via), "z9hG4bK-.!%66*_+`'~");
  });

  it('esc01: escapes are resolved within the part they stand in, once', () => {
    const { uri, headers } = validRequest('esc01');
    assert.deepEqual(
      { ...parseSipUri(uri), parameters: undefined },
      {
        scheme: 'sip',
        user: 'sips:user@example.com',
        host: 'example.net',
        parameters: undefined,
        headers: [],
      },
    );
    assert.equal(parseSipUri(headers.get('To') ?? '')?.user, 'user');
    assert.equal(parseSipUri(parseNameAddress(headers.get('From') ?? '')?.uri ?? '')?.user, 'I have spaces');
    const contact = parseSipUri(parseNameAddress(headers.get('Contact') ?? '')?.uri ?? '');
    assert.equal(contact?.user, 'caller');
    assert.deepEqual(
      contact?.parameters,
      new Map([
        ['lr', ''],
        ['name', 'value%41'],
      ]),
    );
    assert.equal(headers.get('Content-Type'), 'application/sdp');
  });

  it('escnull: an escaped NUL is a character like others, and one NUL differs from two', () => {
    const { headers } = validRequest('escnull');
    assert.equal(parseSipUri(headers.get('To') ?? '')?.user, 'null-\0-null');
    const users = headers.all('Contact').map((value) => parseSipUri(parseNameAddress(value)?.uri ?? '')?.user);
    assert.deepEqual(users, ['\0', '\0\0']);
  });

  it('esc02: a percent sign outside URIs escapes nothing', () => {
    const { method, headers } = validRequest('esc02');
    assert.equal(method, 'RE%47IST%45R');
    assert.equal(parseNameAddress(headers.get('To') ?? '')?.displayName, '%Z%45');
    assert.equal(headers.all('Contact').length, 2);
    assert.equal(headers.get('C%6Fntact'), '<sip:alias2@host2.example.com>');
  });

  it('lwsdisp: no blank is needed before the angle bracket', () => {
    const { headers } = validRequest('lwsdisp');
    const from = parseNameAddress(headers.get('From') ?? '');
    assert.equal(from?.displayName, 'caller');
    assert.equal(from?.uri, 'sip:caller@example.com');
  });

  it('longreq: long values are read to their end', () => {
    const { headers, body } = validRequest('longreq');
    assert.equal(headers.all('Via').length, 34);
    assert.equal(parseVia(headers.all('Via').at(-1) ?? '')?.parameters.get('branch'), `verylong${'branchvalue'.repeat(50)}`);
    assert.equal(
      parseNameAddress(headers.get('To') ?? '')?.displayName,
      `I have a user name of ${'extreme'.repeat(10)} proportion`,
    );
    assert.equal(tagOf(headers.get('From') ?? ''), `12${'982'.repeat(50)}424`);
    assert.equal(headers.get('Call-ID'), `longreq.one${'really'.repeat(20)}longcallid`);
    assert.equal(body.length, 150);
  });

  it('dblreq: what follows the message in its datagram is ignored', () => {
    const { method, headers, body } = validRequest('dblreq');
    assert.equal(method, 'REGISTER');
    assert.equal(headers.all('Via').length, 1);
    assert.equal(body.length, 0);
  });

  it('semiuri: a semicolon before the @ belongs to the user', () => {
    const { uri, headers } = validRequest('semiuri');
    const parsed = parseSipUri(uri);
    assert.equal(parsed?.user, 'user;par=u@example.net');
    assert.equal(parsed?.parameters.size, 0);
    assert.equal(headers.all('Accept').length, 6);
  });

  it('transports: unknown transports in Via are no error', () => {
    const { headers } = validRequest('transports');
    const transports = headers.all('Via').map((value) => parseVia(value)?.transport);
    assert.deepEqual(transports, ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']);
  });

  it('mpart01: a binary body is taken octet for octet', () => {
    const { headers, body } = validRequest('mpart01');
    assert.equal(headers.get('Content-Type'), 'multipart/mixed;boundary=7a9cbec02ceef655');
    assert.equal(body.length, Number(headers.get('Content-Length')));
    assert.ok(body.includes(Buffer.from('0d0a0d0a00ff80c328', 'hex')));
    assert.ok(body.toString('latin1').endsWith('--7a9cbec02ceef655--\r\n'));
  });

  it('unreason: the reason phrase is UTF-8 with any punctuation', () => {
    const { status, reason, body } = validResponse('unreason');
    assert.equal(status, 200);
    assert.equal(reason, '= 2**3 * 5**2 но сто девяносто девять - простое');
    assert.equal(body.length, 154);
  });

  it('noreason: the reason phrase may be empty', () => {
    const { status, reason } = validResponse('noreason');
    assert.equal(status, 100);
    assert.equal(reason, '');
  });
});
