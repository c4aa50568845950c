import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exampleAccount } from '../../../testkit/example-account.ts';
import { parseMessage } from '../../sip/parser.ts';
import type { Flow } from '../../sip/transports/flow.ts';
import { type AccessGrant, TOKEN_REFUSALS, type TokenVerdict } from '../access-tokens.ts';
import { TokenLogins } from './token-logins.ts';

const NOW = 1_000_000;
const owner = exampleAccount();
const grantOf = (changed: Partial<AccessGrant> = {}): AccessGrant => ({
  owner,
  username: 'alice',
  appId: undefined,
  mayBeCalled: true,
  mayCall: true,
  expiresAt: NOW + 3_600_000,
  ...changed,
});
const ALICE = `alice_${owner.authId}`;

function flow(): Flow {
  return { transport: 'wss', remote: { address: '192.0.2.1', port: 1 }, isReliable: true, isOpen: true, send: () => undefined };
}

function requestOf(method: string, user: string, token: string | undefined) {
  const message = parseMessage(
    Buffer.from(
      [
        `${method} sip:phone.plivo.com SIP/2.0`,
        'Via: SIP/2.0/WSS 192.0.2.1;branch=z9hG4bK1',
        `From: <sip:${user}@phone.plivo.com>;tag=1`,
        `To: <sip:${user}@phone.plivo.com>`,
        'Call-ID: 1',
        `CSeq: 1 ${method}`,
        'Max-Forwards: 70',
        ...(token === undefined ? [] : [`X-Plivo-Jwt: ${token}`]),
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    ),
  );
  assert.ok(message.kind === 'request');
  return message;
}

/** Logins that know these tokens. */
function logins(tokens: Readonly<Record<string, TokenVerdict>>, now = () => NOW) {
  const known = new TokenLogins(async (token) => tokens[token] ?? { kind: 'refused', because: 'token' }, now);
  const register = (token: string | undefined, user = ALICE, over = flow()) =>
    known.prove({
      request: requestOf('REGISTER', user, token),
      source: { ...over.remote, transport: over.transport },
      flow: over,
      respond: () => undefined,
    });
  const invite = (token: string | undefined, over = flow()) =>
    known.callerOf({
      request: requestOf('INVITE', ALICE, token),
      callId: '1',
      source: { ...over.remote, transport: over.transport },
      flow: over,
      offer: undefined,
      isCancelled: false,
      challenge: () => undefined,
      onCancelled: () => undefined,
      onOffer: () => undefined,
      onAnswer: () => undefined,
      replaces: undefined,
      ring: () => undefined,
      progress: () => undefined,
      accept: () => Promise.reject(new Error('nobody answers')),
      reject: () => undefined,
    });
  return { register, invite };
}

const good = (changed: Partial<AccessGrant> = {}): TokenVerdict => ({ kind: 'ok', grant: grantOf(changed) });

describe('a login by access token', () => {
  it('is none without a token', async () => {
    const { register } = logins({});
    assert.equal(await register(undefined), undefined);
  });

  it('proves the endpoint that is its subject, until it expires, and says so to the browser', async () => {
    const { register } = logins({ good: good() });
    assert.deepEqual(await register('good'), {
      kind: 'ok',
      username: 'alice',
      isKept: true,
      expiresAt: NOW + 3_600_000,
      headers: [['X-Plivo-Jwt', `exp=${(NOW + 3_600_000) / 1_000};`]],
    });
  });

  for (const user of [`bob_${owner.authId}`, 'alice', 'alice_MAOTHER', `puser1700000000000jt_${owner.authId}`]) {
    it(`does not prove ${user} when it is alice's`, async () => {
      const { register } = logins({ good: good() });
      assert.deepEqual(await register('good', user), {
        kind: 'refused',
        status: 403,
        headers: [['X-Plivo-Jwt-Error-Code', String(TOKEN_REFUSALS.subject)]],
      });
    });
  }

  it('without a subject takes the name of the moment that the SDK makes, and no other; nobody is reached there', async () => {
    const { register } = logins({ nameless: good({ username: undefined }) });
    const moment = `puser1700000000000jt_${owner.authId}`;
    const proof = await register('nameless', moment);
    assert.ok(proof?.kind === 'ok');
    assert.deepEqual([proof.username, proof.isKept], [moment, false]);
    assert.equal((await register('nameless'))?.kind, 'refused');
  });

  it('of who may not be called is taken and not kept', async () => {
    const { register } = logins({ deaf: good({ mayBeCalled: false }) });
    const proof = await register('deaf');
    assert.equal(proof?.kind === 'ok' && proof.isKept, false);
  });

  for (const [because, code] of Object.entries(TOKEN_REFUSALS)) {
    it(`that is refused because of ${because} gets ${code}, in REGISTER and in INVITE`, async () => {
      const refused = { kind: 'refused', because: because as keyof typeof TOKEN_REFUSALS } as const;
      const { register, invite } = logins({ bad: refused });
      const expected = { kind: 'refused', status: 403, headers: [['X-Plivo-Jwt-Error-Code', String(code)]] };
      assert.deepEqual(await register('bad'), expected);
      assert.deepEqual(await invite('bad'), expected);
    });
  }
});

describe('a call by access token', () => {
  it('needs one: without, and over another connection, the password counts', async () => {
    const { register, invite } = logins({ good: good() });
    assert.equal(await invite(undefined), undefined);
    await register('good');
    assert.equal(await invite(undefined, flow()), undefined);
  });

  it('may be made over the connection that registered, also where the SDK leaves the token out', async () => {
    const { register, invite } = logins({ good: good() });
    const over = flow();
    await register('good', ALICE, over);
    assert.deepEqual(await invite(undefined, over), { kind: 'ok', grant: grantOf() });
  });

  it('may be made with the token of the INVITE alone', async () => {
    const { invite } = logins({ good: good() });
    assert.deepEqual(await invite('good'), { kind: 'ok', grant: grantOf() });
  });

  it('may not be made when it is not granted, or has expired meanwhile', async () => {
    let now = NOW;
    const { register, invite } = logins({ good: good(), silent: good({ mayCall: false }) }, () => now);
    const codeOf = async (token: string | undefined, over = flow()) => {
      const caller = await invite(token, over);
      return caller?.kind === 'refused' ? caller.headers[0]?.[1] : undefined;
    };
    assert.equal(await codeOf('silent'), String(TOKEN_REFUSALS.grants));
    const over = flow();
    await register('good', ALICE, over);
    now = NOW + 3_600_000;
    assert.equal(await codeOf(undefined, over), String(TOKEN_REFUSALS.expired));
  });
});
