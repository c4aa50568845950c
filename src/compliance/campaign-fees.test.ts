import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../../testkit/api-client.ts';
import { CAMPAIGN, ComplianceRig } from '../../testkit/compliance-rig.ts';
import { compileRates } from '../billing/rates.ts';

const FEE = 15_000_000;

describe('putting a campaign before the registry', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  let brand: string;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Fees');
    brand = await rig.brand(api);
    rig.fixture.ringdown.setRates(compileRates([{ service: 'campaign_vetting', direction: 'outbound', prefix: '', rate: '15' }]));
  });
  after(() => rig.close());

  const charged = async () => {
    const { rows } = await rig.fixture.database.storage.pool.query<{ micros: number; detail: string }>(
      `select amount_micros as micros, detail from ledger_entries where account_id = $1 and kind = 'campaign_vetting'`,
      [api.authId],
    );
    return rows;
  };
  const create = () => api.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: brand });
  const owes = async (micros: number) =>
    rig.fixture.database.storage.pool.query(
      `update accounts set billing_mode = 'prepaid', balance_micros = $2 where auth_id = $1`,
      [api.authId, micros],
    );

  it('is paid for each time: at its registration, and when it is submitted again', async () => {
    const id = String((await create()).body.campaign_id);
    assert.deepEqual(await charged(), [{ micros: FEE, detail: id }]);
    await rig.decide(id, 'rejected');
    assert.equal((await api.post(`10dlc/Campaign/${id}/`, { sample1: 'A better sample for you.' })).status, 200);
    assert.deepEqual(await charged(), [
      { micros: FEE, detail: id },
      { micros: FEE, detail: id },
    ]);
    const imported = await api.post('10dlc/Campaign/Import/', { campaign_id: 'CSHARED', campaign_alias: 'Shared' });
    assert.equal(imported.status, 200);
    assert.equal((await charged()).length, 2, 'what was vetted elsewhere costs nothing here');
  });

  it('is refused with 402 where the balance does not cover it, and then nothing is registered', async () => {
    await owes(FEE);
    const id = String((await create()).body.campaign_id);
    assert.match(id, /^C/);
    const refused = await create();
    assert.deepEqual([refused.status, refused.body.error_code], [402, 'insufficient_credit']);
    await rig.decide(id, 'rejected');
    assert.equal((await api.post(`10dlc/Campaign/${id}/`, { sample1: 'A better sample for you.' })).status, 402);
    const { campaign } = (await api.get(`10dlc/Campaign/${id}/`)).body;
    assert.ok(typeof campaign === 'object' && campaign !== null && 'registration_status' in campaign);
    assert.equal(campaign.registration_status, 'FAILED');
    const { rows } = await rig.fixture.database.storage.pool.query('select id from tendlc_campaigns where account_id = $1', [
      api.authId,
    ]);
    assert.equal(rows.length, 3);
  });
});
