import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestResponse, ha1Of, parseDigest } from './digest.ts';
import {
  authorizationFor,
  type ChallengeAnswerOptions,
  chooseChallenge,
  DigestSession,
  parseChallenge,
} from './digest-client.ts';

const random = { bytes: (length: number) => Buffer.alloc(length, 7) };
const credentials = { username: 'alice', password: 'secret' };
const request = { method: 'INVITE', uri: 'sip:bob@example.com', body: Buffer.from('v=0') };
const MD5 = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5';
const SHA = 'Digest realm="r", nonce="n", qop="auth-int, auth", algorithm=sha-256, opaque="o"';

const answerTo = (challenges: readonly string[], options: ChallengeAnswerOptions): string | undefined => {
  const challenge = chooseChallenge(challenges, options.credentials);
  return challenge && authorizationFor(challenge, options);
};

const answered = (value: string | undefined) => {
  const parameters = parseDigest(value ?? '');
  assert.ok(parameters);
  return Object.fromEntries(parameters);
};

describe('answering a challenge', () => {
  it('takes the strongest that it can', () => {
    assert.equal(chooseChallenge([MD5, SHA], credentials)?.algorithm, 'SHA-256');
    assert.equal(
      chooseChallenge(['Digest realm="r", nonce="n", algorithm=SHA-512-256', MD5, 'Basic realm="r"'], credentials)?.algorithm,
      'MD5',
    );
    assert.equal(
      chooseChallenge([MD5, SHA], { username: 'alice', ha1: { md5: ha1Of('alice', 'r', 'secret').md5 } })?.algorithm,
      'MD5',
    );
    assert.equal(
      chooseChallenge(['Basic realm="r"', 'Digest realm="r", nonce="n", qop="token"', 'Digest realm="r"'], credentials),
      undefined,
    );
  });

  it('sends back what the server gave, and counts', () => {
    const answer = answered(answerTo([MD5, SHA], { credentials, request, random, nonceCount: 0x1f }));
    const { response, cnonce, ...rest } = answer;
    assert.deepEqual(rest, {
      username: 'alice',
      realm: 'r',
      nonce: 'n',
      uri: request.uri,
      algorithm: 'sha-256',
      qop: 'auth',
      nc: '0000001f',
      opaque: 'o',
    });
    const { sha256 } = ha1Of('alice', 'r', 'secret');
    const expected = {
      algorithm: 'SHA-256',
      ha1: sha256,
      isSession: false,
      nonce: 'n',
      qop: 'auth',
      cnonce: cnonce ?? '',
      nonceCount: '0000001f',
    } as const;
    assert.equal(response, digestResponse({ ...expected, ...request }));
  });

  it('needs no password where the hash is known', () => {
    const options = { request, random, nonceCount: 1 };
    const byHash = answerTo([MD5], { ...options, credentials: { username: 'alice', ha1: ha1Of('alice', 'r', 'secret') } });
    assert.equal(byHash, answerTo([MD5], { ...options, credentials }));
  });

  it('knows auth-int, -sess and servers without qop', () => {
    const one = (challenge: string, body = request.body) =>
      answered(answerTo([challenge], { credentials, request: { ...request, body }, random, nonceCount: 1 }));
    assert.equal(one('Digest realm="r", nonce="n", qop="auth-int"').qop, 'auth-int');
    assert.notEqual(
      one('Digest realm="r", nonce="n", qop="auth-int"').response,
      one('Digest realm="r", nonce="n", qop="auth-int"', Buffer.from('x')).response,
    );
    const old = one('Digest realm="r", nonce="n"');
    assert.deepEqual([old.qop, old.nc, old.cnonce, old.algorithm], [undefined, undefined, undefined, undefined]);
    assert.equal(one('Digest realm="r", nonce="n", algorithm=MD5-sess').algorithm, 'MD5-sess');
    assert.ok(parseChallenge('Digest realm="r", nonce="n", algorithm="MD5", stale=TRUE')?.isStale);
  });
});

describe('a session with one server', () => {
  const session = () => new DigestSession(credentials, random);

  it('authorizes further requests by the same nonce with a rising count', () => {
    const client = session();
    assert.equal(client.authorize(request), undefined);
    assert.equal(answered(client.answer([MD5], request, { answered: false })).nc, '00000001');
    assert.equal(answered(client.authorize(request)).nc, '00000002');
    assert.equal(answered(client.answer([MD5.replace('"n"', '"m"')], request, { answered: false })).nc, '00000001');
    assert.equal(answered(client.authorize(request)).nonce, 'm');
  });

  it('gives up when its answer is refused, unless only the nonce was too old', () => {
    const client = session();
    client.answer([MD5], request, { answered: false });
    assert.ok(client.answer([`${MD5}, stale=true`], request, { answered: true }));
    assert.equal(client.answer([MD5], request, { answered: true }), undefined);
    assert.equal(client.authorize(request), undefined);
  });

  it('tries once more when a nonce that was good before is refused without a word about stale', () => {
    const client = session();
    client.answer([MD5], request, { answered: false });
    client.authorize(request);
    assert.ok(client.answer([MD5], request, { answered: true }));
    assert.equal(client.answer([MD5], request, { answered: true }), undefined);
  });

  it('answers a second realm on the way', () => {
    const client = session();
    client.answer([MD5], request, { answered: false });
    assert.ok(client.answer([MD5.replace('"r"', '"proxy"')], request, { answered: true }));
  });

  it('uses a nonce without qop once', () => {
    const client = session();
    assert.ok(client.answer(['Digest realm="r", nonce="n"'], request, { answered: false }));
    assert.equal(client.authorize(request), undefined);
  });
});
