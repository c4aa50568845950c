import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SipMessage, SipRequest } from './message.ts';
import { SipParseError } from './parse-error.ts';
import { MAX_HEADER_CHARS, MAX_HEADER_ENTRIES, MAX_MESSAGE_BYTES, parseMessage } from './parser.ts';

const VIA = 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa';
const message = (...lines: readonly string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
const options = (...headers: readonly string[]) => message('OPTIONS sip:bob@example.com SIP/2.0', VIA, ...headers);

function errorOf(bytes: Buffer): SipParseError {
  try {
    parseMessage(bytes);
  } catch (error) {
    assert.ok(error instanceof SipParseError);
    return error;
  }
  assert.fail('it was parsed');
}

function request(parsed: SipMessage): SipRequest {
  assert.ok(parsed.kind === 'request');
  return parsed;
}

describe('header fields', () => {
  it('get their canonical names, from compact forms too', () => {
    const { headers } = parseMessage(
      options('call-id: a', 'CSEQ: 1 OPTIONS', 'f: <sip:a@b>', 'k: timer', 'x: 90', 'www-authenticate: Digest a=b'),
    );
    assert.deepEqual(
      [...headers].map(([name]) => name),
      ['Via', 'Call-ID', 'CSeq', 'From', 'Supported', 'Session-Expires', 'WWW-Authenticate'],
    );
  });

  it('keep the spelling of names that are not known', () => {
    assert.equal(parseMessage(options('X-PH-customerId: 7')).headers.get('X-PH-customerId'), '7');
  });

  it('that are lists come one value an entry, whatever stands in quotes or angle brackets', () => {
    const { headers } = parseMessage(
      options('Contact: "Bell, A" <sip:a@b;x=1,2>;q=1 , <sip:c@d>', 'Allow: INVITE,ACK', 'Supported:', 'm: <sip:e@f>'),
    );
    assert.deepEqual(headers.all('Contact'), ['"Bell, A" <sip:a@b;x=1,2>;q=1', '<sip:c@d>', '<sip:e@f>']);
    assert.deepEqual(headers.all('Allow'), ['INVITE', 'ACK']);
    assert.deepEqual(headers.all('Supported'), ['']);
  });

  it('that are no lists keep their commas', () => {
    const { headers } = parseMessage(
      options('Authorization: Digest a="1", b="2"', 'Date: Sat, 13 Nov 2010 23:29:00 GMT', 'Subject: a, b', 'X-Any: 1, 2'),
    );
    assert.deepEqual(
      ['Authorization', 'Date', 'Subject', 'X-Any'].map((name) => headers.all(name)),
      [['Digest a="1", b="2"'], ['Sat, 13 Nov 2010 23:29:00 GMT'], ['a, b'], ['1, 2']],
    );
  });

  it('are unfolded and trimmed', () => {
    assert.equal(
      parseMessage(options('Subject:  I know \r\n\t you are   there \r\n too ')).headers.get('Subject'),
      'I know you are   there too',
    );
  });

  it('are UTF-8; octets that are not become replacement characters', () => {
    const bytes = Buffer.concat([
      Buffer.from('OPTIONS sip:a@b SIP/2.0\r\nSubject: Grüße '),
      Buffer.from([0xff]),
      Buffer.from('\r\n\r\n'),
    ]);
    assert.equal(parseMessage(bytes).headers.get('Subject'), 'Grüße \ufffd');
  });
});

describe('the body', () => {
  it('ends where Content-Length says, the rest of the datagram is ignored', () => {
    const bytes = Buffer.concat([options('Content-Length: 3'), Buffer.from('abcdef')]);
    assert.equal(parseMessage(bytes).body.toString(), 'abc');
  });

  it('goes to the end of the datagram without Content-Length', () => {
    assert.equal(parseMessage(Buffer.concat([options(), Buffer.from('abcdef')])).body.toString(), 'abcdef');
  });

  it('that is shorter than Content-Length makes the message malformed', () => {
    const error = errorOf(Buffer.concat([options('Content-Length: 4'), Buffer.from('abc')]));
    assert.equal(error.answer?.status, 400);
  });

  it('of unclear length makes the message malformed', () => {
    for (const lengths of [['Content-Length: x'], ['Content-Length: 0', 'l: 0'], ['Content-Length: 1e1'], ['Content-Length:']]) {
      assert.equal(errorOf(options(...lengths)).message, 'Content-Length is not one number');
    }
  });
});

describe('the start line', () => {
  it('of a request has method and URI', () => {
    const { method, uri } = request(parseMessage(options()));
    assert.deepEqual({ method, uri }, { method: 'OPTIONS', uri: 'sip:bob@example.com' });
  });

  it('may be preceded by empty lines', () => {
    assert.equal(request(parseMessage(Buffer.concat([Buffer.from('\r\n\r\n'), options()]))).method, 'OPTIONS');
  });

  it('of a response has status and reason, which may be missing altogether', () => {
    for (const [line, status, reason] of [
      ['SIP/2.0 486 Busy Here', 486, 'Busy Here'],
      ['SIP/2.0 180 ', 180, ''],
      ['SIP/2.0 180', 180, ''],
    ] as const) {
      const parsed = parseMessage(message(line, VIA));
      assert.ok(parsed.kind === 'response');
      assert.deepEqual([parsed.status, parsed.reason], [status, reason]);
    }
  });

  it('of another version is answered with 505', () => {
    assert.equal(errorOf(message('OPTIONS sip:a@b SIP/3.0', VIA)).answer?.status, 505);
  });

  it('that is malformed is answered with 400 where a method can be told', () => {
    for (const line of [
      'OPTIONS  sip:a@b SIP/2.0',
      'OPTIONS sip:a b SIP/2.0',
      'OPTIONS sip:a@b SIP/2.0 ',
      'OPTIONS SIP/2.0',
      'OPTIONS sip:a@b SIP/two',
    ]) {
      assert.equal(errorOf(message(line, VIA)).answer?.status, 400, line);
    }
  });
});

describe('a malformed message', () => {
  it('keeps for its answer every header that was readable', () => {
    const { answer } = errorOf(options('broken line', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: x', 'CSeq: 1 OPTIONS'));
    assert.equal(answer?.request.method, 'OPTIONS');
    assert.deepEqual(
      [...(answer?.request.headers ?? [])].map(([name]) => name),
      ['Via', 'From', 'To', 'Call-ID', 'CSeq'],
    );
  });

  it('is dropped if it is a response, an ACK, without Via, or not SIP', () => {
    for (const bytes of [
      message('SIP/2.0 99 Too low', VIA),
      message('ACK sip:a@b SIP/2.0', VIA, 'broken line'),
      message('OPTIONS sip:a@b SIP/2.0', 'broken line'),
      message('GET / HTTP/1.1', VIA),
      Buffer.from('\r\n\r\n'),
      Buffer.alloc(0),
      Buffer.from('\0\0\0\0'),
    ]) {
      assert.equal(errorOf(bytes).answer, undefined);
    }
  });

  it('has a bare CR or LF where a line end would be guessed, a name that is no token, or no end of headers', () => {
    for (const header of ['Subject: a\nRoute: <sip:evil>', 'Subject: a\rb', 'Bad Name: x', ': x'])
      assert.equal(errorOf(options(header)).answer?.status, 400);
    assert.equal(
      errorOf(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n')).message,
      'No empty line after the headers',
    );
    assert.equal(errorOf(message('OPTIONS sip:a@b SIP/2.0', ' folded: start line', VIA)).message, 'The start line is folded');
  });

  it('is one above the limits', () => {
    assert.equal(errorOf(options(`Subject: ${'x'.repeat(MAX_HEADER_CHARS)}`)).answer?.status, 400);
    assert.equal(errorOf(options(`Allow: ${'A,'.repeat(MAX_HEADER_ENTRIES)}`)).message, 'Too many headers');
    assert.equal(errorOf(Buffer.concat([options(), Buffer.alloc(MAX_MESSAGE_BYTES)])).answer?.status, 513);
  });
});
