import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { list, record } from './api.ts';
import { complianceFixture, INDIAN, LONG_CODE, TOLL_FREE } from './compliance-fixture.ts';
import { refusal, type SdkClient, type SdkObject, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { eventually } from './wait.ts';

const LONG = 'A text that is long enough for every minimum that campaigns have.';

describe('Node SDK: everything that is registered', () => {
  let target: Target;
  let client: SdkClient;
  let folder: string;
  let paper: string;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-compliance', config: complianceFixture });
    client = sdk(target);
    folder = await mkdtemp(join(tmpdir(), 'ringdown-papers-'));
    paper = join(folder, 'paper.pdf');
    await writeFile(paper, '%PDF-1.4\n');
  });
  after(async () => {
    await target?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const becomes = (what: string, wanted: string, look: () => Promise<unknown>) =>
    eventually(`${what} ${wanted}`, async () => ((await look()) === wanted ? true : undefined));
  const profileOf = async () => {
    const address = { street: '1 Main St', city: 'Austin', state: 'TX', postal_code: '78701', country: 'US' };
    const contact = { first_name: 'Ana', last_name: 'Lopez', phone: '14155550100', email: 'a@example.com', title: 'Ms' };
    const created = await client.profile.create(
      'Shop',
      '',
      'DIRECT',
      'PRIVATE',
      'Corner Shop',
      '12-345',
      'RETAIL',
      'US',
      '',
      '',
      'NONE',
      'example.com',
      address,
      contact,
      '',
      '',
    );
    return String(created.profileUuid);
  };

  it('profiles', async () => {
    const id = await profileOf();
    assert.equal(record((await client.profile.get(id)).profile).companyName, 'Corner Shop');
    assert.ok(list((await client.profile.list({ limit: 5, offset: 0 })).profiles).length >= 2);
    const updated = await client.profile.update(id, { company_name: 'Other', website: '', address: { city: 'Dallas' } });
    assert.equal(record(updated.profile).companyName, 'Other');
    await client.profile.delete(id);
    assert.equal((await refusal(client.profile.get(id))).status, 404);
  });

  it('brands, campaigns and numbers', async () => {
    const created = await client.brand.create('Corner', await profileOf(), 'STANDARD', true, { url: '', method: 'POST' });
    const brandId = String(created.brand_id);
    await becomes('the brand', 'COMPLETED', async () => record((await client.brand.get(brandId)).brand).registrationStatus);
    assert.ok(list((await client.brand.list({ type: 'STANDARD', status: 'COMPLETED' })).brands).length >= 1);
    assert.equal(list((await client.brand.get_usecases(brandId)).useCases).length, 12);
    assert.equal((await refusal(client.brand.trigger_otp(brandId))).status, 409);
    const campaign = await client.campaign.create(
      brandId,
      'Offers',
      'RETAIL',
      'MIXED',
      ['2FA', 'MARKETING'],
      LONG,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      false,
      LONG,
      LONG,
      LONG,
      LONG,
      LONG,
      LONG,
      LONG,
      LONG,
      '',
      '',
    );
    const id = String(campaign.campaignId);
    const shown = async () => record((await client.campaign.get(id)).campaign);
    await becomes('the campaign', 'ACTIVE', async () => (await shown()).registrationStatus);
    assert.equal((await shown()).subUsecase, '2FA,MARKETING');
    assert.equal((await shown()).sample5, LONG);
    assert.equal(list((await client.campaign.list({ brand_id: brandId })).campaigns).length, 1);
    assert.equal((await refusal(client.campaign.update(id, '', LONG))).status, 409);
    await client.campaign.linkNumber(id, [LONG_CODE], { url: '', method: 'POST' });
    const linked = async () => list((await client.campaign.listNumber(id, { limit: 5 })).phoneNumbers)[0]?.status;
    await becomes('the number', 'COMPLETED', linked);
    assert.equal(list((await client.campaign.getNumber(id, LONG_CODE)).phoneNumbers)[0]?.number, LONG_CODE);
    await client.campaign.unlinkNumber(id, LONG_CODE);
    await becomes('the number', 'gone', async () => (await linked()) ?? 'gone');
    assert.equal((await client.campaign.deleteCampaign(id)).message, 'Campaign Deactivated');
    const imported = await client.campaign.import_campaign('CIMPORT', 'Shared');
    assert.equal(imported.campaignId, 'CIMPORT');
    assert.equal((await client.brand.deleteBrand(brandId)).message, 'Brand Deactivated');
  });

  it('a declined campaign is changed and goes through', async () => {
    const brandId = String((await client.brand.create('B', await profileOf(), 'STANDARD', false)).brand_id);
    await becomes('the brand', 'COMPLETED', async () => record((await client.brand.get(brandId)).brand).registrationStatus);
    const campaign = await client.campaign.create(
      brandId,
      'C',
      'RETAIL',
      'MARKETING',
      [],
      `${LONG} #reject:1001`,
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      false,
      LONG,
      LONG,
      '',
      '',
      '',
      LONG,
      LONG,
      LONG,
      '',
      '',
    );
    const id = String(campaign.campaignId);
    const status = async () => record((await client.campaign.get(id)).campaign).registrationStatus;
    await becomes('the campaign', 'FAILED', status);
    assert.equal(record((await client.campaign.get(id)).campaign).errorCode, '1001');
    await client.campaign.update(id, '', LONG, '', '', '', '', '', '', '', '', '', '', '', '', '', '');
    await becomes('the campaign', 'ACTIVE', status);
  });

  it('toll-free verifications', async () => {
    const created = await client.tollfreeVerification.create({
      profile_uuid: await profileOf(),
      number: TOLL_FREE,
      usecase: '2FA',
      usecase_summary: 'Codes',
      message_sample: 'Your code is 1',
      optin_image_url: 'https://example.com/a.png',
      optin_type: 'VERBAL',
      volume: '1,000',
      additional_information: '#update',
    });
    const uuid = String(created.uuid);
    const get = () => client.tollfreeVerification.get(uuid);
    await becomes('the verification', 'UPDATE_REQUIRED', async () => (await get()).status);
    await client.tollfreeVerification.update(uuid, { additional_information: '#wait', volume: '10,000' });
    assert.equal((await get()).volume, '10,000');
    assert.ok((await client.tollfreeVerification.list({ number: TOLL_FREE, limit: 5 })).length === 1);
    await client.tollfreeVerification.delete(uuid);
    assert.equal((await refusal(get())).status, 404);
  });

  it('letters of authorization and hosted numbers', async () => {
    const letter = await client.loa.create({ alias: 'letter', file: paper });
    const loaId = String(letter.loaId);
    assert.equal((await client.loa.get(loaId)).alias, 'letter');
    assert.ok(list((await client.loa.list({ alias: 'letter' })).objects).length === 1);
    const app = await client.applications.create('hosting', { answerUrl: 'http://127.0.0.1:9/answer' });
    const hosted = await client.hostedMessagingNumber.create({
      alias: 'hosted',
      applicationId: String(app.appId),
      loaId,
      number: '14155550177',
    });
    const id = String(hosted.hostedMessagingNumberId);
    await becomes('the number', 'active', async () => (await client.hostedMessagingNumber.get(id)).hostedStatus);
    assert.ok(list((await client.hostedMessagingNumber.list({ loaId })).objects).length === 1);
    const spare = await client.loa.create({ alias: 'spare', file: paper });
    await client.loa.delete(String(spare.loaId));
  });

  it('end users, documents, requirements and applications', async () => {
    const user = await client.endUsers.create({ name: 'Acme', lastName: 'Ltd', endUserType: 'business' });
    const endUserId = String(user.endUserId);
    await client.endUsers.update(endUserId, { name: 'Acme', lastName: 'Inc' });
    assert.equal((await client.endUsers.get(endUserId)).lastName, 'Inc');
    assert.ok(await client.endUsers.list({ limit: 2 }));
    const types = list(itemsOf(await client.complianceDocumentTypes.list({ limit: 10 })));
    assert.ok(types.length >= 2);
    const requirement = await client.complianceRequirements.list({
      countryIso2: 'IN',
      numberType: 'local',
      endUserType: 'business',
    });
    const requirementId = String(requirement.complianceRequirementId);
    assert.equal((await client.complianceRequirements.get(requirementId)).complianceRequirementId, requirementId);
    const documents = ['Registration Certificate', 'GST Certificate'].map(async (name) => {
      const type = types.find((one) => one.documentName === name);
      const typeId = String(type?.documentTypeId);
      assert.equal((await client.complianceDocumentTypes.get(typeId)).documentName, name);
      const fields = { business_name: 'Acme', unique_identification_number: '22AAAAA0000A1Z' };
      const given = { endUserId, documentTypeId: typeId, alias: name, file: paper, ...fields };
      return String((await client.complianceDocuments.create(given)).documentId);
    });
    const ids = await Promise.all(documents);
    const [first = ''] = ids;
    assert.equal((await client.complianceDocuments.get(first)).fileName, 'paper.pdf');
    await client.complianceDocuments.update(first, { alias: 'changed', file: paper });
    assert.ok(await client.complianceDocuments.list({ endUserId }));
    const application = await client.complianceApplications.create({
      complianceRequirementId: requirementId,
      endUserId,
      documentIds: [first],
      alias: 'India',
    });
    const id = String(application.complianceApplicationId);
    await client.complianceApplications.update(id, { documentIds: ids });
    assert.equal((await client.complianceApplications.submit(id)).status, 'submitted');
    await becomes('the application', 'accepted', async () => (await client.complianceApplications.get(id)).status);
    assert.ok(await client.complianceApplications.list({ status: 'accepted' }));
    await client.complianceApplications.delete(id);
    for (const document of ids) await client.complianceDocuments.delete(document);
    await client.endUsers.delete(endUserId);
  });

  it('the unified compliance of numbers', async () => {
    const wanted = { countryIso: 'IN', numberType: 'local', userType: 'business' };
    const requirements = await client.phoneNumberComplianceRequirements.get(wanted);
    const types = list(requirements.documentTypes);
    const values = [{ business_name: 'Acme' }, { unique_identification_number: '22AAAAA0000A1Z' }];
    const documents = types.map((type, index) => ({ document_type_id: type.documentTypeId, data_fields: values[index] }));
    const data = {
      country_iso: 'IN',
      number_type: 'local',
      alias: 'first #reject:blurred',
      end_user: { type: 'business', name: 'Acme' },
      documents,
    };
    const files = () => [{ file: paper }, { file: paper }];
    const created = await client.phoneNumberCompliance.create({ data, documents: files() });
    const id = String(created.complianceId);
    const status = async () => (await client.phoneNumberCompliance.get(id)).status;
    await becomes('the application', 'rejected', status);
    const change = { data: { alias: 'second', documents }, documents: files() };
    assert.match(String((await client.phoneNumberCompliance.update(id, change)).message), /resubmitted/);
    await becomes('the application', 'accepted', status);
    const linked = await client.phoneNumberComplianceLink.link({
      numbers: [{ number: INDIAN, compliance_application_id: id }],
    });
    assert.equal(linked.updatedCount, 1);
    const shown = await client.phoneNumberCompliance.get(id, { expand: 'end_user,documents,linked_numbers' });
    assert.equal(list(shown.linkedNumbers)[0]?.number, INDIAN);
    assert.ok(list((await client.phoneNumberCompliance.list({ status: 'accepted' })).compliances).length === 1);
    await client.phoneNumberCompliance.delete(id);
    assert.equal((await refusal(client.phoneNumberCompliance.get(id))).status, 404);
  });
});

/** Some lists of the SDK are arrays with a `meta`, others objects with `objects`. */
const itemsOf = (listed: SdkObject): unknown => (Array.isArray(listed) ? listed : listed.objects);
