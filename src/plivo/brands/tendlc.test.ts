import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../../../testkit/api-client.ts';
import { CAMPAIGN, ComplianceRig, PROFILE } from '../../../testkit/compliance-rig.ts';

const CALLBACK = 'http://127.0.0.1:9/tendlc';

describe('brands, campaigns and their numbers over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Shop');
  });
  after(() => rig.close());

  it('a brand is registered from a profile, vetted, shown and deactivated', async () => {
    const url = `${CALLBACK}/brand`;
    const profile = await rig.profile(api);
    const created = await api.post('10dlc/Brand/', {
      profile_uuid: profile,
      brand_alias: 'Corner',
      brand_type: 'STANDARD',
      secondary_vetting: 'true',
      business_contact_email: '',
      url,
    });
    assert.equal(created.status, 200, String(created.body.error));
    assert.equal(created.body.message, 'Request to create brand was received and is being processed.');
    const id = String(created.body.brand_id);
    assert.match(id, /^B[A-Z0-9]{6}$/);
    const processing = (await api.get(`10dlc/Brand/${id}/`)).body.brand;
    assert.ok(typeof processing === 'object' && processing !== null && 'registration_status' in processing);
    assert.equal(processing.registration_status, 'PROCESSING');
    assert.equal((await api.delete(`10dlc/Brand/${id}/`)).status, 409);
    assert.equal((await api.delete(`Profile/${profile}/`)).status, 409);
    await rig.decide(id, { outcome: 'approved', vettingScore: 82 });
    const { brand } = (await api.get(`10dlc/Brand/${id}/`)).body;
    assert.ok(typeof brand === 'object' && brand !== null && 'created_at' in brand);
    assert.match(String(brand.created_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.deepEqual(
      { ...brand, created_at: '' },
      {
        brand_id: id,
        brand_alias: 'Corner',
        brand_type: 'STANDARD',
        profile_uuid: profile,
        registration_status: 'COMPLETED',
        vetting_status: 'ACTIVE',
        vetting_score: 82,
        entity_type: 'PRIVATE',
        company_name: 'Corner Shop Inc',
        name: 'Corner Shop Inc',
        first_name: 'Ana',
        last_name: 'Lopez',
        vertical: 'RETAIL',
        ein: '12-3456789',
        ein_issuing_country: 'US',
        website: 'https://shop.example.com',
        address: PROFILE.address,
        authorized_contact: PROFILE.authorized_contact,
        created_at: '',
      },
    );
    assert.deepEqual(
      (await rig.told(url)).map(({ type, status, brand_id }) => [type, status, brand_id]),
      [
        ['brand', 'created', id],
        ['brand', 'registered', id],
      ],
    );
    assert.equal((await api.post('10dlc/Brand/', { profile_uuid: profile, brand_alias: 'Again' })).status, 409);
    const deleted = await api.delete(`10dlc/Brand/${id}/`);
    assert.deepEqual([deleted.status, deleted.body.brand_id, deleted.body.message], [200, id, 'Brand Deactivated']);
    assert.equal((await api.get(`10dlc/Brand/${id}/`)).status, 404);
  });

  it('a declined brand says why', async () => {
    const created = await api.post('10dlc/Brand/', { profile_uuid: await rig.profile(api), brand_alias: 'Starter' });
    const id = String(created.body.brand_id);
    const otp = await api.post(`10dlc/Brand/${id}/OTP/`);
    assert.deepEqual([otp.status, otp.body.brand_id], [200, id]);
    assert.equal(typeof (await rig.openCase(id)).facts.otpRequestedAt, 'string');
    assert.equal((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: '000000' })).status, 400);
    await rig.decide(id, { outcome: 'rejected', code: 'EIN', reason: 'The EIN belongs to somebody else' });
    const { brand } = (await api.get(`10dlc/Brand/${id}/`)).body;
    assert.ok(typeof brand === 'object' && brand !== null && 'declined_reasons' in brand && 'vetting_score' in brand);
    assert.deepEqual(brand.declined_reasons, [{ code: 'EIN', message: 'The EIN belongs to somebody else' }]);
    assert.equal(brand.vetting_score, 0);
    assert.equal((await api.post(`10dlc/Brand/${id}/OTP/`)).status, 409);
    for (const query of ['status=FAILED', 'registration_status=FAILED', 'Status=FAILED&Type=']) {
      const { brands, meta } = (await api.get(`10dlc/Brand/?${query}`)).body;
      assert.ok(Array.isArray(brands) && typeof meta === 'object' && meta !== null && 'total_count' in meta);
      assert.deepEqual([brands.map((one) => one.brand_id), meta.total_count], [[id], 1], query);
    }
    const usecases = (await api.get(`10dlc/Brand/${id}/usecases/`)).body.use_cases;
    assert.ok(Array.isArray(usecases));
    assert.deepEqual(
      usecases.map(({ code }) => code),
      ['STARTER'],
    );
  });

  it('a brand needs a profile, and a STANDARD one an EIN', async () => {
    const none = await api.post('10dlc/Brand/', { profile_uuid: '019bb0b0-0000-7000-8000-000000000001', brand_alias: 'x' });
    assert.deepEqual([none.status, none.body.error], [404, 'Profile not found.']);
    const bare = await rig.profile(api, { ein: '' });
    const refused = await api.post('10dlc/Brand/', { profile_uuid: bare, brand_alias: 'x', brand_type: 'STANDARD' });
    assert.deepEqual([refused.status, refused.body.error_code], [400, 'invalid_parameter']);
    assert.equal((await api.post('10dlc/Brand/', { profile_uuid: bare, brand_alias: 'x', brand_type: 'GOLD' })).status, 400);
  });

  it('a campaign is registered, read by strict clients, declined, changed and submitted again', async () => {
    const url = `${CALLBACK}/campaign`;
    const brandId = await rig.brand(api);
    const created = await api.post('10dlc/Campaign/', {
      ...CAMPAIGN,
      brand_id: brandId,
      ' reseller_id': 'R1',
      sample_3: 'third',
      url,
    });
    const id = String(created.body.campaign_id);
    assert.match(id, /^C[A-Z0-9]{6}$/);
    const before = (await api.get(`10dlc/Campaign/${id}/`)).body.campaign;
    assert.ok(typeof before === 'object' && before !== null && 'mno_metadata' in before && 'reseller_id' in before);
    assert.deepEqual([before.mno_metadata, before.reseller_id], [{}, 'R1']);
    await rig.decide(id, { outcome: 'rejected', code: '1003' });
    const failed = (await api.get(`10dlc/Campaign/${id}/`)).body.campaign;
    assert.ok(typeof failed === 'object' && failed !== null && 'error_code' in failed && 'error_reason' in failed);
    assert.deepEqual([failed.error_code, failed.error_reason], ['1003', 'Direct lending']);
    const updated = await api.post(`10dlc/Campaign/${id}/`, {
      description: '',
      sample2: 'A better second sample for you.',
      help_message: '',
    });
    assert.equal(updated.status, 200, String(updated.body.error));
    assert.equal((await api.post(`10dlc/Campaign/${id}/`, { sample1: 'Not while it is processed.' })).status, 409);
    await rig.decide(id);
    const { campaign } = (await api.get(`10dlc/Campaign/${id}/`)).body;
    assert.ok(typeof campaign === 'object' && campaign !== null && 'mno_metadata' in campaign);
    assert.deepEqual(
      { ...campaign, created_at: '' },
      {
        campaign_id: id,
        brand_id: brandId,
        campaign_alias: 'Offers',
        registration_status: 'ACTIVE',
        reseller_id: 'R1',
        usecase: 'MARKETING',
        vertical: 'RETAIL',
        campaign_source: 'plivo',
        description: CAMPAIGN.description,
        sample1: CAMPAIGN.sample1,
        sample2: 'A better second sample for you.',
        sample3: 'third',
        message_flow: CAMPAIGN.message_flow,
        help_message: CAMPAIGN.help_message,
        optout_message: CAMPAIGN.optout_message,
        campaign_attributes: {
          embedded_link: false,
          embedded_phone: false,
          age_gated: false,
          direct_lending: false,
          subscriber_optin: true,
          subscriber_optout: true,
          subscriber_help: true,
          affiliate_marketing: false,
        },
        mno_metadata: {
          'AT&T': { tpm: 4500 },
          'T-Mobile': { brand_tier: 'TOP' },
          'US Cellular': { tpm: 4500 },
          'Verizon Wireless': { tpm: 4500 },
        },
        created_at: '',
      },
    );
    assert.deepEqual(
      (await rig.told(url)).map(({ status }) => status),
      ['created', 'rejected', 'registered'],
    );
    for (const query of ['registration_status=Active', `brand_id=${brandId}`, 'usecase=MARKETING&campaign_source=plivo']) {
      const { campaigns } = (await api.get(`10dlc/Campaign/?${query}`)).body;
      assert.ok(Array.isArray(campaigns) && campaigns.some((one) => one.campaign_id === id), query);
    }
    assert.equal((await api.delete(`10dlc/Brand/${brandId}/`)).status, 409);
  });

  it('a mixed campaign says its uses, and every minimum length holds', async () => {
    const brandId = await rig.brand(api);
    const create = (given: Record<string, unknown>) => api.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: brandId, ...given });
    for (const [given, named] of [
      [{ usecase: 'MIXED', sub_usecases: [] }, 'sub_usecases'],
      [{ usecase: 'MIXED', sub_usecases: ['2FA'] }, 'sub_usecases'],
      [{ usecase: 'MIXED', sub_usecases: ['2FA', 'STARTER'] }, 'sub_usecases'],
      [{ usecase: 'STARTER', sub_usecases: ['2FA', 'MARKETING'] }, 'usecase'],
      [{ vertical: 'BANKING' }, 'vertical'],
      [{ description: 'x'.repeat(39) }, 'description'],
      [{ sample1: 'x'.repeat(19) }, 'sample1'],
      [{ sample2: 'x'.repeat(19) }, 'sample2'],
      [{ message_flow: 'x'.repeat(39) }, 'message_flow'],
      [{ help_message: 'x'.repeat(19) }, 'help_message'],
      [{ optout_message: 'x'.repeat(19) }, 'optout_message'],
      [{ optin_message: 'x'.repeat(19) }, 'optin_message'],
      [{ optin_keywords: 'start, go' }, 'optin_keywords'],
      [{ subscriber_help: false }, 'subscriber_help'],
      [{ subscriber_optin: undefined }, 'subscriber_optin'],
      [{ url: 'nowhere' }, 'url'],
      [{ method: 'PUT' }, 'method'],
    ] as const) {
      const { status, body } = await create(given);
      assert.equal(status, 400, named);
      assert.ok(String(body.error).startsWith(`${named} parameter`), `${named}: ${body.error}`);
    }
    const { body } = await create({ usecase: 'MIXED', sub_usecases: ['2FA', 'MARKETING'] });
    await rig.decide(String(body.campaign_id));
    const { campaign } = (await api.get(`10dlc/Campaign/${body.campaign_id}/`)).body;
    assert.ok(typeof campaign === 'object' && campaign !== null && 'sub_usecase' in campaign);
    assert.equal(campaign.sub_usecase, '2FA,MARKETING');
  });

  it('a campaign that was registered elsewhere is imported once', async () => {
    const imported = await api.post('10dlc/Campaign/Import/', { campaign_id: 'CSHARED', campaign_alias: 'Shared', url: '' });
    assert.equal(imported.body.message, 'Request to import campaign was received and is being processed.');
    assert.equal((await api.post('10dlc/Campaign/Import/', { campaign_id: 'CSHARED', campaign_alias: 'Shared' })).status, 409);
    await rig.decide('CSHARED');
    const { campaigns } = (await api.get('10dlc/Campaign/?campaign_source=shared')).body;
    assert.ok(Array.isArray(campaigns));
    assert.deepEqual(
      campaigns.map((one) => [one.campaign_id, one.registration_status]),
      [['CSHARED', 'ACTIVE']],
    );
    const deleted = await api.delete('10dlc/Campaign/CSHARED/');
    assert.deepEqual([deleted.status, deleted.body.message], [200, 'Campaign Deactivated']);
  });

  it('numbers are linked, shown at the number, and unlinked', async () => {
    const url = `${CALLBACK}/link`;
    const id = await rig.campaign(api);
    const number = await rig.number(api);
    const link = await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [`+${number}`], url });
    assert.deepEqual(
      [link.status, link.body.message],
      [200, `Request to link ${number} to campaign ${id} was received and is being processed`],
    );
    const shown = async () => {
      const { body } = await api.get(`Number/${number}/`);
      return [body.tendlc_registration_status, body.tendlc_campaign_id];
    };
    assert.deepEqual(await shown(), ['PROCESSING', id]);
    assert.equal((await api.delete(`10dlc/Campaign/${id}/`)).status, 409);
    const again = await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [number] });
    assert.deepEqual([again.status, again.body.error], [400, `The number ${number} is already requested for linking`]);
    await rig.decide(number);
    assert.deepEqual(await shown(), ['COMPLETED', id]);
    const one = await api.get(`10dlc/Campaign/${id}/Number/${number}/`);
    assert.deepEqual(
      { ...one.body, api_id: '' },
      {
        api_id: '',
        campaign_id: id,
        campaign_alias: 'Offers',
        usecase: 'MARKETING',
        phone_numbers: [{ number, status: 'COMPLETED' }],
      },
    );
    const all = (await api.get(`10dlc/Campaign/${id}/Number/?limit=5`)).body;
    assert.deepEqual(all.phone_numbers_summary, { COMPLETED: 1, FAILED: 0, PROCESSING: 0 });
    assert.equal(all.number_pool_limit, 49);
    const unlink = await api.delete(`10dlc/Campaign/${id}/Number/${number}/?url=${encodeURIComponent(url)}`);
    assert.equal(unlink.body.message, `Request to unlink ${number} from campaign ${id} was received and is being processed`);
    assert.equal((await api.delete(`10dlc/Campaign/${id}/Number/${number}/`)).status, 409);
    await rig.decide(number, 'rejected');
    assert.deepEqual(await shown(), ['COMPLETED', id]);
    await api.delete(`10dlc/Campaign/${id}/Number/${number}/`, { url, method: 'POST' });
    await rig.decide(number);
    assert.deepEqual(await shown(), ['UNREGISTERED', null]);
    const gone = await api.get(`10dlc/Campaign/${id}/Number/${number}/`);
    assert.deepEqual([gone.status, gone.body.error], [404, `The number ${number} is not linked to this campaign`]);
    assert.deepEqual(
      (await rig.told(url)).map(({ type, status }) => `${type} ${status}`),
      [
        'number_linking created',
        'number_linking success',
        'number_unlinking created',
        'number_unlinking failed',
        'number_unlinking created',
        'number_unlinking success',
      ],
    );
  });

  it('only US long codes of the account can be linked, and only to an active campaign', async () => {
    const id = await rig.campaign(api);
    const stranger = await rig.tenant('Stranger');
    for (const number of ['abc', '14155559999', await rig.number(stranger), await rig.number(api, 'tollfree')]) {
      const { status, body } = await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [number] });
      assert.deepEqual([status, body.error], [400, `The number ${number} is not a valid number`]);
    }
    const waiting = await api.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: await rig.brand(api) });
    const early = await api.post(`10dlc/Campaign/${waiting.body.campaign_id}/Number/`, { numbers: [await rig.number(api)] });
    assert.equal(early.status, 409);
  });

  it('a number that could not be linked may be tried again or forgotten; one given up is unlinked', async () => {
    const id = await rig.campaign(api);
    const number = await rig.number(api);
    await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [number] });
    await rig.decide(number, 'rejected');
    assert.equal((await api.get(`Number/${number}/`)).body.tendlc_registration_status, 'UNREGISTERED');
    assert.equal((await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [number] })).status, 200);
    await rig.decide(number);
    assert.equal((await api.delete(`Number/${number}/`)).status, 204);
    assert.deepEqual((await api.get(`10dlc/Campaign/${id}/Number/`)).body.phone_numbers, []);
  });

  it('a campaign that ends takes the registration from its numbers', async () => {
    const [first, second] = [await rig.campaign(api), await rig.campaign(api)];
    for (const id of [first, second]) {
      const number = await rig.number(api);
      await api.post(`10dlc/Campaign/${id}/Number/`, { numbers: [number] });
      await rig.decide(number);
      if (id === first) assert.equal((await api.delete(`10dlc/Campaign/${id}/`)).status, 200);
      else assert.ok(await rig.compliance.campaigns.expire(id));
      assert.equal((await api.get(`Number/${number}/`)).body.tendlc_registration_status, 'UNREGISTERED');
    }
    const { campaigns } = (await api.get('10dlc/Campaign/?registration_status=EXPIRED')).body;
    assert.ok(Array.isArray(campaigns));
    assert.deepEqual(
      campaigns.map((one) => one.campaign_id),
      [second],
    );
  });

  it('an asynchronous request that runs twice registers one brand and one campaign', async () => {
    const { services } = rig.fixture;
    const { account } = rig.fixture;
    const scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
    const making = { scope, now: rig.fixture.clock.now(), idempotencyKey: services.ids.uuid() };
    const { compliance } = rig;
    const profile = await compliance.profiles.create(making, {
      alias: 'a',
      customerType: 'DIRECT',
      entityType: 'PRIVATE',
      companyName: 'a',
      vertical: 'RETAIL',
      ein: '1',
    });
    assert.equal((await compliance.profiles.create(making, profile.facts)).id, profile.id);
    const brand = { alias: 'a', brandType: 'STANDARD', profileId: profile.id, secondaryVetting: false } as const;
    const brandId = await compliance.brands.create(making, brand);
    assert.equal(await compliance.brands.create(making, brand), brandId);
    await rig.decide(brandId);
    const campaign = { source: 'plivo', brandId, usecase: 'MARKETING' } as const;
    const campaignId = await compliance.campaigns.create(making, campaign);
    assert.equal(await compliance.campaigns.create(making, campaign), campaignId);
  });
});
