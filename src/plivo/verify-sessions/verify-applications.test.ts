import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, OPERATOR_TOKEN, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';

const RECIPIENT = '+4915112345678';
const MINUTE_MS = 60_000;

describe('Verify applications', () => {
  let fixture: PlivoFixture;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
  });
  after(() => fixture.close());

  const operator = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: Record<string, unknown>) => {
    const reply = await fixture.http.inject({
      method,
      url: `/ringdown/v1/verify-applications${path}`,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
    const parsed: Record<string, unknown> = reply.body === '' ? {} : reply.json();
    return { status: reply.statusCode, body: parsed };
  };
  const make = async (who: ApiClient, given: Record<string, unknown> = {}) => {
    const { status, body } = await operator('POST', '', { account: who.authId, name: 'app', ...given });
    assert.equal(status, 201, String(body.error));
    return { id: String(body.app_uuid), body };
  };
  const begin = (who: ApiClient, given: Record<string, unknown> = {}) =>
    who.post('Verify/Session/', { recipient: RECIPIENT, ...given });

  it('decide what their sessions take where a request says nothing', async () => {
    const who = await createTenant(fixture, 'Settings');
    const { id } = await make(who, {
      name: 'Shop',
      brand_name: 'Widgets',
      channels: ['voice'],
      locale: 'de_DE',
      code_length: 8,
      expiry_seconds: 60,
      max_attempts: 2,
    });
    const begun = await begin(who, { app_uuid: id });
    assert.equal(begun.status, 202, String(begun.body.error));
    const spoken = voice.codes.at(-1);
    assert.match(spoken?.text ?? '', /^Ihr Bestätigungscode für Widgets lautet: /);
    assert.match(spoken?.code ?? '', /^\d{8}$/);
    const shown = (await who.get(`Verify/Session/${begun.body.session_uuid}/`)).body;
    assert.deepEqual([shown.app_uuid, shown.alias, shown.channel, shown.locale], [id, 'Shop', 'voice', 'de_DE']);
    assert.match(String((await begin(who, { app_uuid: id, channel: 'sms' })).body.error), /the Verify application uses voice/);
    assert.equal((await begin(who, { app_uuid: id })).status, 202);
    assert.equal((await begin(who, { app_uuid: id })).status, 429);
    await fixture.clock.advance(MINUTE_MS);
    assert.equal((await who.get(`Verify/Session/${begun.body.session_uuid}/`)).body.status, 'expired');
  });

  it('are taken for sessions that name none, one of them', async () => {
    const who = await createTenant(fixture, 'Default');
    const first = await make(who, { default: true, channels: ['voice', 'sms'], brand_name: 'First' });
    assert.equal((await begin(who)).status, 202);
    assert.match(voice.codes.at(-1)?.text ?? '', /First/);
    const second = await make(who, { default: true, channels: ['voice'], brand_name: 'Second' });
    assert.equal((await operator('GET', `/${first.id}`)).body.default, false);
    assert.equal((await begin(who, { recipient: '+4915112345679' })).status, 202);
    assert.match(voice.codes.at(-1)?.text ?? '', /Second/);
    assert.equal((await operator('DELETE', `/${second.id}`)).status, 204);
    assert.equal((await begin(who, { recipient: '+4915112345680', channel: 'voice' })).status, 202);
    assert.match(voice.codes.at(-1)?.text ?? '', /Default/);
  });

  it('have a text of their own', async () => {
    const who = await createTenant(fixture, 'Template');
    const { id, body } = await make(who, { template: '{brand_name} says {code}', app_hash: 'FA+9qCX9VSu' });
    assert.equal(body.template, '{brand_name} says {code}');
    const cleared = await operator('POST', `/${id}`, { template: null, app_hash: null, name: 'New' });
    assert.deepEqual([cleared.body.template, cleared.body.app_hash, cleared.body.name], [null, null, 'New']);
  });

  it('are the account’s own, and listed for the operator', async () => {
    const who = await createTenant(fixture, 'Owner');
    const stranger = await createTenant(fixture, 'Stranger');
    const id = '2e802f94-cc03-4e35-b4c8-5a0328544136';
    await make(who, { app_uuid: id.toUpperCase() });
    assert.match(String((await begin(stranger, { app_uuid: id })).body.error), /no such Verify application/);
    assert.equal((await operator('POST', '', { account: stranger.authId, name: 'x', app_uuid: id })).status, 409);
    const { body } = await operator('GET', `?account=${who.authId}`);
    assert.ok(Array.isArray(body.verify_applications));
    assert.deepEqual(
      body.verify_applications.map(({ app_uuid }: { app_uuid: string }) => app_uuid),
      [id],
    );
    for (const [method, path] of [
      ['GET', '/x'],
      ['POST', '/2e802f94-cc03-4e35-b4c8-5a0328544199'],
      ['DELETE', '/2e802f94-cc03-4e35-b4c8-5a0328544199'],
    ] as const) {
      assert.equal((await operator(method, path, method === 'POST' ? {} : undefined)).status, 404);
    }
  });

  it('are refused where they cannot work', async () => {
    const who = await createTenant(fixture, 'Refused');
    for (const [given, wrong] of [
      [{ name: 'x' }, /account parameter is missing/],
      [{ account: 'MANOBODY000000000000', name: 'x' }, /no such main account/],
      [{ account: who.authId }, /name parameter is missing/],
      [{ account: who.authId, name: 'x', code_length: 3 }, /a whole number from 4 to 8/],
      [{ account: who.authId, name: 'x', expiry_seconds: 1 }, /a whole number from 30 to 86400/],
      [{ account: who.authId, name: 'x', max_attempts: '3' }, /a whole number from 1 to 20/],
      [{ account: who.authId, name: 'x', channels: [] }, /a list of sms, voice/],
      [{ account: who.authId, name: 'x', channels: ['sms', 'pigeon'] }, /a list of sms, voice/],
      [{ account: who.authId, name: 'x', locale: '?' }, /a language such as en_US/],
      [{ account: who.authId, name: 'x', template: 'no code' }, /a text with \{code\}/],
      [{ account: who.authId, name: 'x', app_hash: 'short' }, /eleven characters/],
      [{ account: who.authId, name: 'x', default: 'yes' }, /true or false/],
      [{ account: who.authId, name: 'x'.repeat(65) }, /at most 64 characters/],
      [{ account: who.authId, name: 'x', app_uuid: 'x' }, /a UUID is expected/],
    ] as const) {
      const { status, body } = await operator('POST', '', given);
      assert.equal(status, 400, JSON.stringify(given));
      assert.match(String(body.error), wrong);
    }
  });
});
