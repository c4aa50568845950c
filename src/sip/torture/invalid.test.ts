import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tortureMessage } from '../../../testkit/sip-torture/torture.ts';
import { parseNameAddress } from '../name-address.ts';
import { SipParseError } from '../parse-error.ts';
import { parseMessage } from '../parser.ts';
import { validateRequest, validateResponse } from '../validate.ts';

/** What becomes of a message: 'ok', the status that answers it, or 'drop'. */
function outcomeOf(name: string): { readonly outcome: 'ok' | 'drop' | number; readonly why: string } {
  try {
    const message = parseMessage(tortureMessage(name));
    const verdict = message.kind === 'request' ? validateRequest(message, { supported: new Set() }) : validateResponse(message);
    if (verdict.kind === 'ok') return { outcome: 'ok', why: '' };
    return { outcome: verdict.kind === 'answer' ? verdict.status : 'drop', why: verdict.reason };
  } catch (error) {
    assert.ok(error instanceof SipParseError);
    return { outcome: error.answer?.status ?? 'drop', why: error.message };
  }
}

describe('RFC 4475 §3.1.2: invalid messages', () => {
  const expected: readonly (readonly [name: string, what: string, outcome: 'ok' | 'drop' | number, why: string])[] = [
    ['badinv01', 'empty parameters and values in Via and Contact', 400, 'Malformed Via'],
    ['clerr', 'Content-Length beyond the datagram', 400, 'Content-Length is larger than the message'],
    ['ncl', 'negative Content-Length', 400, 'Content-Length is not one number'],
    ['scalar02', 'numbers beyond their range in a request', 400, 'Malformed CSeq'],
    ['scalarlg', 'numbers beyond their range in a response', 'drop', 'Malformed CSeq'],
    ['quotbal', 'a quoted display name that does not end', 400, 'Malformed To'],
    ['ltgtruri', 'Request-URI in angle brackets', 400, 'The request line is malformed'],
    ['lwsruri', 'blank inside the Request-URI', 400, 'The request line is malformed'],
    ['lwsstart', 'several blanks between the parts of the request line', 400, 'The request line is malformed'],
    ['trws', 'blanks at the end of the request line', 400, 'The request line is malformed'],
    ['escruri', 'headers in the Request-URI', 400, 'Malformed Request-URI'],
    ['regbadct', 'Contact URI with headers outside angle brackets', 400, 'Malformed Contact'],
    ['badaspec', 'blanks inside the angle brackets', 400, 'Malformed To'],
    ['badvers', 'a version of SIP to come', 505, 'Version not supported'],
    ['mismatch01', 'CSeq method is not the method', 400, 'CSeq method does not match'],
    ['mismatch02', 'CSeq method is not the method, which is unknown', 400, 'CSeq method does not match'],
    ['bigcode', 'status code of ten digits', 'drop', 'The status line is malformed'],
    // What the RFC leaves to the receiver: a date nobody here reads, and quotes that can be inferred.
    ['baddate', 'Date in another zone than GMT', 'ok', ''],
    ['baddn', 'display names that should be quoted', 'ok', ''],
  ];
  for (const [name, what, outcome, why] of expected) {
    it(`${name}: ${what} -> ${outcome}`, () => assert.deepEqual(outcomeOf(name), { outcome, why }));
  }

  it('an answerable error keeps what the answer must repeat', () => {
    for (const name of ['clerr', 'ncl', 'ltgtruri', 'lwsruri', 'lwsstart', 'trws', 'badvers']) {
      assert.throws(
        () => parseMessage(tortureMessage(name)),
        (error) => {
          assert.ok(error instanceof SipParseError && error.answer);
          for (const header of ['Via', 'From', 'To', 'Call-ID', 'CSeq'])
            assert.ok(error.answer.request.headers.has(header), header);
          return true;
        },
      );
    }
  });

  it('baddn: the comma of an unquoted display name does not split From', () => {
    const { headers } = parseMessage(tortureMessage('baddn'));
    assert.equal(parseNameAddress(headers.get('From') ?? '')?.displayName, 'Bell, Alexander');
  });
});

describe('RFC 4475 §3.3: what the application layer refuses', () => {
  const expected: readonly (readonly [name: string, what: string, outcome: 'ok' | 'drop' | number, why: string])[] = [
    ['insuf', 'no Call-ID, From and To', 400, 'Missing From'],
    ['unkscm', 'Request-URI of an unknown scheme', 416, 'Unsupported URI Scheme'],
    ['novelsc', 'Request-URI of a known but unusual scheme', 416, 'Unsupported URI Scheme'],
    ['bext01', 'extensions required that nobody supports', 420, 'Bad Extension'],
    ['multi01', 'several values of headers that have one', 400, 'More than one CSeq'],
    ['mcl01', 'several Content-Length', 400, 'Content-Length is not one number'],
    ['bcast', 'a response that is to be sent on to the broadcast address', 'drop', 'More than one Via'],
  ];
  for (const [name, what, outcome, why] of expected) {
    it(`${name}: ${what} -> ${outcome}`, () => assert.deepEqual(outcomeOf(name), { outcome, why }));
  }

  it('bext01: the answer names the required extensions, not those required of proxies', () => {
    const message = parseMessage(tortureMessage('bext01'));
    assert.ok(message.kind === 'request');
    const verdict = validateRequest(message, { supported: new Set(['100rel']) });
    assert.ok(verdict.kind === 'answer');
    assert.deepEqual(verdict.unsupported, ['nothingSupportsThis', 'nothingSupportsThisEither']);
  });
});
