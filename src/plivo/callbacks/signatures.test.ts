import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import plivo from 'plivo';
import { createSystemRandom } from '../../runtime/random.ts';
import { canonicalUrlV3, createNonce, type SignedParams, signatureHeaders, signatureV2, signatureV3 } from './signatures.ts';

const ivr = {
  token: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d',
  nonce: '48120377561900421185',
  params: {
    CallUUID: '7c1f9a52-0d8e-4b77-9a41-5f6e2b3c4d10',
    From: '14155550123',
    To: '14155550188',
    CallStatus: 'ringing',
    Direction: 'inbound',
    Event: 'StartApp',
  },
};
const sms = {
  token: 'example_auth_token',
  nonce: '40217765521980034417',
  params: {
    From: '14155550100',
    To: '14155550123',
    MessageUUID: '3f2c8a10-5b7d-11f0-9c41-0242ac110004',
    Status: 'delivered',
    Units: '1',
  },
};

describe('V3 signatures of voice-xml.md §4.2', () => {
  const rows: [method: 'GET' | 'POST', url: string, params: SignedParams, signature: string][] = [
    ['POST', 'https://ivr.example.net/answer', ivr.params, '65+lEOASDR+z/5zb5NnloyF/SiZ4KPOkDOF6HLzXiSs='],
    ['POST', 'https://ivr.example.net/answer?tenant=blue&a=1', ivr.params, '+AcGntSv+ACX20lhFcXhhW1h+Bj7T7ANPMmgHEOyS+k='],
    ['GET', 'https://ivr.example.net/answer?tenant=blue&a=1', ivr.params, 'DmXbu3Dcn1vm/6n/GcvU22IaTA3oVwxTrn37yx5k0/M='],
    ['POST', 'https://ivr.example.net:8443/answer', ivr.params, 'BCY9ivlQZBaA3b7uYK6fCT9N1sQhKpeoE2qOXvxw4Tw='],
    ['POST', 'https://ivr.example.net/answer?name=a%20b', ivr.params, '9K0IE9ha14zcqZ2py8QDWfX2lV/cSziDyHo+t1MSWq8='],
    ['GET', 'http://bot.example.net/ws?room=7', {}, 'NPUIACJY0CQxXwmn+V5uto0y0Hs9afo3TOIPm3jrGdg='],
  ];
  for (const [method, url, params, signature] of rows) {
    it(`${method} ${url}`, () => {
      assert.equal(signatureV3(ivr.token, method, url, params, ivr.nonce), signature);
    });
  }

  it('puts a bare question mark between URL and body fields, and a dot after a query', () => {
    const fields =
      'CallStatusringingCallUUID7c1f9a52-0d8e-4b77-9a41-5f6e2b3c4d10DirectioninboundEventStartAppFrom14155550123To14155550188';
    assert.equal(
      canonicalUrlV3('POST', 'https://ivr.example.net/answer', ivr.params),
      `https://ivr.example.net/answer?${fields}`,
    );
    assert.equal(
      canonicalUrlV3('POST', 'https://ivr.example.net/answer?tenant=blue&a=1', ivr.params),
      `https://ivr.example.net/answer?a=1&tenant=blue.${fields}`,
    );
    assert.equal(canonicalUrlV3('POST', 'https://ivr.example.net/answer?b=&a=1', {}), 'https://ivr.example.net/answer?a=1&b=');
    assert.equal(canonicalUrlV3('POST', 'https://ivr.example.net', {}), 'https://ivr.example.net');
  });

  it('signs the URL without its fragment', () => {
    const url = 'https://ivr.example.net/answer';
    assert.equal(canonicalUrlV3('GET', `${url}#ct=500`, ivr.params), canonicalUrlV3('GET', url, ivr.params));
  });
});

describe('V2 signatures', () => {
  it('match the vector of voice-xml.md §4.2', () => {
    assert.equal(
      signatureV2(ivr.token, 'https://ivr.example.net/answer', ivr.nonce),
      'cC+FxuJSH6Fl7y5A4CBkaQHjL5VSprsSg8UbMVANUt4=',
    );
  });
});

describe('signatures of messaging.md §12', () => {
  const url = 'https://hooks.example.com/sms/status';
  const withQuery = `${url}?tenant=7&env=prod`;
  it('V2 ignores the query', () => {
    assert.equal(signatureV2(sms.token, url, sms.nonce), '6vq3/MNaP+m/apjFVM97NrkZnDu7Uar2RUp/osJZtF4=');
    assert.equal(signatureV2(sms.token, withQuery, sms.nonce), '6vq3/MNaP+m/apjFVM97NrkZnDu7Uar2RUp/osJZtF4=');
  });
  const rows: ['GET' | 'POST', string, string][] = [
    ['POST', url, 'eAUCUupKRUiIcVQXsf6VjA+cZ4P8c6I2TO5KBy5iD6Y='],
    ['GET', url, 'oRc9iAtcJB7K87RasV8X1sQKJNE6e7Gt5fQ8G90iKtU='],
    ['POST', withQuery, 'Yv6hPuwpwLH6apqrXY2mzzHKgZEPTbZqO+s0cBF4nMg='],
    ['GET', withQuery, 'da/LSLm4llFYf8VOXoaJZY2gqcDWfYN4/Aec8A4WIzY='],
  ];
  for (const [method, target, signature] of rows) {
    it(`V3 ${method} ${target}`, () => {
      assert.equal(signatureV3(sms.token, method, target, sms.params, sms.nonce), signature);
    });
  }
});

/** What the customer's framework hands the validator: for GET the whole URL and no parameters, for POST the form fields. */
function asReceived(method: 'GET' | 'POST', url: string, params: SignedParams): { url: string; params: SignedParams } {
  if (method === 'POST') return { url, params };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) for (const item of [value].flat()) query.append(key, item);
  const text = query.toString();
  return { url: text === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${text}`, params: {} };
}

describe('the official Node SDK', () => {
  const urls = [
    'https://hooks.example.com/sms/status',
    'https://hooks.example.com/sms/status?tenant=7&env=prod',
    'http://hooks.example.com:8080/sms/status?b=2&a=1&a=0',
    'https://hooks.example.com/a%20b/%C3%A4?name=J%C3%BCrgen+M&empty=',
    'http://127.0.0.1:9000/inbound',
  ];
  const paramSets: SignedParams[] = [
    sms.params,
    {},
    { Text: 'Zürich 😀 & <b>=?', From: '14155550100' },
    { tag: ['z', 'a', 'm'], From: '14155550100' },
  ];
  for (const method of ['GET', 'POST'] as const) {
    for (const url of urls) {
      it(`accepts both V3 headers of several tokens on ${method} ${url}`, () => {
        for (const params of paramSets) {
          const headers = signatureHeaders({
            url,
            method,
            params,
            ownerTokens: ['new-owner', 'old-owner'],
            mainTokens: ['new-main', 'old-main'],
            nonce: sms.nonce,
          });
          const seen = asReceived(method, url, params);
          const valid = (header: string, token: string) =>
            plivo.validateV3Signature(method, seen.url, sms.nonce, token, headers[header] ?? '', structuredClone(seen.params));
          for (const token of ['new-owner', 'old-owner']) assert.equal(valid('X-Plivo-Signature-V3', token), true);
          for (const token of ['new-main', 'old-main']) assert.equal(valid('X-Plivo-Signature-Ma-V3', token), true);
          assert.equal(valid('X-Plivo-Signature-V3', 'someone-else'), false);
          const validV2 = (header: string, token: string) =>
            plivo.validateSignature(seen.url, sms.nonce, headers[header] ?? '', token);
          assert.equal(validV2('X-Plivo-Signature-V2', 'new-owner'), true);
          assert.equal(validV2('X-Plivo-Signature-Ma-V2', 'new-main'), true);
          assert.equal(validV2('X-Plivo-Signature-V2', 'old-owner'), false);
        }
      });
    }
  }

  it('accepts V3 for arbitrary parameters', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST'), fc.dictionary(name, text), fc.constantFrom(...urls), (method, params, url) => {
        const signature = signatureV3('token', method, url, params, '1');
        const seen = asReceived(method, url, params);
        return plivo.validateV3Signature(method, seen.url, '1', 'token', signature, { ...seen.params }) === true;
      }),
      { numRuns: 300 },
    );
  });
});

it('makes nonces of 20 digits that do not repeat', () => {
  const random = createSystemRandom();
  const nonces = new Set(Array.from({ length: 1000 }, () => createNonce(random)));
  assert.equal(nonces.size, 1000);
  for (const nonce of nonces) assert.match(nonce, /^\d{20}$/);
});
