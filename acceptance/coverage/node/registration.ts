import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import type { SdkObject } from '../../sdk.ts';
import {
  assertGone,
  assertNotFound,
  becomes,
  client,
  file,
  itemsOf,
  NUMBER_3,
  RFC_3339,
  run,
  TOLL_FREE,
  UUID,
  web,
} from './surroundings.ts';
import { A, given, step } from './walk.ts';

const LONG = 'A text that is long enough for every minimum that campaigns have.';
const ADDRESS = { street: '1 Main St', city: 'Austin', state: 'TX', postal_code: '78701', country: 'US' };
const CONTACT = { first_name: 'Ana', last_name: 'Lopez', phone: '14155550100', email: 'a@example.com', title: 'Ms' };

async function createProfile(company: string): Promise<string> {
  const who = [`node ${run}`, '', 'DIRECT', 'PRIVATE', company, '12-345', 'RETAIL', 'US', '', '', 'NONE'];
  return String((await client.profile.create(...who, 'example.com', ADDRESS, CONTACT, '', '')).profileUuid);
}

/** Profiles, brands, campaigns, toll-free verifications, hosted numbers. */
export async function walkRegistration(): Promise<void> {
  const profileId = await step(`POST ${A}/Profile/`, async () => {
    const id = await createProfile('Corner Shop');
    assert.match(id, UUID);
    return id;
  });
  await step(`GET ${A}/Profile/{profile_uuid}/`, async () => {
    const profile = record((await client.profile.get(given(profileId, 'profile'))).profile);
    assert.deepEqual([profile.profileUuid, profile.companyName, profile.customerType], [profileId, 'Corner Shop', 'DIRECT']);
    assert.equal(record(profile.address).city, 'Austin');
    assert.equal(record(profile.authorizedContact).firstName, 'Ana');
  });
  await step(`GET ${A}/Profile/`, async () => {
    const all = await client.profile.list({ limit: 20, offset: 0 });
    assert.ok(list(all.profiles).length >= 1);
    assert.equal(typeof record(all.meta).limit, 'number');
  });
  await step(`POST ${A}/Profile/{profile_uuid}/`, async () => {
    const changed = await client.profile.update(given(profileId, 'profile'), { company_name: 'Other', website: '' });
    assert.equal(record(changed.profile).companyName, 'Other');
  });
  await walkBrands(profileId);
  await walkTollFree(profileId);
  await step(`DELETE ${A}/Profile/{profile_uuid}/`, async () => {
    await client.profile.delete(given(profileId, 'profile'));
    await assertNotFound(client.profile.get(given(profileId, 'profile')));
  });
  await walkHosted();
}

async function walkBrands(profileId: string | undefined): Promise<void> {
  const id = await step(`POST ${A}/10dlc/Brand/`, async () => {
    const profile = given(profileId, 'profile');
    const made = await client.brand.create(`node ${run}`, profile, 'STANDARD', true, { url: '', method: 'POST' });
    assert.equal(typeof made.brand_id, 'string', JSON.stringify(made));
    return String(made.brand_id);
  });
  const brand = async () => record((await client.brand.get(given(id, 'brand'))).brand);
  await step(`GET ${A}/10dlc/Brand/{brand_id}/`, async () => {
    await becomes('the brand', 'COMPLETED', async () => (await brand()).registrationStatus);
    const { brandId, brandAlias, brandType, profileUuid } = await brand();
    assert.deepEqual([brandId, brandAlias, brandType, profileUuid], [id, `node ${run}`, 'STANDARD', profileId]);
  });
  await step(`GET ${A}/10dlc/Brand/`, async () => {
    const { brands, meta } = await client.brand.list({ type: 'STANDARD', status: 'COMPLETED', limit: 20 });
    assert.ok(list(brands).some((one) => (one.brandId ?? one.brand_id) === given(id, 'brand')));
    assert.equal(typeof record(meta).limit, 'number');
  });
  await step(`GET ${A}/10dlc/Brand/{brand_id}/usecases/`, async () => {
    const cases = list((await client.brand.get_usecases(given(id, 'brand'))).useCases);
    assert.ok(cases.length > 5);
    assert.equal(typeof cases[0]?.name, 'string');
  });
  await step(`POST ${A}/10dlc/Brand/{brand_id}/OTP/`, async () => {
    const starter = await client.brand.create(`#wait ${run}`, await createProfile('Other Shop'), 'STARTER', false);
    const starterId = String(starter.brand_id);
    const sent = await client.brand.trigger_otp(starterId);
    assert.match(JSON.stringify(sent), new RegExp(starterId));
  });
  await walkCampaigns(id);
  await step(`DELETE ${A}/10dlc/Brand/{brand_id}/`, async () => {
    const ended = await client.brand.deleteBrand(given(id, 'brand'));
    assert.equal(ended.message, 'Brand Deactivated');
    await assertNotFound(client.brand.get(given(id, 'brand')));
  });
}

async function walkCampaigns(brandId: string | undefined): Promise<void> {
  const create = async (description: string): Promise<SdkObject> => {
    const what = [given(brandId, 'brand'), `node ${run}`, 'RETAIL', 'MIXED', ['2FA', 'MARKETING'], description];
    const flags = [false, false, false, false, true, true, true, false];
    const samples = [LONG, LONG, LONG, LONG, LONG];
    return await client.campaign.create(...what, ...flags, ...samples, LONG, LONG, LONG, '', '');
  };
  const shown = async (id: string) => record((await client.campaign.get(id)).campaign);
  const id = await step(`POST ${A}/10dlc/Campaign/`, async () => {
    const made = await create(LONG);
    assert.match(String(made.campaignId), /^C/);
    return String(made.campaignId);
  });
  await step(`GET ${A}/10dlc/Campaign/{campaign_id}/`, async () => {
    const which = given(id, 'campaign');
    await becomes('the campaign', 'ACTIVE', async () => (await shown(which)).registrationStatus);
    const campaign = await shown(which);
    assert.deepEqual([campaign.campaignId, campaign.usecase, campaign.subUsecase], [which, 'MIXED', '2FA,MARKETING']);
    assert.deepEqual([campaign.sample1, campaign.sample5], [LONG, LONG]);
  });
  await step(`GET ${A}/10dlc/Campaign/`, async () => {
    const { campaigns, meta } = await client.campaign.list({ brand_id: given(brandId, 'brand'), limit: 20 });
    assert.ok(list(campaigns).some((one) => (one.campaignId ?? one.campaign_id) === given(id, 'campaign')));
    assert.equal(typeof record(meta).limit, 'number');
  });
  await step(`POST ${A}/10dlc/Campaign/{campaign_id}/`, async () => {
    const declined = String((await create(`${LONG} #reject:1001`)).campaignId);
    const status = async () => (await shown(declined)).registrationStatus;
    await becomes('the campaign', 'FAILED', status);
    const nothing: string[] = Array(14).fill('');
    await client.campaign.update(declined, '', LONG, ...nothing);
    await becomes('the campaign', 'ACTIVE', status);
    await client.campaign.deleteCampaign(declined);
  });
  await step(`POST ${A}/10dlc/Campaign/Import/`, async () => {
    const imported = await client.campaign.import_campaign(`CN${run.toUpperCase()}`, `shared ${run}`);
    assert.equal(imported.campaignId, `CN${run.toUpperCase()}`);
  });
  await walkCampaignNumbers(id);
  await step(`DELETE ${A}/10dlc/Campaign/{campaign_id}/`, async () => {
    const ended = await client.campaign.deleteCampaign(given(id, 'campaign'));
    assert.equal(ended.message, 'Campaign Deactivated');
    await assertNotFound(client.campaign.get(given(id, 'campaign')));
  });
}

async function walkCampaignNumbers(id: string | undefined): Promise<void> {
  const linked = async () => list((await client.campaign.listNumber(given(id, 'campaign'), { limit: 5 })).phoneNumbers);
  await step(`POST ${A}/10dlc/Campaign/{campaign_id}/Number/`, async () => {
    const answer = await client.campaign.linkNumber(given(id, 'campaign'), [NUMBER_3], {
      url: web('/webhook/link'),
      method: 'POST',
    });
    assert.match(JSON.stringify(answer), /Request to link/i);
  });
  await step(`GET ${A}/10dlc/Campaign/{campaign_id}/Number/`, async () => {
    await becomes('the number', 'COMPLETED', async () => (await linked())[0]?.status);
    assert.equal((await linked())[0]?.number, NUMBER_3);
  });
  await step(`GET ${A}/10dlc/Campaign/{campaign_id}/Number/{number}/`, async () => {
    const [one] = list((await client.campaign.getNumber(given(id, 'campaign'), NUMBER_3)).phoneNumbers);
    assert.deepEqual([one?.number, one?.status], [NUMBER_3, 'COMPLETED']);
  });
  await step(`DELETE ${A}/10dlc/Campaign/{campaign_id}/Number/{number}/`, async () => {
    await client.campaign.unlinkNumber(given(id, 'campaign'), NUMBER_3);
    await becomes('the number', 'gone', async () => (await linked())[0]?.status ?? 'gone');
  });
}

async function walkTollFree(profileId: string | undefined): Promise<void> {
  const id = await step(`POST ${A}/TollfreeVerification/`, async () => {
    const made = await client.tollfreeVerification.create({
      profile_uuid: given(profileId, 'profile'),
      number: TOLL_FREE,
      usecase: '2FA',
      usecase_summary: 'Codes',
      message_sample: 'Your code is 1',
      optin_image_url: 'https://example.com/a.png',
      optin_type: 'VERBAL',
      volume: '1,000',
      additional_information: '#update',
    });
    assert.match(String(made.uuid), UUID);
    return String(made.uuid);
  });
  const get = () => client.tollfreeVerification.get(given(id, 'verification'));
  await step(`GET ${A}/TollfreeVerification/{tollfree_verification_uuid}/`, async () => {
    await becomes('the verification', 'UPDATE_REQUIRED', async () => (await get()).status);
    const one = await get();
    assert.deepEqual([one.uuid, one.number, one.usecase, one.volume], [id, TOLL_FREE, '2FA', '1,000']);
    assert.match(String(one.created), RFC_3339);
  });
  await step(`GET ${A}/TollfreeVerification/`, async () => {
    const all = await client.tollfreeVerification.list({ number: TOLL_FREE, limit: 5 });
    assert.deepEqual(
      all.map(({ uuid }) => uuid),
      [given(id, 'verification')],
    );
  });
  await step(`POST ${A}/TollfreeVerification/{tollfree_verification_uuid}/`, async () => {
    await client.tollfreeVerification.update(given(id, 'verification'), { additional_information: '#wait', volume: '10,000' });
    assert.equal((await get()).volume, '10,000');
  });
  await step(`DELETE ${A}/TollfreeVerification/{tollfree_verification_uuid}/`, async () => {
    await client.tollfreeVerification.delete(given(id, 'verification'));
    await assertNotFound(get());
  });
}

async function walkHosted(): Promise<void> {
  const loa = `${A}/HostedMessagingNumber/LOA`;
  const loaId = await step(`POST ${loa}/`, async () => {
    const made = await client.loa.create({ alias: `node ${run}`, file: file('letter.pdf') });
    assert.match(String(made.loaId), UUID);
    return String(made.loaId);
  });
  await step(`GET ${loa}/{loa_id}/`, async () => {
    const one = await client.loa.get(given(loaId, 'letter'));
    assert.deepEqual([one.alias, one.loaId], [`node ${run}`, loaId]);
  });
  await step(`GET ${loa}/`, async () => {
    const [one] = itemsOf(await client.loa.list({ alias: `node ${run}` }));
    assert.equal(one?.loaId ?? one?.loa_id, given(loaId, 'letter'));
  });
  const number = `1415556${String(Number.parseInt(run, 16) % 10_000).padStart(4, '0')}`;
  const hosted = await step(`POST ${A}/HostedMessagingNumber/`, async () => {
    const app = await client.applications.create(`hosting-${run}`, { answerUrl: web('/xml/wait') });
    const made = await client.hostedMessagingNumber.create({
      alias: `node ${run}`,
      applicationId: String(app.appId),
      loaId: given(loaId, 'letter'),
      number,
    });
    assert.match(String(made.hostedMessagingNumberId), UUID);
    return String(made.hostedMessagingNumberId);
  });
  const one = () => client.hostedMessagingNumber.get(given(hosted, 'hosted number'));
  await step(`GET ${A}/HostedMessagingNumber/{hosted_messaging_number_id}/`, async () => {
    await becomes('the number', 'active', async () => (await one()).hostedStatus);
    assert.deepEqual([(await one()).number, (await one()).alias], [number, `node ${run}`]);
  });
  await step(`GET ${A}/HostedMessagingNumber/`, async () => {
    const [found] = itemsOf(await client.hostedMessagingNumber.list({ loaId: given(loaId, 'letter') }));
    assert.equal(found?.hostedMessagingNumberId ?? found?.hosted_messaging_number_id, given(hosted, 'hosted number'));
  });
  if (hosted !== undefined) await client.numbers.unrent(number);
  await step(`DELETE ${loa}/{loa_id}/`, async () => {
    const spare = String((await client.loa.create({ alias: `spare ${run}`, file: file('letter.pdf') })).loaId);
    assertGone(await client.loa.delete(spare));
    await assertNotFound(client.loa.get(spare));
  });
}
