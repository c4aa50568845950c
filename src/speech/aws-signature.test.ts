import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signRequest } from './aws-signature.ts';

/** Requests and signatures of the test suite that Amazon publishes for Signature Version 4. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const scope = { region: 'us-east-1', service: 'service', nowMs: Date.UTC(2015, 7, 30, 12, 36, 0) };
const url = (query = '') => new URL(`https://example.amazonaws.com/${query}`);

describe('AWS Signature Version 4', () => {
  it('is that of the published suite', () => {
    const signatures = [
      { method: 'GET', url: url(), headers: {}, body: '' },
      { method: 'POST', url: url(), headers: {}, body: '' },
      { method: 'GET', url: url('?Param2=value2&Param1=value1'), headers: {}, body: '' },
      {
        method: 'POST',
        url: url(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'Param1=value1',
      },
    ].map((request) => signRequest(request, credentials, scope).authorization);
    const expected = [
      ['host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
      ['host;x-amz-date', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
      ['host;x-amz-date', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
      ['content-type;host;x-amz-date', 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a'],
    ].map(
      ([names, signature]) =>
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    );
    assert.deepEqual(signatures, expected);
  });

  it('signs and sends the token of temporary credentials', () => {
    const signed = signRequest(
      { method: 'POST', url: url(), headers: {}, body: '' },
      { ...credentials, sessionToken: 'token' },
      scope,
    );
    assert.equal(signed['x-amz-security-token'], 'token');
    assert.equal(signed['x-amz-date'], '20150830T123600Z');
    assert.match(signed.authorization ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token,/);
  });
});
