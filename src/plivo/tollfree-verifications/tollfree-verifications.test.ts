import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, objectsOf } from '../../../testkit/api-client.ts';
import { ComplianceRig } from '../../../testkit/compliance-rig.ts';

const CALLBACK = 'http://127.0.0.1:9/tollfree';

describe('toll-free verifications over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  let profile: string;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Shop');
    profile = await rig.profile(api);
  });
  after(() => rig.close());

  const given = (number: string) => ({
    profile_uuid: profile,
    number: `+${number}`,
    usecase: '2FA, MARKETING',
    usecase_summary: 'Codes and offers',
    message_sample: 'Your code is 1234',
    optin_image_url: 'https://shop.example.com/form.png',
    optin_type: 'WEB_FORM',
    volume: '10,000',
  });
  const create = async (more: Record<string, unknown> = {}) => {
    const number = await rig.number(api, 'tollfree');
    const { status, body } = await api.post('TollfreeVerification/', { ...given(number), ...more });
    assert.deepEqual([status, body.message], [201, 'created'], String(body.error));
    return { uuid: String(body.uuid), number };
  };
  const mirror = async (number: string) => {
    const { body } = await api.get(`Number/${number}/`);
    return [body.toll_free_sms_verification, body.toll_free_sms_verification_id, body.toll_free_sms_verification_order_status];
  };

  it('are submitted, shown at the number, approved and told', async () => {
    const { uuid, number } = await create({ callback_url: CALLBACK, extra_data: 'x', help_message: 'Help!' });
    assert.deepEqual(await mirror(number), ['PENDING_VERIFICATION', uuid, 'SUBMITTED']);
    const { body } = await api.get(`TollfreeVerification/${uuid}/`);
    assert.match(String(body.created), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.deepEqual(
      { ...body, api_id: '', created: '', last_modified: '' },
      {
        api_id: '',
        ...given(number),
        uuid,
        number,
        usecase: '2FA,MARKETING',
        extra_data: 'x',
        help_message: 'Help!',
        callback_url: CALLBACK,
        callback_method: 'POST',
        status: 'SUBMITTED',
        error_message: '',
        created: '',
        last_modified: '',
      },
    );
    await rig.decide(uuid);
    assert.deepEqual(await mirror(number), ['VERIFIED', uuid, 'APPROVED']);
    assert.deepEqual(await rig.told(CALLBACK), [
      { uuid, number, status: 'SUBMITTED', error_message: '' },
      { uuid, number, status: 'APPROVED', error_message: '' },
    ]);
    assert.equal((await api.post(`TollfreeVerification/${uuid}/`, { volume: '100,000' })).status, 409);
    assert.equal((await api.delete(`TollfreeVerification/${uuid}/`)).status, 409);
    assert.equal((await api.post('TollfreeVerification/', given(number))).status, 409);
  });

  it('must be updated within six days when the registry says so', async () => {
    const { uuid, number } = await create();
    await rig.decide(uuid, { outcome: 'update_required', reason: 'The form cannot be read' });
    const shown = (await api.get(`TollfreeVerification/${uuid}/`)).body;
    assert.deepEqual([shown.status, shown.error_message], ['UPDATE_REQUIRED', 'The form cannot be read']);
    const waiting = await rig.openCase(uuid);
    assert.equal(waiting.deadline.getTime() - rig.fixture.clock.now(), 6 * 24 * 3_600_000);
    const updated = await api.post(`TollfreeVerification/${uuid}/`, {
      usecase_summary: 'Codes only',
      number: '18005550199',
      usecase: '',
    });
    assert.deepEqual(
      [updated.status, updated.body.message],
      [202, `Tollfree verification request for uuid ${uuid} updated successfully.`],
    );
    const again = (await api.get(`TollfreeVerification/${uuid}/`)).body;
    assert.deepEqual([again.usecase_summary, again.number, again.usecase], ['Codes only', number, '2FA,MARKETING']);
    assert.equal((await rig.openCase(uuid)).facts.usecaseSummary, 'Codes only');
    await rig.decide(uuid, { outcome: 'rejected', code: '77' });
    assert.deepEqual(await mirror(number), ['UNVERIFIED', uuid, 'REJECTED']);
    assert.equal((await api.get(`TollfreeVerification/${uuid}/`)).body.error_message, 'The verification was rejected (77)');
    assert.equal((await api.post('TollfreeVerification/', given(number))).status, 201);
  });

  it('are taken back while they are not decided', async () => {
    const { uuid, number } = await create();
    assert.equal((await api.delete(`TollfreeVerification/${uuid}/`, {})).status, 204);
    assert.deepEqual(await mirror(number), ['UNVERIFIED', null, null]);
    assert.equal((await api.get(`TollfreeVerification/${uuid}/`)).status, 404);
    await assert.rejects(rig.openCase(uuid));
  });

  it('are listed by every filter, the last seven days by default', async () => {
    const { uuid, number } = await create({ usecase: 'FRAUD_ALERT' });
    const today = new Date(rig.fixture.clock.now()).toISOString().slice(0, 10);
    for (const query of [
      `number=%2B${number}`,
      `number=${number}&status=SUBMITTED`,
      `profile_uuid=${profile}&usecase=FRAUD_ALERT`,
      `number=${number}&created=${today}`,
      `number=${number}&created__gte=${today}`,
      `number=${number}&created__lte=${today}`,
      `number=${number}&created__gt=2026-01-01&created__lt=2026-01-31`,
    ]) {
      assert.deepEqual(
        objectsOf(await api.get(`TollfreeVerification/?${query}`)).map((one) => one.uuid),
        [uuid],
        query,
      );
    }
    for (const query of [`number=${number}&created__gt=${today}`, `number=${number}&created__lt=${today}`, 'number=1']) {
      assert.deepEqual(objectsOf(await api.get(`TollfreeVerification/?${query}`)), [], query);
    }
    for (const query of ['created=yesterday', 'created__gte=2026-01-01&created__lte=2026-03-01', 'status=DONE', 'limit=21']) {
      assert.equal((await api.get(`TollfreeVerification/?${query}`)).status, 400, query);
    }
  });

  it('name what is wrong', async () => {
    const number = await rig.number(api, 'tollfree');
    for (const [name, value] of [
      ['profile_uuid', '019bb0b0-0000-7000-8000-000000000001'],
      ['number', await rig.number(api, 'local')],
      ['number', '18005559999'],
      ['usecase', 'GAMES'],
      ['usecase', 'MIXED'],
      ['usecase_summary', 'x'.repeat(501)],
      ['message_sample', 'x'.repeat(1001)],
      ['optin_image_url', 'form.png'],
      ['optin_type', 'SHOUT'],
      ['volume', 'many'],
      ['additional_information', 'x'.repeat(501)],
      ['extra_data', 'x'.repeat(101)],
      ['callback_method', 'PUT'],
      ['message_sample', ''],
    ] as const) {
      const { status, body } = await api.post('TollfreeVerification/', { ...given(number), [name]: value });
      assert.equal(status, 400, name);
      assert.ok(String(body.error).startsWith(`${name} parameter`), String(body.error));
    }
  });
});
