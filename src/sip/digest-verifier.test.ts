import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { ha1Of, parseDigest } from './digest.ts';
import { authorizationFor, chooseChallenge } from './digest-client.ts';
import { createDigestVerifier, type DigestRequest, type Ha1Lookup } from './digest-verifier.ts';

const REALM = 'sip.example.com';
const request = { method: 'REGISTER', uri: 'sip:sip.example.com', body: Buffer.alloc(0) };
const alice: Ha1Lookup = (username, realm) => (username === 'alice' ? ha1Of('alice', realm, 'secret') : undefined);

/** Bytes that differ from call to call and are the same in every run. */
function sequence() {
  let count = 0;
  return {
    bytes(length: number): Buffer {
      count++;
      return createHash('sha512').update(String(count)).digest().subarray(0, length);
    },
  };
}

function rig(secret?: Buffer) {
  const clock = new VirtualClock();
  const random = sequence();
  const verifier = createDigestVerifier({ clock, random, realm: REALM, nonceLifetimeMs: 60_000, ...(secret ? { secret } : {}) });
  const answer = (challenges: readonly string[], nonceCount = 1, password = 'secret', username = 'alice') => {
    const credentials = { username, password };
    const challenge = chooseChallenge(challenges, credentials);
    const value = challenge && authorizationFor(challenge, { credentials, request, random, nonceCount });
    assert.ok(value);
    return value;
  };
  const verify = (credentials: string | readonly string[], changes: Partial<DigestRequest> = {}) =>
    verifier.verify({ ...request, credentials: [credentials].flat(), ...changes }, alice);
  return { clock, verifier, answer, verify };
}

describe('challenges', () => {
  it('offer SHA-256 and then MD5, with one nonce and qop auth', () => {
    const { verifier } = rig();
    const [sha, md5] = verifier.challenge().map((value) => parseDigest(value));
    assert.equal(sha?.get('algorithm'), 'SHA-256');
    assert.equal(md5?.get('algorithm'), 'MD5');
    assert.equal(sha?.get('qop'), 'auth');
    assert.equal(sha?.get('realm'), REALM);
    assert.equal(sha?.get('nonce'), md5?.get('nonce'));
    assert.notEqual(parseDigest(verifier.challenge()[0] ?? '')?.get('nonce'), sha?.get('nonce'));
    assert.equal(sha?.has('stale'), false);
    assert.ok(verifier.challenge({ stale: true }).every((value) => parseDigest(value)?.get('stale') === 'true'));
  });
});

describe('a verifier told what to offer', () => {
  it('challenges with that alone', () => {
    const verifier = createDigestVerifier({ clock: new VirtualClock(), random: sequence(), realm: REALM, algorithms: ['MD5'] });
    assert.deepEqual(
      verifier.challenge().map((value) => parseDigest(value)?.get('algorithm')),
      ['MD5'],
    );
  });
});

describe('credentials', () => {
  it('are right by either algorithm', async () => {
    const { verifier, answer, verify } = rig();
    assert.deepEqual(await verify(answer(verifier.challenge())), { kind: 'ok', username: 'alice', algorithm: 'SHA-256' });
    assert.deepEqual(await verify(answer(verifier.challenge().slice(1))), { kind: 'ok', username: 'alice', algorithm: 'MD5' });
  });

  it('are found among those for other realms and schemes', async () => {
    const { verifier, answer, verify } = rig();
    const others = ['Basic x', 'Digest realm="other", nonce="x"'];
    assert.equal((await verify([...others, answer(verifier.challenge())])).kind, 'ok');
    assert.deepEqual(await verify(others), { kind: 'absent' });
    assert.deepEqual(await verify([]), { kind: 'absent' });
  });

  it('are wrong for another password, method, URI, or a hash that is not stored', async () => {
    const { verifier, answer, verify } = rig();
    const wrong = { kind: 'wrong', username: 'alice' };
    assert.deepEqual(await verify(answer(verifier.challenge(), 1, 'guess')), wrong);
    assert.deepEqual(await verify(answer(verifier.challenge()), { method: 'INVITE' }), wrong);
    assert.deepEqual(await verify(answer(verifier.challenge()), { uri: 'sip:other.example.com' }), wrong);
    const credentials = [answer(verifier.challenge())];
    assert.deepEqual(
      await verifier.verify({ ...request, credentials }, () => ({ md5: ha1Of('alice', REALM, 'secret').md5 })),
      wrong,
    );
  });

  it('may spell the URI differently', async () => {
    const { verifier, answer, verify } = rig();
    assert.equal((await verify(answer(verifier.challenge()), { uri: 'sip:SIP.example.com' })).kind, 'ok');
  });

  it('of an unknown user are told from wrong ones, for the log', async () => {
    const { verifier, answer, verify } = rig();
    assert.deepEqual(await verify(answer(verifier.challenge(), 1, 'secret', 'mallory')), {
      kind: 'unknown user',
      username: 'mallory',
    });
  });

  it('that are incomplete or of a kind not offered are malformed', async () => {
    const { verifier, answer, verify } = rig();
    const good = answer(verifier.challenge());
    for (const bad of [
      good.replace(/nonce="[^"]*", /, ''),
      good.replace(/, cnonce="[^"]*"/, ''),
      good.replace('nc=00000001', 'nc=1'),
      good.replace('qop=auth', 'qop=auth-int'),
      good.replace('SHA-256', 'SHA-256-sess'),
      good.replace('username="alice"', 'username=""'),
    ]) {
      assert.notEqual(bad, good);
      assert.deepEqual(await verify(bad), { kind: 'malformed' }, bad);
    }
  });

  it('without qop are good for one request', async () => {
    const { verifier, answer, verify } = rig();
    const old = answer(verifier.challenge().map((value) => value.replace(', qop="auth"', '')));
    assert.equal((await verify(old)).kind, 'ok');
    assert.equal((await verify(old)).kind, 'stale');
  });
});

describe('a nonce', () => {
  it('is good for many requests with a rising count, each once', async () => {
    const { verifier, answer, verify } = rig();
    const challenge = verifier.challenge();
    const kinds: string[] = [];
    for (const count of [1, 2, 2, 1, 10]) kinds.push((await verify(answer(challenge, count))).kind);
    assert.deepEqual(kinds, ['ok', 'ok', 'stale', 'stale', 'ok']);
  });

  it('expires', async () => {
    const { clock, verifier, answer, verify } = rig();
    const challenge = verifier.challenge();
    await clock.advance(59_999);
    assert.equal((await verify(answer(challenge, 1))).kind, 'ok');
    await clock.advance(1);
    assert.deepEqual(await verify(answer(challenge, 2)), { kind: 'stale', username: 'alice' });
  });

  it('that this server did not make, or made with another secret, is stale', async () => {
    const { answer, verify } = rig();
    const foreign = rig(Buffer.from('another secret')).verifier.challenge();
    assert.equal((await verify(answer(foreign))).kind, 'stale');
    assert.equal((await verify(answer([`Digest realm="${REALM}", nonce="made up", qop="auth"`]))).kind, 'stale');
  });

  it('cannot be spelled in a second way', async () => {
    const { verifier, answer, verify } = rig();
    const padded = verifier.challenge().map((value) => value.replace(/nonce="([^"]*)"/, 'nonce="$1="'));
    assert.equal((await verify(answer(padded))).kind, 'stale');
  });

  it('is good on every node that has the secret', async () => {
    const secret = Buffer.from('shared by the nodes');
    const other = rig(secret);
    assert.equal((await rig(secret).verify(other.answer(other.verifier.challenge()))).kind, 'ok');
  });

  it('cannot be used twice by requests that arrive while the password is looked up', async () => {
    const { verifier, answer } = rig();
    const credentials = [answer(verifier.challenge())];
    const slow: Ha1Lookup = async (username, realm) => ha1Of(username, realm, 'secret');
    const verdicts = await Promise.all([1, 2].map(() => verifier.verify({ ...request, credentials }, slow)));
    assert.deepEqual(verdicts.map(({ kind }) => kind).sort(), ['ok', 'stale']);
  });
});
