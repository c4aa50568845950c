import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NOBODY = '2e802f94-cc03-4e35-b4c8-5a0328544135';
const NUMBER = '14155550199';

describe('Zentrunk over the API', () => {
  let fixture: PlivoFixture;
  before(async () => {
    fixture = await createPlivoFixture();
  });
  after(() => fixture.close());

  const made = async (who: ApiClient, resource: string, given: Record<string, unknown>, key: string) => {
    const { status, body } = await who.post(`Zentrunk/${resource}/`, given);
    assert.equal(status, 201, String(body.error));
    return String(body[key]);
  };
  const uri = (who: ApiClient, given: Record<string, unknown> = {}) =>
    made(who, 'URI', { name: 'pbx', uri: 'pbx.example.com:5070', ...given }, 'uri_uuid');
  const list = (who: ApiClient) =>
    made(who, 'IPAccessControlList', { name: 'office', ip_addresses: ['192.0.2.1'] }, 'ipacl_uuid');
  const inbound = async (who: ApiClient, given: Record<string, unknown> = {}) =>
    made(who, 'Trunk', { name: 'in', trunk_direction: 'inbound', primary_uri_uuid: await uri(who), ...given }, 'trunk_id');

  it('has origination URIs, whose passwords nobody sees', async () => {
    const who = await createTenant(fixture, 'URIs');
    const id = await uri(who, { authentication_needed: true, username: 'us', password: 'hidden-word' });
    assert.match(id, UUID);
    const shown = await who.get(`Zentrunk/URI/${id}/`);
    const { api_id: _, ...object } = shown.body;
    assert.deepEqual(object, {
      uri_uuid: id,
      name: 'pbx',
      uri: 'pbx.example.com:5070',
      authentication_needed: true,
      username: 'us',
    });
    const changed = await who.post(`Zentrunk/URI/${id}/`, { uri: 'sip:192.0.2.7', authentication_needed: false });
    assert.deepEqual([changed.status, changed.body.uri_uuid], [202, id]);
    const { uri: now, username } = (await who.get(`Zentrunk/URI/${id}/`)).body;
    assert.deepEqual([now, username], ['192.0.2.7', null]);
    assert.match(String((await who.post('Zentrunk/URI/', { uri: 'a b' })).body.error), /uri parameter is invalid/);
    assert.match(
      String((await who.post('Zentrunk/URI/', { uri: 'a.example', authentication_needed: true, username: 'x' })).body.error),
      /password parameter is missing/,
    );
    const { rows } = await fixture.database.storage.pool.query('select * from trunk_uris');
    assert.ok(!JSON.stringify(rows).includes('hidden-word'));
    assert.equal((await who.delete(`Zentrunk/URI/${id}/`)).status, 204);
    assert.equal((await who.get(`Zentrunk/URI/${id}/`)).status, 404);
  });

  it('has credentials and address lists', async () => {
    const who = await createTenant(fixture, 'Proofs');
    const id = await made(who, 'Credential', { name: 'pbx', username: 'pbx', Password: 'hidden-word' }, 'credential_uuid');
    const { api_id: _, ...shown } = (await who.get(`Zentrunk/Credential/${id}/`)).body;
    assert.deepEqual(shown, { credential_uuid: id, name: 'pbx', username: 'pbx' });
    assert.match(String((await who.post('Zentrunk/Credential/', { username: 'x' })).body.error), /password parameter is missing/);
    assert.equal((await who.post(`Zentrunk/Credential/${id}/`, { username: 'other' })).status, 400);
    assert.equal((await who.post(`Zentrunk/Credential/${id}/`, { username: 'other', password: 'hidden-word' })).status, 202);
    const acl = await list(who);
    assert.equal(
      (await who.post(`Zentrunk/IPAccessControlList/${acl}/`, { ip_addresses: ['192.0.2.0/24', '2001:db8::1'] })).status,
      202,
    );
    assert.deepEqual((await who.get(`Zentrunk/IPAccessControlList/${acl}/`)).body.ip_addresses, ['192.0.2.0/24', '2001:db8::1']);
    for (const wrong of ['x', '192.0.2.1/33', '192.0.2.1/0', 'pbx.example.com']) {
      assert.equal((await who.post('Zentrunk/IPAccessControlList/', { ip_addresses: [wrong] })).status, 400, wrong);
    }
    assert.equal(objectsOf(await who.get('Zentrunk/Credential/')).length, 1);
    assert.equal(objectsOf(await who.get('Zentrunk/IPAccessControlList/')).length, 1);
  });

  it('has trunks in both directions, listed by what they are and use', async () => {
    const who = await createTenant(fixture, 'Trunks');
    const acl = await list(who);
    const out = await made(who, 'Trunk', { name: 'out', trunk_direction: 'outbound', ipacl_uuid: acl }, 'trunk_id');
    const primary = await uri(who);
    const into = await inbound(who, { primary_uri_uuid: primary });
    assert.match(into, /^\d{17}$/);
    const { api_id: _, ...shown } = (await who.get(`Zentrunk/Trunk/${out}/`)).body;
    assert.deepEqual(shown, {
      trunk_id: out,
      trunk_domain: `${out}.zt.plivo.com`,
      name: 'out',
      trunk_status: 'enabled',
      secure: false,
      trunk_direction: 'outbound',
      ipacl_uuid: acl,
      credential_uuid: null,
      primary_uri_uuid: null,
      fallback_uri_uuid: null,
    });
    const ids = async (query: string) => objectsOf(await who.get(`Zentrunk/Trunk/${query}`)).map(({ trunk_id: id }) => id);
    assert.deepEqual(new Set(await ids('')), new Set([into, out]));
    assert.deepEqual(await ids('?trunk_direction=inbound'), [into]);
    assert.deepEqual(await ids(`?ipacl_uuid=${acl}`), [out]);
    assert.deepEqual(await ids('?secure=true'), []);
    assert.equal((await who.post(`Zentrunk/Trunk/${into}/`, { trunk_status: 'disabled', name: 'new' })).status, 202);
    assert.deepEqual(await ids('?trunk_status=disabled'), [into]);
    assert.equal((await who.delete(`Zentrunk/URI/${primary}/`)).status, 409, 'a trunk uses it');
    assert.equal((await who.delete(`Zentrunk/Trunk/${into}/`)).status, 204);
    assert.equal((await who.delete(`Zentrunk/URI/${primary}/`)).status, 204);
    const page = await who.get('Zentrunk/Trunk/?limit=1&offset=5');
    assert.deepEqual([objectsOf(page).length, Object(page.body.meta).total_count], [0, 1]);
  });

  it('refuses trunks that could take no calls', async () => {
    const who = await createTenant(fixture, 'Refused');
    for (const [given, wrong] of [
      [{ name: 'x' }, /trunk_direction parameter is missing/],
      [{ trunk_direction: 'inbound' }, /primary_uri_uuid parameter is missing/],
      [{ trunk_direction: 'inbound', primary_uri_uuid: NOBODY }, /has no such thing/],
      [{ trunk_direction: 'outbound' }, /either ipacl_uuid or credential_uuid/],
      [{ trunk_direction: 'sideways' }, /one of inbound, outbound/],
    ] as const) {
      const { status, body } = await who.post('Zentrunk/Trunk/', given);
      assert.equal(status, 400);
      assert.match(String(body.error), wrong);
    }
  });

  it('has trunks whose calls are encrypted, or not made at all', async () => {
    const who = await createTenant(fixture, 'Secure');
    const { trunking } = fixture.services;
    const out = await made(who, 'Trunk', { trunk_direction: 'outbound', ipacl_uuid: await list(who), secure: true }, 'trunk_id');
    const into = await inbound(who);
    assert.equal((await who.get(`Zentrunk/Trunk/${out}/`)).body.secure, true);
    const ids = async (query: string) => objectsOf(await who.get(`Zentrunk/Trunk/${query}`)).map(({ trunk_id: id }) => id);
    assert.deepEqual([await ids('?secure=true'), await ids('?secure=false')], [[out], [into]]);
    assert.equal((await trunking.callingTrunk(out))?.isSecure, true);
    await who.post(`Zentrunk/Trunk/${out}/`, { name: 'renamed' });
    assert.equal((await trunking.callingTrunk(out))?.isSecure, true, 'what is not given stays');
    await who.post(`Zentrunk/Trunk/${out}/`, { secure: false });
    assert.equal((await trunking.callingTrunk(out))?.isSecure, false);
    assert.equal((await who.post(`Zentrunk/Trunk/${into}/`, { secure: true })).status, 202);
    assert.deepEqual(await ids('?secure=true'), [into]);
  });

  it('takes the calls of numbers whose app_id is an inbound trunk', async () => {
    const who = await createTenant(fixture, 'Numbers');
    const { pool } = fixture.database.storage;
    await pool.query(
      `insert into numbers (number, account_id, country_iso, type, voice_enabled) values ($1, $2, 'US', 'local', true)`,
      [NUMBER, who.authId],
    );
    const trunk = await inbound(who, { fallback_uri_uuid: await uri(who, { uri: 'other.example.com' }) });
    const { trunking } = fixture.services;
    assert.equal(await trunking.programFor(NUMBER), undefined);
    assert.equal((await who.post(`Number/${NUMBER}/`, { app_id: trunk })).status, 202);
    assert.equal((await who.get(`Number/${NUMBER}/`)).body.application, `/v1/Account/${who.authId}/Zentrunk/Trunk/${trunk}/`);
    assert.deepEqual((({ ownerId, trunkId }) => [ownerId, trunkId])(Object(await trunking.programFor(NUMBER))), [
      who.authId,
      trunk,
    ]);
    await who.post(`Zentrunk/Trunk/${trunk}/`, { trunk_status: 'disabled' });
    assert.equal(await trunking.programFor(NUMBER), undefined);
    await who.post(`Zentrunk/Trunk/${trunk}/`, { trunk_status: 'enabled' });
    const stranger = await createTenant(fixture, 'Stranger');
    await pool.query('update numbers set account_id = $2 where number = $1', [NUMBER, stranger.authId]);
    trunking.changed();
    assert.equal(await trunking.programFor(NUMBER), undefined, 'not over the trunk of its former account');
    await pool.query('update numbers set account_id = $2 where number = $1', [NUMBER, who.authId]);
    assert.equal((await who.post(`Number/${NUMBER}/`, { app_id: 'none' })).status, 202);
    assert.equal((await who.get(`Number/${NUMBER}/`)).body.application, null);
    assert.equal(await trunking.programFor(NUMBER), undefined);
  });

  it('lets telephone systems call over enabled outbound trunks of accounts that may', async () => {
    const who = await createTenant(fixture, 'System');
    const trunk = await made(who, 'Trunk', { trunk_direction: 'outbound', ipacl_uuid: await list(who) }, 'trunk_id');
    const { trunking } = fixture.services;
    const calling = await trunking.callingTrunk(trunk);
    assert.ok(calling?.isSource);
    assert.deepEqual(['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2'].map(calling.isSource), [true, true, false]);
    assert.equal(await trunking.callingTrunk(await inbound(who)), undefined);
    await who.post(`Zentrunk/Trunk/${trunk}/`, { trunk_status: 'disabled' });
    assert.equal(await trunking.callingTrunk(trunk), undefined);
  });

  it('lists calls over trunks, also where another host has the path of all calls', async () => {
    const who = await createTenant(fixture, 'Calls');
    const trunk = await made(who, 'Trunk', { trunk_direction: 'outbound', ipacl_uuid: await list(who) }, 'trunk_id');
    const callId = fixture.services.ids.uuid();
    const now = new Date(fixture.clock.now());
    for (const [id, application, secure] of [
      [callId, trunk, true],
      [fixture.services.ids.uuid(), '10000000000000009', false],
    ]) {
      await fixture.database.storage.pool.query(
        `insert into calls (call_id, account_id, owner_id, direction, from_number, to_number, caller_name, application_id, secure, carrier_failover,
           carrier_cost_micros, rate_micros, minimum_seconds, increment_seconds, amount_micros, bill_seconds, billed_seconds, hangup_code,
           hangup_cause, hangup_source, stir_verification, stir_attestation, initiated_at, answered_at, ended_at)
         values ($1, $2, $2, 'inbound', '14155550123', '4915112345678', '', $3, $5, false, 0, 0, 60, 60, 0, 7, 60, 4000,
           'NORMAL_CLEARING', 'Caller', 'Not Applicable', '', $4, $4, $4)`,
        [id, who.authId, application, now, secure],
      );
    }
    const [call, ...others] = objectsOf(await who.get('Zentrunk/Call/'));
    assert.equal(others.length, 0);
    assert.deepEqual(
      [
        call?.call_uuid,
        call?.call_direction,
        call?.trunk_id,
        call?.trunk_domain,
        call?.from_country,
        call?.to_country,
        call?.bill_duration,
        call?.secure_trunking,
        call?.srtp,
      ],
      [callId, 'outbound', trunk, `${trunk}.zt.plivo.com`, 'US', 'DE', 7, true, true],
    );
    assert.equal(objectsOf(await who.get('Zentrunk/Call/?call_direction=inbound')).length, 0);
    assert.equal((await who.get(`Zentrunk/Call/${callId}/`)).body.trunk_id, trunk);
    const onHost = async (headers: Record<string, string>) => {
      const reply = await fixture.http.inject({ url: `/v1/Account/${who.authId}/Call/`, headers: { ...basic(who), ...headers } });
      const body: { objects: readonly unknown[] } = reply.json();
      return body.objects.length;
    };
    assert.equal(await onHost({ host: 'api.plivo.com' }), 2);
    assert.equal(await onHost({ host: 'zt.plivo.com' }), 1);
    assert.equal(await onHost({ host: '127.0.0.1:7464', 'x-forwarded-host': 'zt.plivo.com' }), 1);
  });

  it('is each account’s own', async () => {
    const who = await createTenant(fixture, 'Owner');
    const acl = await list(who);
    const trunk = await inbound(who);
    const credential = await made(who, 'Credential', { username: 'a', password: 'b' }, 'credential_uuid');
    const place = await uri(who);
    for (const other of [await createTenant(fixture, 'Other'), await createSubtenant(fixture, who, 'Sub')]) {
      for (const path of [`Trunk/${trunk}`, `IPAccessControlList/${acl}`, `Credential/${credential}`, `URI/${place}`]) {
        assert.equal((await other.get(`Zentrunk/${path}/`)).status, 404);
        assert.equal((await other.post(`Zentrunk/${path}/`, { name: 'mine' })).status, 404);
        assert.equal((await other.delete(`Zentrunk/${path}/`)).status, 404);
      }
      assert.equal((await other.post('Zentrunk/Trunk/', { trunk_direction: 'outbound', ipacl_uuid: acl })).status, 400);
      for (const resource of ['Trunk', 'IPAccessControlList', 'Credential', 'URI', 'Call']) {
        assert.deepEqual(objectsOf(await other.get(`Zentrunk/${resource}/`)), []);
      }
    }
    assert.equal((await who.get(`Zentrunk/Trunk/${trunk}/`)).status, 200);
  });
});
