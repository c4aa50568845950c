import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { accessTokenReader } from './access-token.ts';

/** The SDK's types leave it out. */
interface AccessTokenBuilder {
  addVoiceGrants(incoming: boolean, outgoing: boolean): void;
  toJwt(): string;
}
type AccessTokenClass = new (authId: string, authToken: string, username: string, options: object) => AccessTokenBuilder;
const plivo: { readonly AccessToken: AccessTokenClass } = createRequire(import.meta.url)('plivo');

const NOW_S = 1_800_000_000;
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('an access token', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  let sub: ApiClient;
  let other: ApiClient;
  let alice = '';
  let stranger = '';
  let now = NOW_S;

  before(async () => {
    fixture = await createPlivoFixture();
    api = await createTenant(fixture, 'Tokens');
    sub = await createSubtenant(fixture, api, 'Sub');
    other = await createTenant(fixture, 'Other');
    const create = async (who: ApiClient) =>
      String((await who.post('Endpoint/', { username: 'alice', password: 'secret-1', alias: 'a' })).body.username);
    alice = await create(api);
    stranger = await create(other);
  });
  after(() => fixture.close());

  const read = (token: string) =>
    accessTokenReader({
      now: () => now,
      account: (authId) => fixture.services.directory.find(authId),
      endpoint: (username) => fixture.services.endpoints.findByUsername(username),
    })(token);
  const sign = (claims: object, authToken = api.authToken, header: object = { alg: 'HS256', typ: 'JWT' }) => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', authToken).update(signed).digest('base64url')}`;
  };
  const claims = (more: object = {}) => ({
    iss: api.authId,
    sub: alice,
    nbf: NOW_S,
    exp: NOW_S + 3600,
    per: { voice: { incoming_allow: true, outgoing_allow: true } },
    ...more,
  });
  const refusalOf = async (token: string) => {
    const verdict = await read(token);
    return verdict.kind === 'refused' ? verdict.because : 'ok';
  };

  it('is made with all claims, numbers as numbers, and lets in whom it names', async () => {
    const made = await api.post('JWT/Token/', {
      iss: api.authId,
      sub: alice,
      nbf: String(NOW_S),
      exp: String(NOW_S + 600),
      per: { voice: { incoming_allow: true } },
    });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    const token = String(made.body.token);
    assert.deepEqual(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()), {
      alg: 'HS256',
      cty: 'plivo;v=1',
      typ: 'JWT',
    });
    assert.deepEqual(claimsOf(token), {
      app: '',
      exp: NOW_S + 600,
      iss: api.authId,
      nbf: NOW_S,
      per: { voice: { incoming_allow: true, outgoing_allow: false } },
      sub: alice,
    });
    assert.ok(token.length <= 500, 'the Browser SDK leaves longer ones out of its INVITE');
    const verdict = await read(token);
    assert.ok(verdict.kind === 'ok');
    const { owner, username, appId, mayBeCalled, mayCall, expiresAt } = verdict.grant;
    assert.deepEqual(
      [owner.authId, username, appId, mayBeCalled, mayCall, expiresAt],
      [api.authId, alice, undefined, true, false, (NOW_S + 600) * 1000],
    );
  });

  it('is refused by the API for another account, without a name that could be called, and for more than a day', async () => {
    const status = async (body: Record<string, unknown>, who = api) => (await who.post('JWT/Token/', body)).status;
    assert.equal(await status({ iss: other.authId, sub: alice }), 400);
    assert.equal(await status({ iss: api.authId, per: { voice: { incoming_allow: true } } }), 400);
    assert.equal(await status({ iss: api.authId, nbf: NOW_S, exp: NOW_S + 86_401 }), 400);
    assert.equal(await status({ iss: api.authId, nbf: NOW_S, exp: NOW_S }), 400);
    assert.equal(await status({ iss: api.authId, app: '12345' }), 400);
    assert.equal(await status({ iss: sub.authId }), 200, 'the main account speaks for its subaccounts');
    assert.equal(await status({ iss: api.authId }, sub), 400, 'not the other way round');
  });

  it('made by the AccessToken class of the SDK is taken', async () => {
    now = Math.floor(Date.now() / 1000);
    const token = new plivo.AccessToken(api.authId, api.authToken, alice, { lifetime: 600 });
    token.addVoiceGrants(true, true);
    const verdict = await read(token.toJwt());
    now = NOW_S;
    assert.ok(verdict.kind === 'ok', JSON.stringify(verdict));
    assert.deepEqual([verdict.grant.username, verdict.grant.mayBeCalled, verdict.grant.mayCall], [alice, true, true]);
  });

  it('without a subject may call and not be called', async () => {
    const verdict = await read(sign(claims({ sub: '', per: { voice: { outgoing_allow: true } } })));
    assert.ok(verdict.kind === 'ok');
    assert.deepEqual([verdict.grant.username, verdict.grant.mayCall], [undefined, true]);
    assert.equal(await refusalOf(sign(claims({ sub: '' }))), 'subject');
  });

  it('is refused with its reason', async () => {
    assert.equal(await refusalOf('x'), 'token');
    assert.equal(await refusalOf(`${'a'.repeat(5000)}.b.c`), 'token');
    assert.equal(await refusalOf(sign(claims(), api.authToken, { alg: 'none', typ: 'JWT' })), 'header');
    assert.equal(await refusalOf(sign(claims(), api.authToken, { alg: 'HS512', typ: 'JWT' })), 'header');
    assert.equal(await refusalOf(sign(claims({ exp: 'soon' }))), 'token');
    assert.equal(await refusalOf(sign(claims({ iss: 'MANOBODYNOBODYNOBODY' }))), 'issuer');
    assert.equal(await refusalOf(sign(claims(), other.authToken)), 'signature');
    assert.equal(await refusalOf(`${sign(claims()).slice(0, -2)}`), 'signature');
    assert.equal(await refusalOf(sign(claims({ nbf: NOW_S + 120 }))), 'tooEarly');
    assert.equal(await refusalOf(sign(claims({ nbf: NOW_S - 3600, exp: NOW_S }))), 'expired');
    assert.equal(await refusalOf(sign(claims({ exp: NOW_S + 86_401 }))), 'tooLong');
    assert.equal(await refusalOf(sign(claims({ per: undefined }))), 'grants');
    assert.equal(await refusalOf(sign(claims({ per: { voice: { incoming_allow: 'yes' } } }))), 'grants');
  });

  it('cannot name an endpoint of another account, nor one that does not exist', async () => {
    assert.equal(await refusalOf(sign(claims({ sub: stranger }))), 'subject');
    assert.equal(await refusalOf(sign(claims({ sub: 'nobody123' }))), 'subject');
    assert.equal(await refusalOf(sign(claims({ iss: sub.authId }), sub.authToken)), 'subject', "the main account's endpoint");
  });
});
