import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, stockInventory } from '../../testkit/api-client.ts';
import { ComplianceRig } from '../../testkit/compliance-rig.ts';

const CALLBACK = 'http://127.0.0.1:9/reputation';

describe('the caller reputation of a number', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Caller');
  });
  after(() => rig.close());

  const change = async (number: string, given: Record<string, unknown>, expected = 202) => {
    const { status, body } = await api.post(`Number/${number}/`, given);
    assert.equal(status, expected, JSON.stringify(body));
    return String(body.error);
  };
  const shown = async (number: string) => {
    const { body } = await api.get(`Number/${number}/`);
    return [body.caller_reputation_status, body.profile_uuid];
  };

  it('is asked for with a business, decided by the registry, told, and given up', async () => {
    const number = await rig.number(api);
    const profile = await rig.profile(api);
    assert.match(await change(number, { caller_reputation: 'enabled' }, 400), /^profile_uuid parameter is missing/);
    assert.deepEqual(await shown(number), [null, null]);
    await change(number, {
      caller_reputation: 'enabled',
      profile_uuid: profile,
      caller_reputation_callback_url: CALLBACK,
      caller_reputation_callback_method: 'GET',
    });
    assert.deepEqual(await shown(number), ['PENDING', profile]);
    assert.equal((await rig.openCase(number)).facts.companyName, 'Corner Shop Inc');
    await rig.decide(number);
    assert.deepEqual(await shown(number), ['ACTIVE', profile]);
    await change(number, { caller_reputation: 'disabled' });
    assert.deepEqual(await shown(number), ['NOT_ENROLLED', profile]);
    await change(number, { caller_reputation: 'enabled' });
    await rig.decide(number, { outcome: 'rejected', reason: 'not yours' });
    assert.deepEqual(await rig.told(CALLBACK), [
      { number, profile_uuid: profile, caller_reputation_status: 'ACTIVE', reason: '' },
      { number, profile_uuid: profile, caller_reputation_status: 'FAILED', reason: 'not yours' },
    ]);
    assert.deepEqual(await shown(number), ['FAILED', profile]);
    assert.equal((await api.delete(`Profile/${profile}/`)).status, 409, 'the number is of the business');
    await change(number, { caller_reputation: 'enabled' });
    await change(number, { caller_reputation: 'disabled' });
    await assert.rejects(rig.openCase(number), /no case/);
  });

  it('goes with the business: another one is asked about anew, one that vouches for its calls at once', async () => {
    const number = await rig.number(api);
    const [first, second] = [await rig.profile(api), await rig.profile(api)];
    await change(number, { profile_uuid: first });
    assert.deepEqual(await shown(number), [null, first]);
    const url = `${CALLBACK}/profile`;
    const updated = await api.post(`Profile/${second}/`, {
      enable_caller_reputation: true,
      caller_reputation_carriers: ['T-Mobile'],
      url,
    });
    assert.equal(updated.status, 200, String(updated.body.error));
    await change(number, { profile_uuid: second });
    assert.deepEqual(await shown(number), ['PENDING', second]);
    assert.deepEqual((await rig.openCase(number)).facts.carriers, ['t-mobile']);
    await rig.decide(number);
    assert.deepEqual(
      (await rig.told(url)).map(({ caller_reputation_status }) => caller_reputation_status),
      ['ACTIVE'],
      'the business is told where the number names nobody',
    );
    await change(number, { profile_uuid: first });
    assert.deepEqual(await shown(number), ['PENDING', first]);
  });

  it('is of local and toll-free numbers of the US, and of businesses of the account', async () => {
    const profile = await rig.profile(api);
    const enabled = { caller_reputation: 'enabled', profile_uuid: profile };
    assert.match(await change(await rig.number(api, 'local', 'IN'), enabled, 400), /^caller_reputation parameter/);
    assert.match(await change(await rig.number(api, 'mobile'), enabled, 400), /^caller_reputation parameter/);
    const tollFree = await rig.number(api, 'tollfree');
    const strange = await rig.profile(await rig.tenant('Stranger'));
    assert.match(await change(tollFree, { ...enabled, profile_uuid: strange }, 400), /^profile_uuid parameter/);
    assert.match(await change(tollFree, { caller_reputation: 'perhaps' }, 400), /^caller_reputation parameter/);
    await change(tollFree, enabled);
    assert.deepEqual(await shown(tollFree), ['PENDING', profile]);
  });

  it('of a number that can have none is not asked for by a business that vouches for its calls', async () => {
    const profile = await rig.profile(api);
    const vouches = { enable_caller_reputation: true, url: `${CALLBACK}/vouching` };
    assert.equal((await api.post(`Profile/${profile}/`, vouches)).status, 200);
    const number = await rig.number(api, 'mobile');
    await change(number, { profile_uuid: profile });
    assert.deepEqual(await shown(number), [null, profile]);
    await assert.rejects(rig.openCase(number), /no case/);
  });

  it('is told to whom the number names last', async () => {
    const number = await rig.number(api);
    await change(number, { caller_reputation: 'enabled', profile_uuid: await rig.profile(api) });
    await change(number, { caller_reputation_callback_url: `${CALLBACK}/later` });
    await rig.decide(number);
    assert.equal((await rig.told(`${CALLBACK}/later`)).length, 1);
  });

  it('ends with the number', async () => {
    const number = '14155550199';
    await stockInventory(rig.fixture, [{ number }]);
    await api.post(`PhoneNumber/${number}/`);
    await change(number, { caller_reputation: true, profile_uuid: await rig.profile(api) });
    await rig.openCase(number);
    assert.equal((await api.delete(`Number/${number}/`)).status, 204);
    await assert.rejects(rig.openCase(number), /no case/);
    await api.post(`PhoneNumber/${number}/`);
    assert.deepEqual(await shown(number), [null, null]);
  });
});
