import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../../testkit/api-client.ts';
import { CAMPAIGN, ComplianceRig } from '../../testkit/compliance-rig.ts';
import { compileRates } from '../billing/rates.ts';
import type { SurchargeService } from '../billing/surcharges.ts';

const FEE = 15_000_000;
const BRAND_FEE = 4_000_000;

describe('putting something before the registry', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  let brand: string;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Fees');
    brand = await rig.brand(api);
    const fee = (service: SurchargeService, rate: string) => ({ service, direction: 'outbound' as const, prefix: '', rate });
    rig.fixture.ringdown.setRates(compileRates([fee('campaign_vetting', '15'), fee('brand_registration', '4')]));
  });
  after(() => rig.close());

  const charged = async (kind = 'campaign_vetting') => {
    const { rows } = await rig.fixture.database.storage.pool.query<{ micros: number; detail: string }>(
      `select amount_micros as micros, detail from ledger_entries where account_id = $1 and kind = $2 order by at`,
      [api.authId, kind],
    );
    return rows;
  };
  const create = () => api.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: brand });
  const owes = async (micros: number) =>
    rig.fixture.database.storage.pool.query(
      `update accounts set billing_mode = 'prepaid', balance_micros = $2 where auth_id = $1`,
      [api.authId, micros],
    );

  it('a campaign is paid for each time: at its registration, and when it is submitted again', async () => {
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

  it('a campaign is refused with 402 where the balance does not cover it, and then nothing is registered', async () => {
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

  it('a brand is paid for once, by who has registered it, and not without the money for it', async () => {
    await owes(BRAND_FEE + FEE);
    const request = async () => ({ profile_uuid: await rig.profile(api), brand_alias: 'Paid', brand_type: 'STANDARD' });
    const first = await request();
    const { body } = await api.post('10dlc/Brand/', first);
    const id = String(body.brand_id);
    assert.match(id, /^B/);
    assert.deepEqual(await charged('brand_registration'), [{ micros: BRAND_FEE, detail: id }]);
    assert.equal((await api.post('10dlc/Brand/', first)).status, 409, 'the profile has a brand');
    await rig.decide(id, 'rejected');
    assert.equal((await charged('brand_registration')).length, 1);
    await owes(BRAND_FEE - 1);
    const second = await request();
    const refused = await api.post('10dlc/Brand/', second);
    assert.deepEqual([refused.status, refused.body.error_code], [402, 'insufficient_credit']);
    await owes(BRAND_FEE);
    const later = await api.post('10dlc/Brand/', second);
    assert.equal(later.status, 200, 'nothing of the refused one was kept');
    assert.deepEqual(await charged('brand_registration'), [
      { micros: BRAND_FEE, detail: id },
      { micros: BRAND_FEE, detail: String(later.body.brand_id) },
    ]);
  });
});
