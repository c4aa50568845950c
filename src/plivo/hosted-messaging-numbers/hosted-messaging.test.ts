import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, objectsOf } from '../../../testkit/api-client.ts';
import { ComplianceRig, PDF } from '../../../testkit/compliance-rig.ts';

describe('hosted numbers and letters of authorization over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  let appId: string;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Host');
    appId = String((await api.post('Application/', { app_name: 'a', answer_url: 'http://127.0.0.1:9/' })).body.app_id);
  });
  after(() => rig.close());

  const letter = async (alias = 'letter') => {
    const { status, body } = await rig.upload(api, 'HostedMessagingNumber/LOA/', { alias }, { file: { bytes: PDF } });
    assert.equal(status, 201, String(body.error));
    return String(body.loa_id);
  };
  const host = (number: string, loaId: string) =>
    api.post('HostedMessagingNumber/', { alias: 'hosted', application_id: appId, loa_id: loaId, number });

  it('a number is hosted on the strength of a letter, for messages only', async () => {
    const loa = await letter();
    const created = await host('+14155550188', loa);
    assert.equal(created.status, 201, String(created.body.error));
    const id = String(created.body.hosted_messaging_number_id);
    assert.deepEqual(
      [created.body.hosted_status, created.body.order_id, created.body.number, created.body.application],
      ['pending', id, '14155550188', `/v1/Account/${api.authId}/Application/${appId}/`],
    );
    assert.equal((await host('14155550188', loa)).status, 409);
    assert.deepEqual((await api.get(`HostedMessagingNumber/LOA/${loa}/`)).body.linked_numbers, ['14155550188']);
    assert.equal((await api.delete(`HostedMessagingNumber/LOA/${loa}/`)).status, 409);
    await rig.decide(id);
    assert.equal((await api.get(`HostedMessagingNumber/${id}/`)).body.hosted_status, 'active');
    const { body } = await api.get('Number/14155550188/');
    assert.deepEqual([body.sms_enabled, body.voice_enabled, body.alias], [true, false, 'hosted']);
    const { body: all } = await api.get(
      `HostedMessagingNumber/?alias=hosted&hosted_status=active&number=14155550188&loa_id=${loa}`,
    );
    assert.ok(Array.isArray(all.objects) && typeof all.meta_response === 'object');
    assert.deepEqual(
      all.objects.map((one) => one.hosted_messaging_number_id),
      [id],
    );
  });

  it('a refused one says why', async () => {
    const created = await host('14155550189', await letter());
    const id = String(created.body.hosted_messaging_number_id);
    await rig.decide(id, { outcome: 'rejected', reason: 'The letter is not signed' });
    const { body } = await api.get(`HostedMessagingNumber/${id}/`);
    assert.deepEqual([body.hosted_status, body.failure_reason], ['failed', 'The letter is not signed']);
  });

  it('letters are listed by alias and deleted', async () => {
    const id = await letter('mine');
    const { body } = await api.get('HostedMessagingNumber/LOA/?alias=mine');
    assert.ok(Array.isArray(body.objects));
    assert.deepEqual(
      body.objects.map((one) => [one.loa_id, one.file]),
      [[id, 'paper.pdf']],
    );
    assert.equal((await api.delete(`HostedMessagingNumber/LOA/${id}/`)).status, 204);
    assert.equal((await api.get(`HostedMessagingNumber/LOA/${id}/`)).status, 404);
    assert.equal((await rig.upload(api, 'HostedMessagingNumber/LOA/', { alias: 'x' })).status, 400);
  });

  it('name what is wrong', async () => {
    const loa = await letter();
    for (const [given, named] of [
      [{ number: '18005550100' }, 'number'],
      [{ number: '447400123456' }, 'number'],
      [{ loa_id: 'x' }, 'loa_id'],
      [{ application_id: '1' }, 'application_id'],
      [{ alias: '' }, 'alias'],
    ] as const) {
      const good = { alias: 'a', application_id: appId, loa_id: loa, number: '14155550187' };
      const { status, body } = await api.post('HostedMessagingNumber/', { ...good, ...given });
      assert.equal(status, 400, named);
      assert.ok(String(body.error).startsWith(`${named} parameter`), String(body.error));
    }
    assert.equal((await host(await rig.number(api), loa)).status, 409);
  });
});

describe('addresses and identities over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Person');
  });
  after(() => rig.close());

  const ADDRESS = {
    country_iso: 'FR',
    salutation: 'Ms',
    first_name: 'Ana',
    last_name: 'Lopez',
    address_line1: '1 rue de la Paix',
    address_line2: '-',
    city: 'Paris',
    region: 'IDF',
    postal_code: '75002',
    address_proof_type: 'passport',
    alias: 'home',
  };
  const IDENTITY = { country_iso: 'FR', salutation: 'Mr', first_name: 'Al', last_name: 'B', id_type: 'passport', id_number: '7' };

  /** Of all that was said, what the .NET SDK reads in `document_details`. */
  const { country_iso: _land, address_proof_type, alias: _alias, ...AT_HOME } = ADDRESS;
  const { country_iso: _country, ...IN_PERSON } = IDENTITY;

  for (const [path, given, details, proof] of [
    ['Verification/Address/', ADDRESS, AT_HOME, address_proof_type],
    ['Verification/Identity/', IDENTITY, { ...IN_PERSON, nationality: '' }, undefined],
  ] as const) {
    it(`${path} takes multipart and JSON, and is verified`, async () => {
      const callback = `http://127.0.0.1:9/${path}`;
      const created = await rig.upload(api, path, { ...given, callback_url: callback }, { file: { bytes: PDF } });
      assert.deepEqual(
        [created.status, created.body.message],
        [201, 'Your request has been accepted.'],
        String(created.body.error),
      );
      const id = String(created.body.id);
      const { body } = await api.get(`${path}${id}/`);
      assert.deepEqual(
        [body.first_name, body.verification_status, body.validation_status, body.document_details],
        [given.first_name, 'pending', 'pending', { ...details, file_name: 'paper.pdf' }],
      );
      assert.deepEqual([body.address_proof_type, body.street_code], [proof, '']);
      assert.equal(body.url, `http://127.0.0.1:7464/v1/Account/${api.authId}/${path}${id}/`);
      await rig.decide(id);
      assert.equal((await api.get(`${path}${id}/`)).body.verification_status, 'accepted');
      const updated = await api.post(`${path}${id}/`, { first_name: 'Eva' });
      assert.deepEqual([updated.status, updated.body.status], [202, 'success']);
      assert.equal((await api.get(`${path}${id}/`)).body.verification_status, 'pending');
      await rig.decide(id, { outcome: 'rejected', reason: 'expired' });
      assert.deepEqual(
        (await rig.told(callback)).map(({ verification_status, reason }) => [verification_status, reason]),
        [
          ['accepted', ''],
          ['rejected', 'expired'],
        ],
      );
      assert.equal((await api.post(path, given)).status, 201);
      const list = await api.get(`${path}?limit=1`);
      assert.equal(objectsOf(list).length, 1);
      const { meta } = list.body;
      assert.ok(typeof meta === 'object' && meta !== null && 'next' in meta);
      assert.equal(meta.next, `http://127.0.0.1:7464/v1/Account/${api.authId}/${path}?limit=1&offset=1`);
      assert.equal((await api.delete(`${path}${id}/`)).status, 204);
      assert.equal((await api.get(`${path}${id}/`)).status, 404);
    });
  }

  it('Spain and Denmark ask for more, and enums hold', async () => {
    for (const [given, named] of [
      [{ country_iso: 'ES' }, 'fiscal_identification_code'],
      [{ country_iso: 'DK' }, 'street_code'],
      [{ country_iso: 'DK', street_code: '1' }, 'municipal_code'],
      [{ salutation: 'Dr' }, 'salutation'],
      [{ address_proof_type: 'bus ticket' }, 'address_proof_type'],
    ] as const) {
      const { status, body } = await api.post('Verification/Address/', { ...ADDRESS, ...given });
      assert.equal(status, 400, named);
      assert.ok(String(body.error).startsWith(`${named} parameter`), String(body.error));
    }
  });
});
