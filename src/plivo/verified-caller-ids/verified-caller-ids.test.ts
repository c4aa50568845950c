import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, createTenant, objectsOf } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';
import { AccountPermissions } from '../../voice/account-permissions.ts';
import { parseDestination } from '../../voice/destination.ts';
import { VerifiedCallerStore } from '../../voice/verified-caller-store.ts';

const NUMBER = '+14155550177';
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+Z$/;

describe('verified caller IDs over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Callers');
  });
  after(() => fixture.close());

  const begin = async (given: Record<string, unknown> = {}, who = api) => {
    const { status, body } = await who.post('VerifiedCallerId/', { phone_number: NUMBER, channel: 'call', ...given });
    assert.equal(status, 201, String(body.error));
    return { id: String(body.verification_uuid), message: body.message, code: voice.codes.at(-1)?.code ?? '' };
  };
  const confirm = (id: string, otp: string, who = api) => who.post(`VerifiedCallerId/Verification/${id}/`, { otp });
  const verified = async (number: string, given: Record<string, unknown> = {}, who = api) => {
    const { id, code } = await begin({ phone_number: number, ...given }, who);
    assert.equal((await confirm(id, code, who)).status, 201);
    return id;
  };
  const wrongCode = (code: string) => (code === '111111' ? '222222' : '111111');

  it('are an empty list when there are none', async () => {
    const who = await createTenant(fixture, 'None');
    assert.deepEqual((await who.get('VerifiedCallerId/')).body.objects, []);
  });

  it('begin with a call that speaks a code, and end with the code', async () => {
    const { id, message, code } = await begin({ alias: 'mobile', account_id: 'ignored', auth_token: 'ignored' });
    assert.equal(message, `Verification code is sent to number ${NUMBER} which is valid for 15 minutes`);
    assert.match(code, /^\d{6}$/);
    assert.equal(voice.codes.at(-1)?.digits, '14155550177');
    assert.equal((await api.get(`VerifiedCallerId/${NUMBER}/`)).status, 404);
    const { status, body } = await confirm(id, code);
    assert.equal(status, 201);
    assert.match(String(body.created_at), RFC_3339);
    assert.deepEqual(
      { ...body, api_id: '', created_at: '' },
      {
        api_id: '',
        alias: 'mobile',
        channel: 'call',
        country: 'US',
        created_at: '',
        phone_number: NUMBER,
        verification_uuid: id,
      },
    );
    assert.equal((await confirm(id, code)).status, 404);
    const { rows } = await fixture.database.storage.pool.query('select * from caller_id_verifications');
    assert.ok(!JSON.stringify(rows).includes(code));
  });

  it('are found however the number is written in the path', async () => {
    const who = await createTenant(fixture, 'Paths');
    const id = await verified(NUMBER, {}, who);
    for (const written of ['+14155550177', '%2B14155550177', '14155550177']) {
      for (const slash of ['', '/']) {
        const { body } = await who.get(`VerifiedCallerId/${written}${slash}`);
        assert.match(String(body.modified_at), RFC_3339);
        assert.deepEqual(
          { ...body, api_id: '', created_at: '', modified_at: '' },
          {
            api_id: '',
            alias: '',
            country: 'US',
            created_at: '',
            modified_at: '',
            phone_number: NUMBER,
            subaccount: '',
            verification_uuid: id,
          },
        );
      }
    }
    const [listed] = objectsOf(await who.get('VerifiedCallerId/'));
    assert.equal(listed?.resource_uri, `/v1/Account/${who.authId}/VerifiedCallerId/14155550177`);
  });

  it('send the code by SMS, from a number of the account, and do not keep its text', async () => {
    const who = await createTenant(fixture, 'Texts');
    const refused = await who.post('VerifiedCallerId/', { phone_number: NUMBER });
    assert.equal(refused.status, 400);
    assert.match(String(refused.body.error), /^channel parameter/);
    await fixture.database.storage.pool.query(
      `insert into numbers (number, account_id, country_iso, type, added_at) values ('14155550111', $1, 'US', 'local', now())`,
      [who.authId],
    );
    fixture.services.numberDirectory.invalidateAll();
    const { status, body } = await who.post('VerifiedCallerId/', { phone_number: NUMBER });
    assert.equal(status, 201, String(body.error));
    const [message] = objectsOf(await who.get('Message/'));
    assert.deepEqual([message?.from_number, message?.to_number, message?.log], ['14155550111', '14155550177', 'number_only']);
    const { rows } = await fixture.database.storage.pool.query('select text from messages where account_id = $1', [who.authId]);
    assert.deepEqual(rows, [{ text: null }]);
    assert.equal((await who.post('VerifiedCallerId/', { phone_number: '+447400123456' })).status, 201);
  });

  it('give five attempts and fifteen minutes', async () => {
    const who = await createTenant(fixture, 'Attempts');
    const first = await begin({}, who);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const { status, body } = await confirm(first.id, wrongCode(first.code), who);
      assert.deepEqual([status, body.error], [400, 'otp parameter is invalid: it is not the code that was sent']);
    }
    assert.match(String((await confirm(first.id, first.code, who)).body.error), /no longer valid/);
    const second = await begin({}, who);
    assert.equal((await confirm(first.id, first.code, who)).status, 404);
    await fixture.clock.advance(15 * 60_000);
    assert.match(String((await confirm(second.id, second.code, who)).body.error), /no longer valid/);
    assert.equal((await confirm('none', '1', who)).status, 404);
    for (let codes = 3; codes <= 5; codes++) await begin({}, who);
    const { status } = await who.post('VerifiedCallerId/', { phone_number: NUMBER, channel: 'call' });
    assert.equal(status, 429);
  });

  it('are listed by alias, country and subaccount, changed and deleted', async () => {
    const who = await createTenant(fixture, 'Lists');
    const sub = await createSubtenant(fixture, who, 'Branch');
    await verified('+14155550178', { alias: 'a' }, who);
    await verified('+447400123456', { alias: 'b', subaccount: sub.authId }, who);
    const numbers = async (query: string, client = who) =>
      objectsOf(await client.get(`VerifiedCallerId/${query}`)).map((caller) => caller.phone_number);
    assert.equal((await numbers('')).length, 2);
    assert.deepEqual(await numbers('?alias=a'), ['+14155550178']);
    assert.deepEqual(await numbers('?country=gb'), ['+447400123456']);
    assert.deepEqual(await numbers(`?subaccount=${sub.authId}`), ['+447400123456']);
    assert.deepEqual(await numbers('', sub), ['+447400123456']);
    const { status, body } = await who.post('VerifiedCallerId/+14155550178/', { alias: 'c', subaccount: sub.authId });
    assert.deepEqual([status, body.alias, body.subaccount], [200, 'c', sub.authId]);
    assert.equal((await sub.delete('VerifiedCallerId/14155550178')).status, 204);
    assert.equal((await who.get('VerifiedCallerId/14155550178/')).status, 404);
    assert.equal((await who.delete('VerifiedCallerId/14155550178/')).status, 404);
    assert.equal((await who.post('VerifiedCallerId/14155550178/', { alias: 'x' })).status, 404);
  });

  it('name what is wrong', async () => {
    for (const [name, value] of [
      ['phone_number', 'ana'],
      ['phone_number', ''],
      ['channel', 'pigeon'],
      ['subaccount', 'SAXXXXXXXXXXXXXXXXXX'],
    ] as const) {
      const { status, body } = await api.post('VerifiedCallerId/', { phone_number: NUMBER, channel: 'call', [name]: value });
      assert.equal(status, 400);
      assert.ok(String(body.error).startsWith(`${name} parameter`), String(body.error));
    }
    assert.equal((await api.post(`VerifiedCallerId/Verification/${NUMBER}/`, {})).body.error, 'otp parameter is missing');
  });

  it('may be shown by calls, as numbers of the account may; a subaccount shows its own', async () => {
    const who = await createTenant(fixture, 'Shown');
    const sub = await createSubtenant(fixture, who, 'Branch');
    await verified(NUMBER, {}, who);
    await verified('+14155550179', { subaccount: sub.authId }, who);
    await fixture.database.storage.pool.query(
      `insert into numbers (number, account_id, country_iso, type, voice_enabled) values
         ('14155550112', $1, 'US', 'local', true), ('14155550113', $1, 'US', 'local', false)`,
      [who.authId],
    );
    fixture.services.numberDirectory.invalidateAll();
    const { directory, numberDirectory } = fixture.services;
    const permissions = new AccountPermissions({
      numbers: numberDirectory,
      verified: new VerifiedCallerStore(fixture.database.storage),
    });
    const account = await directory.find(who.authId);
    const subaccount = await directory.find(sub.authId);
    assert.ok(account && subaccount);
    const main = { account, subaccount: null };
    const branch = { account, subaccount };
    for (const number of [NUMBER, '14155550177', '+14155550179', '14155550112']) {
      assert.equal(await permissions.mayShow(main, number), true, number);
    }
    for (const number of ['14155550113', '14155550199', 'sip:ana@phone.plivo.com', 'Ana', '']) {
      assert.equal(await permissions.mayShow(main, number), false, number);
    }
    assert.equal(await permissions.mayShow(branch, '14155550179'), true);
    assert.equal(await permissions.mayShow(branch, NUMBER), false);
    assert.equal(await permissions.mayShow(branch, '14155550112'), false);

    const barred = (settings: object, to: string) =>
      permissions.barred(
        { account: { ...account, settings }, subaccount: null },
        parseDestination(to, new Set(['phone.plivo.com'])),
      )?.code;
    assert.equal(barred({}, '447400123456'), undefined);
    assert.equal(barred({ voiceCountries: ['US'] }, '447400123456'), 2030);
    assert.equal(barred({ voiceCountries: ['US'] }, '14155550123'), undefined);
    assert.equal(barred({ voiceCountries: [] }, 'sip:ana@phone.plivo.com'), undefined);
    assert.equal(barred({ voiceBarredPrefixes: ['1900'] }, '19005550123'), 2040);
    const own = { ...subaccount, settings: { voiceCountries: ['GB'] } };
    const strict = { account: { ...account, settings: { voiceCountries: ['US'] } }, subaccount: own };
    assert.equal(permissions.barred(strict, parseDestination('447400123456', new Set())), undefined);
  });
});
