import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestResponse, formatDigest, ha1Of, parseAuthParameters, parseDigest } from './digest.ts';

describe('the digest response', () => {
  const rfc7616 = {
    isSession: false,
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    qop: 'auth',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    nonceCount: '00000001',
    body: Buffer.alloc(0),
  } as const;
  const ha1 = ha1Of('Mufasa', 'http-auth@example.org', 'Circle of Life');

  it('is that of the examples of RFC 7616 §3.9.1', () => {
    assert.equal(digestResponse({ ...rfc7616, algorithm: 'MD5', ha1: ha1.md5 }), '8ca523f5e9506fed4657c9700eebdbec');
    assert.equal(
      digestResponse({ ...rfc7616, algorithm: 'SHA-256', ha1: ha1.sha256 }),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  it('is that of the example of RFC 2617 §3.5', () => {
    const input = { ...rfc7616, nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', cnonce: '0a4f113b', algorithm: 'MD5' } as const;
    const { md5 } = ha1Of('Mufasa', 'testrealm@host.com', 'Circle Of Life');
    assert.equal(digestResponse({ ...input, ha1: md5 }), '6629fae49393a05397450978507c4ef1');
    assert.equal(digestResponse({ ...input, ha1: md5, qop: undefined }), '670fd8c2df070c60b045671b8b24ff02');
  });

  it('covers the body with auth-int and the nonces with -sess', () => {
    const input = { ...rfc7616, algorithm: 'MD5', ha1: ha1.md5, qop: 'auth-int' } as const;
    assert.notEqual(digestResponse(input), digestResponse({ ...input, body: Buffer.from('x') }));
    assert.notEqual(digestResponse(input), digestResponse({ ...input, isSession: true }));
  });
});

describe('the header syntax', () => {
  it('has quoted and plain values, names in any case', () => {
    assert.deepEqual(
      parseDigest('digest Realm="a \\"b\\", c" , NC=00000001,qop = auth'),
      new Map([
        ['realm', 'a "b", c'],
        ['nc', '00000001'],
        ['qop', 'auth'],
      ]),
    );
    assert.deepEqual(parseAuthParameters('nextnonce="x", qop=auth')?.get('nextnonce'), 'x');
  });

  it('is refused when malformed, of another scheme, or with a parameter given twice', () => {
    for (const value of [
      'Basic dXNlcg==',
      'Digest',
      'Digest x',
      'Digest a="b',
      'Digest a="b" c',
      'Digest a=',
      'Digest a=b c',
      'Digest =b',
      'Digest a=1, A=2',
      `Digest ${Array.from({ length: 40 }, (_, index) => `p${index}=1`).join(',')}`,
    ]) {
      assert.equal(parseDigest(value), undefined, value);
    }
  });

  it('is written with quotes where clients and servers expect them', () => {
    const fields = [
      ['realm', 'a"b'],
      ['qop', 'auth'],
      ['algorithm', 'MD5'],
      ['stale', 'true'],
      ['nc', '00000001'],
    ] as const;
    assert.equal(formatDigest('challenge', fields), 'Digest realm="a\\"b", qop="auth", algorithm=MD5, stale=true, nc=00000001');
    assert.match(formatDigest('credentials', fields), /qop=auth,/);
  });
});
