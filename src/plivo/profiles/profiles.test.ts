import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant, HOSTILE_TEXTS } from '../../../testkit/api-client.ts';
import { ComplianceRig, PROFILE } from '../../../testkit/compliance-rig.ts';

describe('profiles over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Shop');
  });
  after(() => rig.close());

  const listed = async (who: ApiClient, query = '') => {
    const { status, body } = await who.get(`Profile/?${query}`);
    assert.equal(status, 200, String(body.error));
    assert.ok(Array.isArray(body.profiles));
    return body.profiles;
  };

  it('an account has its primary one, which cannot be deleted', async () => {
    const [primary] = await listed(api);
    assert.deepEqual([primary.profile_type, primary.company_name, primary.primary_profile], ['PRIMARY', 'Shop', undefined]);
    const refused = await api.delete(`Profile/${primary.profile_uuid}/`);
    assert.deepEqual([refused.status, refused.body.error], [409, 'The primary profile cannot be deleted.']);
    assert.equal((await listed(api)).length, 1);
  });

  it('are created, shown, changed, listed and deleted', async () => {
    const who = await rig.tenant('Life');
    const created = await who.post('Profile/', { ...PROFILE, alt_business_id: '', plivo_subaccount: '', stock_symbol: '' });
    assert.deepEqual([created.status, created.body.message], [200, 'Profile created successfully.']);
    const id = String(created.body.profile_uuid);
    const [primary] = await listed(who, 'type=PRIMARY');
    const { profile } = (await who.get(`Profile/${id}/`)).body;
    assert.ok(typeof profile === 'object' && profile !== null);
    assert.deepEqual(
      { ...profile, created_at: '' },
      { ...PROFILE, profile_uuid: id, profile_type: 'SECONDARY', primary_profile: primary.profile_uuid, created_at: '' },
    );
    const updated = await who.post(`Profile/${id}/`, {
      company_name: 'Other Inc',
      website: '',
      unknown: 'x',
      address: { city: 'Dallas' },
      enable_caller_reputation: true,
      caller_reputation_carriers: ['AT&T', 'verizon'],
    });
    const changed = updated.body.profile;
    assert.ok(typeof changed === 'object' && changed !== null && 'company_name' in changed && 'website' in changed);
    assert.deepEqual([changed.company_name, changed.website], ['Other Inc', PROFILE.website]);
    assert.ok('caller_reputation_carriers' in changed && 'address' in changed);
    assert.deepEqual([changed.caller_reputation_carriers, changed.address], [['at&t', 'verizon'], { city: 'Dallas' }]);
    assert.deepEqual(
      (await listed(who, 'entity_type=PRIVATE&vertical=RETAIL')).map((one) => one.profile_uuid),
      [id],
    );
    assert.deepEqual(await listed(who, 'entity_type=PUBLIC'), []);
    const { meta } = (await who.get('Profile/?limit=1')).body;
    assert.deepEqual(meta, {
      limit: 1,
      offset: 0,
      next: `/v1/Account/${who.authId}/Profile/?limit=1&offset=1`,
      previous: null,
    });
    const deleted = await who.delete(`Profile/${id}/`, {});
    assert.deepEqual([deleted.status, deleted.body.message], [200, 'Profile deleted successfully.']);
    const gone = await who.get(`Profile/${id}/`);
    assert.deepEqual([gone.status, gone.body.error], [404, 'Profile not found.']);
    assert.deepEqual((await who.delete(`Profile/${id}/`)).body.error, 'Profile not found.');
  });

  it('keep of their caller reputation what an update does not name', async () => {
    const id = await rig.profile(api);
    const reputation = async (given: Record<string, unknown>) => {
      const { status, body } = await api.post(`Profile/${id}/`, given);
      assert.equal(status, 200, String(body.error));
      const stored = await rig.compliance.profiles.store.findWithin({ accountId: api.authId, subaccountId: undefined }, id);
      return stored?.facts.callerReputation;
    };
    assert.equal(await reputation({ company_name: 'Other Inc' }), undefined);
    const url = 'http://127.0.0.1:9/reputation';
    const first = await reputation({ enable_caller_reputation: true, caller_reputation_carriers: ['verizon'] });
    assert.deepEqual([first?.enabled, first?.carriers, first?.callback], [true, ['verizon'], undefined]);
    assert.deepEqual((await reputation({ url, method: 'GET' }))?.callback, { url, method: 'GET' });
    const last = await reputation({ caller_reputation_carriers: ['AT&T'] });
    assert.deepEqual([last?.enabled, last?.carriers, last?.callback?.url], [true, ['at&t'], url]);
    assert.deepEqual((await reputation({ enable_caller_reputation: false }))?.carriers, ['at&t']);
  });

  it('a deletion without its path segment, as one SDK sends it, is 404 and deletes nothing', async () => {
    const id = await rig.profile(api);
    assert.equal((await api.delete(`${id}/`, {})).status, 404);
    assert.equal((await api.get(`Profile/${id}/`)).status, 200);
  });

  it('name what is wrong, inside of objects too', async () => {
    for (const [given, named] of [
      [{ profile_alias: '' }, 'profile_alias'],
      [{ customer_type: 'FRIEND' }, 'customer_type'],
      [{ entity_type: 'PRIVATE_PROFIT' }, 'entity_type'],
      [{ vertical: 'BANKING' }, 'vertical'],
      [{ company_name: 'x'.repeat(101) }, 'company_name'],
      [{ ein: 'x'.repeat(101) }, 'ein'],
      [{ ein_issuing_country: 'USA' }, 'ein_issuing_country'],
      [{ entity_type: 'PUBLIC' }, 'stock_symbol'],
      [{ entity_type: 'PUBLIC', stock_symbol: 'SHOP' }, 'stock_exchange'],
      [{ stock_symbol: 'x'.repeat(11) }, 'stock_symbol'],
      [{ stock_exchange: 'MOON' }, 'stock_exchange'],
      [{ alt_business_id: 'x'.repeat(51) }, 'alt_business_id'],
      [{ alt_business_id_type: 'VAT' }, 'alt_business_id_type'],
      [{ website: 'x'.repeat(101) }, 'website'],
      [{ plivo_subaccount: 'x'.repeat(21) }, 'plivo_subaccount'],
      [{ business_contact_email: 'nobody' }, 'business_contact_email'],
      [{ doing_business_as: 'x'.repeat(101) }, 'doing_business_as'],
      [{ address: 'Main St' }, 'address'],
      [{ address: { street: 'x'.repeat(101) } }, 'address.street'],
      [{ address: { city: 'x'.repeat(101) } }, 'address.city'],
      [{ address: { state: 'x'.repeat(21) } }, 'address.state'],
      [{ address: { postal_code: 'x'.repeat(11) } }, 'address.postal_code'],
      [{ address: { country: 'USA' } }, 'address.country'],
      [{ authorized_contact: { phone: '+1234567890123456' } }, 'authorized_contact.phone'],
      [{ authorized_contact: { email: 'x'.repeat(101) } }, 'authorized_contact.email'],
    ] as const) {
      const { status, body } = await api.post('Profile/', { ...PROFILE, ...given });
      assert.equal(status, 400, named);
      assert.ok(String(body.error).startsWith(`${named} parameter`), `${named}: ${body.error}`);
    }
    const id = await rig.profile(api);
    for (const given of [{ caller_reputation_carriers: ['sprint'], enable_caller_reputation: true }, { entity_type: 'PUBLIC' }]) {
      assert.equal((await api.post(`Profile/${id}/`, given)).status, 400);
    }
    assert.equal((await api.post('Profile/', { ...PROFILE, address: {}, authorized_contact: {} })).status, 200);
  });

  it('take any text, or refuse it', async () => {
    for (const text of HOSTILE_TEXTS) {
      const { status, body } = await api.post('Profile/', { ...PROFILE, profile_alias: text, company_name: text });
      assert.ok(status === 200 || status === 400, `${text}: ${status} ${body.error}`);
      assert.ok([404, 400].includes((await api.get(`Profile/${encodeURIComponent(text)}/`)).status));
    }
  });

  it('of a subaccount are its own, and the main account sees them', async () => {
    const sub = await createSubtenant(rig.fixture, api, 'Branch');
    const theirs = await rig.profile(sub);
    assert.deepEqual(
      (await listed(sub)).map((one) => one.profile_uuid),
      [theirs],
    );
    assert.equal((await api.get(`Profile/${theirs}/`)).status, 200);
    assert.equal((await sub.get(`Profile/${await rig.profile(api)}/`)).status, 404);
  });
});
