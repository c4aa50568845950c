import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, stockInventory } from '../../testkit/api-client.ts';
import { ComplianceRig, PDF } from '../../testkit/compliance-rig.ts';
import { aLockIsWaitedFor } from '../../testkit/lock-waits.ts';

describe('what is registered of a number that its account gives up', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Gone');
  });
  after(() => rig.close());

  const verify = async (number: string) =>
    api.post('TollfreeVerification/', {
      profile_uuid: await rig.profile(api),
      number,
      usecase: '2FA',
      usecase_summary: 'Codes',
      message_sample: 'Your code is 1234',
      optin_image_url: 'https://shop.example.com/form.png',
      optin_type: 'WEB_FORM',
      volume: '1,000',
    });

  it('a toll-free number that is rented again is verified anew', async () => {
    const number = '18005550171';
    await stockInventory(rig.fixture, [{ number, type: 'tollfree' }]);
    assert.equal((await api.post(`PhoneNumber/${number}/`)).status, 201);
    const first = String((await verify(number)).body.uuid);
    await rig.decide(first);
    assert.equal((await api.delete(`Number/${number}/`)).status, 204);
    assert.equal((await api.get(`TollfreeVerification/${first}/`)).status, 404);
    assert.equal((await api.post(`PhoneNumber/${number}/`)).status, 201);
    assert.equal((await api.get(`Number/${number}/`)).body.toll_free_sms_verification, 'UNVERIFIED');
    const second = await verify(number);
    assert.equal(second.status, 201, String(second.body.error));
    assert.equal((await api.delete(`Number/${number}/`)).status, 204);
    await assert.rejects(rig.openCase(String(second.body.uuid)), /no case/, 'nobody is asked any more');
  });

  it('a verification that was rejected stays to be read', async () => {
    const number = await rig.number(api, 'tollfree');
    const id = String((await verify(number)).body.uuid);
    await rig.decide(id, 'rejected');
    await api.delete(`Number/${number}/`);
    assert.equal((await api.get(`TollfreeVerification/${id}/`)).body.status, 'REJECTED');
  });

  it('a number that was being linked to a campaign is nobody’s question any more', async () => {
    const campaign = await rig.campaign(api);
    const number = await rig.number(api);
    assert.equal((await api.post(`10dlc/Campaign/${campaign}/Number/`, { numbers: [number] })).status, 200);
    await rig.openCase(number);
    await api.delete(`Number/${number}/`);
    await assert.rejects(rig.openCase(number), /no case/);
  });

  it('waits for who has the number in hand, also for the question that comes of it', async () => {
    const number = await rig.number(api);
    const enabled = { caller_reputation: 'enabled', profile_uuid: await rig.profile(api) };
    assert.equal((await api.post(`Number/${number}/`, enabled)).status, 202);
    const { pool } = rig.fixture.database.storage;
    // Locks as a request takes them, by hand, so that the release comes between the two.
    const request = await pool.connect();
    try {
      await request.query('begin');
      await request.query('select 1 from numbers where number = $1 for update', [number]);
      const released = api.delete(`Number/${number}/`);
      await aLockIsWaitedFor(pool);
      await request.query(`set local lock_timeout = '100ms'`);
      await request.query(`update registry_cases set decided_at = now() where subject_id = $1`, [number]);
      await request.query(
        `insert into registry_cases (case_id, kind, subject_id, account_id, facts, opened_at, due_at, deadline)
         select gen_random_uuid(), kind, subject_id, account_id, facts, opened_at, due_at, deadline from registry_cases where subject_id = $1`,
        [number],
      );
      await request.query('commit');
      assert.equal((await released).status, 204);
      await assert.rejects(rig.openCase(number), /no case/);
    } finally {
      await request.query('rollback');
      request.release();
    }
  });

  it('a hosted number is disconnected, and may be hosted again', async () => {
    const app = await api.post('Application/', { app_name: 'a', answer_url: 'http://127.0.0.1:9/' });
    const letter = await rig.upload(api, 'HostedMessagingNumber/LOA/', { alias: 'l' }, { file: { bytes: PDF } });
    const number = '14155550177';
    const host = () =>
      api.post('HostedMessagingNumber/', {
        alias: 'hosted',
        application_id: app.body.app_id,
        loa_id: letter.body.loa_id,
        number,
      });
    const statusOf = async (id: unknown) => (await api.get(`HostedMessagingNumber/${id}/`)).body.hosted_status;
    const first = (await host()).body.hosted_messaging_number_id;
    await rig.decide(String(first));
    assert.equal(await statusOf(first), 'active');
    assert.equal((await api.delete(`Number/${number}/`)).status, 204);
    assert.equal(await statusOf(first), 'disconnected');
    const again = await host();
    assert.equal(again.status, 201, String(again.body.error));
    await rig.decide(String(again.body.hosted_messaging_number_id));
    assert.equal(await statusOf(again.body.hosted_messaging_number_id), 'active');
    assert.equal((await host()).status, 409);
  });

  it('a change of the number leaves what the registry has written meanwhile', async () => {
    const number = await rig.number(api);
    const { numbers } = rig.fixture.services;
    const written = { tendlcRegistrationStatus: 'COMPLETED', tendlcCampaignId: 'CAAAAAA' };
    await rig.fixture.database.storage.pool.query('update numbers set details = $2 where number = $1', [
      number,
      JSON.stringify(written),
    ]);
    await numbers.update(api.authId, number, { details: { cnam: 'ACME' } });
    assert.deepEqual((await numbers.find(number))?.details, { ...written, cnam: 'ACME' });
  });

  it('and that somebody else has by now is neither changed nor given up', async () => {
    const number = await rig.number(api);
    const { numbers } = rig.fixture.services;
    const former = await rig.tenant('Former');
    await numbers.update(former.authId, number, { alias: 'stolen' });
    await numbers.release(former.authId, number);
    const { alias, accountId } = (await numbers.find(number)) ?? {};
    assert.deepEqual([alias, accountId], [null, api.authId]);
  });
});
