import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../../../testkit/api-client.ts';
import { CAMPAIGN, ComplianceRig, PROFILE } from '../../../testkit/compliance-rig.ts';

/** The lists of the reference, written out once more: a value that gets lost in ours is missed here. */
const ENTITY_TYPES = ['PRIVATE', 'NON_PROFIT', 'GOVERNMENT', 'INDIVIDUAL'];
const VERTICALS =
  'PROFESSIONAL REAL_ESTATE HEALTHCARE HUMAN_RESOURCES ENERGY ENTERTAINMENT RETAIL TRANSPORTATION AGRICULTURE INSURANCE POSTAL EDUCATION HOSPITALITY FINANCIAL POLITICAL GAMBLING LEGAL CONSTRUCTION NGO MANUFACTURING GOVERNMENT TECHNOLOGY COMMUNICATION'.split(
    ' ',
  );
const STOCK_EXCHANGES =
  'NASDAQ NYSE AMEX AMX ASX B3 BME BSE FRA ICEX JPX JSE KRX LON NSE OMX SEHK SGX SSE STO SWX SZSE TSX TWSE VSE OTHER'.split(' ');
const USES =
  '2FA ACCOUNT_NOTIFICATION CUSTOMER_CARE DELIVERY_NOTIFICATION FRAUD_ALERT HIGHER_EDUCATION MARKETING POLLING_VOTING PUBLIC_SERVICE_ANNOUNCEMENT SECURITY_ALERT'.split(
    ' ',
  );
const OPTIN_TYPES = ['VERBAL', 'WEB_FORM', 'PAPER_FORM', 'VIA_TEXT', 'MOBILE_QR_CODE'];
const VOLUMES = '1,000 10,000 100,000 250,000 500,000 750,000 1,000,000 5,000,000 10,000,000+ 10 100'.split(' ');
const PROOFS = ['national_id', 'passport', 'business_id', 'NIF', 'NIE', 'DNI', 'others'];

describe('every value of the documented lists, and every text of the documented length, is taken', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Values');
  });
  after(() => rig.close());

  const accepted = async (path: string, body: Record<string, unknown>, expected = 200) => {
    const reply = await api.post(path, body);
    assert.equal(reply.status, expected, `${JSON.stringify(body).slice(0, 200)}: ${reply.body.error}`);
    return reply.body;
  };

  it('of a profile', async () => {
    assert.deepEqual([VERTICALS.length, STOCK_EXCHANGES.length], [23, 26]);
    for (const entity_type of ENTITY_TYPES) await accepted('Profile/', { ...PROFILE, entity_type });
    for (const vertical of VERTICALS) await accepted('Profile/', { ...PROFILE, vertical });
    for (const stock_exchange of STOCK_EXCHANGES)
      await accepted('Profile/', { ...PROFILE, entity_type: 'PUBLIC', stock_symbol: 'SHOP', stock_exchange });
    for (const alt_business_id_type of ['DUNS', 'LEI', 'GIIN', 'NONE', ''])
      await accepted('Profile/', { ...PROFILE, alt_business_id_type });
    for (const customer_type of ['DIRECT', 'RESELLER']) await accepted('Profile/', { ...PROFILE, customer_type });
    const x = (length: number) => 'x'.repeat(length);
    const made = await accepted('Profile/', {
      ...PROFILE,
      company_name: x(100),
      ein: x(100),
      stock_symbol: x(10),
      alt_business_id: x(50),
      website: x(100),
      doing_business_as: x(100),
      business_contact_email: `${x(249)}@a.com`,
      address: { street: x(100), city: x(100), state: x(20), postal_code: x(10), country: 'US' },
      authorized_contact: { ...PROFILE.authorized_contact, phone: '+141555501234567', email: x(100), seniority: 'anything' },
    });
    const { profile } = (await api.get(`Profile/${made.profile_uuid}/`)).body;
    assert.ok(typeof profile === 'object' && profile !== null && 'address' in profile && 'company_name' in profile);
    assert.deepEqual(
      [profile.company_name, profile.address],
      [x(100), { street: x(100), city: x(100), state: x(20), postal_code: x(10), country: 'US' }],
    );
  });

  it('of a campaign', async () => {
    assert.equal(USES.length, 10);
    const brand_id = await rig.brand(api);
    const campaign = { ...CAMPAIGN, brand_id };
    for (const usecase of USES) await accepted('10dlc/Campaign/', { ...campaign, usecase });
    for (const usecase of ['MIXED', 'LOW_VOLUME']) {
      await accepted('10dlc/Campaign/', { ...campaign, usecase, sub_usecases: USES.slice(0, 5) });
      await accepted('10dlc/Campaign/', { ...campaign, usecase, sub_usecases: USES.slice(5) });
      const six = await api.post('10dlc/Campaign/', { ...campaign, usecase, sub_usecases: USES.slice(0, 6) });
      assert.equal(six.status, 400);
    }
    const starter = await rig.brand(api, { brand_type: 'STARTER' });
    await accepted('10dlc/Campaign/', { ...campaign, brand_id: starter, usecase: 'STARTER', sub_usecases: USES.slice(0, 2) });
    const other = await api.post('10dlc/Campaign/', { ...campaign, brand_id: starter });
    assert.deepEqual([other.status, /STARTER is expected/.test(String(other.body.error))], [400, true]);
    await accepted('10dlc/Campaign/', {
      ...campaign,
      description: 'x'.repeat(40),
      sample1: 'x'.repeat(20),
      sample2: 'x'.repeat(20),
      sample_3: 'three',
      sample4: 'four',
      sample_5: 'five',
      message_flow: 'x'.repeat(40),
      help_message: 'x'.repeat(20),
      optout_message: 'x'.repeat(20),
      optin_message: 'x'.repeat(20),
      optin_keywords: 'START,YES',
      optout_keywords: 'STOP',
      help_keywords: 'HELP,INFO',
      url: 'https://app.example/campaign',
      method: 'GET',
    });
  });

  it('of a toll-free verification', async () => {
    const profile_uuid = await rig.profile(api);
    const given = async (more: Record<string, unknown>) => ({
      profile_uuid,
      number: await rig.number(api, 'tollfree'),
      usecase: '2FA',
      usecase_summary: 'x'.repeat(500),
      message_sample: 'x'.repeat(1_000),
      optin_image_url: 'https://a.example/1.png, https://a.example/2.png',
      optin_type: 'VERBAL',
      volume: '10',
      additional_information: 'x'.repeat(500),
      extra_data: 'x'.repeat(100),
      ...more,
    });
    const verify = async (more: Record<string, unknown>) => accepted('TollfreeVerification/', await given(more), 201);
    await verify({ usecase: USES.join(',') });
    for (const optin_type of OPTIN_TYPES) await verify({ optin_type });
    for (const volume of VOLUMES) await verify({ volume });
    const one = await verify({ callback_url: 'https://app.example/tfv', callback_method: 'GET' });
    const { body } = await api.get(`TollfreeVerification/${one.uuid}/`);
    assert.deepEqual([body.optin_image_url, body.callback_method], ['https://a.example/1.png,https://a.example/2.png', 'GET']);
  });

  it('of an address', async () => {
    for (const address_proof_type of PROOFS) {
      for (const salutation of ['Mr', 'Ms']) {
        await accepted(
          'Verification/Address/',
          {
            country_iso: 'FR',
            salutation,
            first_name: 'Ana',
            last_name: 'Lopez',
            address_line1: '1 rue de la Paix',
            address_line2: '-',
            city: 'Paris',
            region: 'IDF',
            postal_code: '75002',
            address_proof_type,
          },
          201,
        );
      }
    }
  });
});
