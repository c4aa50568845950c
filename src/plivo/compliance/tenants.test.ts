import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createSubtenant } from '../../../testkit/api-client.ts';
import { CAMPAIGN, ComplianceRig, PDF } from '../../../testkit/compliance-rig.ts';
import { documentTypes } from '../../compliance/regulatory/document-types.ts';

/** One object of every kind that an account registers. */
async function everything(rig: ComplianceRig, who: ApiClient) {
  const profile = await rig.profile(who);
  const brand = await rig.brand(who, { profile_uuid: profile });
  const campaign = await rig.campaign(who, { brand_id: brand });
  const number = await rig.number(who);
  await who.post(`10dlc/Campaign/${campaign}/Number/`, { numbers: [number] });
  const tollFree = await rig.number(who, 'tollfree');
  const verification = await who.post('TollfreeVerification/', {
    profile_uuid: profile,
    number: tollFree,
    usecase: '2FA',
    usecase_summary: 's',
    message_sample: 'm',
    optin_image_url: 'https://example.com/a.png',
    optin_type: 'VERBAL',
    volume: '10',
  });
  const letter = await rig.upload(who, 'HostedMessagingNumber/LOA/', { alias: 'l' }, { file: { bytes: PDF } });
  const app = await who.post('Application/', { app_name: who.authId, answer_url: 'http://127.0.0.1:9/' });
  const hosted = await who.post('HostedMessagingNumber/', {
    alias: 'h',
    application_id: app.body.app_id,
    loa_id: letter.body.loa_id,
    number: `1212555${String(Math.floor(Number(number) % 10_000)).padStart(4, '0')}`,
  });
  const user = String((await who.post('EndUser/', { name: 'u', end_user_type: 'business' })).body.end_user_id);
  const type = documentTypes.registrationCertificate.id;
  const given = { end_user_id: user, document_type_id: type, alias: 'd' };
  const document = await rig.upload(who, 'ComplianceDocument/', given, { file: { bytes: PDF } });
  const application = await who.post('ComplianceApplication/', {
    country_iso2: 'IN',
    number_type: 'local',
    end_user_type: 'business',
    end_user_id: user,
    document_ids: [document.body.document_id],
    alias: 'a',
  });
  const person = { country_iso: 'FR', salutation: 'Ms', first_name: 'A', last_name: 'B' };
  const place = { address_line1: 'a', address_line2: 'b', city: 'c', region: 'd', postal_code: 'e', address_proof_type: 'NIF' };
  const address = await who.post('Verification/Address/', { ...person, ...place });
  const identity = await who.post('Verification/Identity/', person);
  const ids = {
    profile,
    brand,
    campaign,
    number,
    verification: String(verification.body.uuid),
    letter: String(letter.body.loa_id),
    hosted: String(hosted.body.hosted_messaging_number_id),
    user,
    document: String(document.body.document_id),
    application: String(application.body.compliance_application_id),
    address: String(address.body.id),
    identity: String(identity.body.id),
  };
  for (const [name, id] of Object.entries(ids)) assert.notEqual(id, 'undefined', name);
  return ids;
}
type Everything = Awaited<ReturnType<typeof everything>>;

const pathsOf = (ids: Everything): readonly string[] => [
  `Profile/${ids.profile}/`,
  `10dlc/Brand/${ids.brand}/`,
  `10dlc/Brand/${ids.brand}/usecases/`,
  `10dlc/Campaign/${ids.campaign}/`,
  `10dlc/Campaign/${ids.campaign}/Number/`,
  `10dlc/Campaign/${ids.campaign}/Number/${ids.number}/`,
  `TollfreeVerification/${ids.verification}/`,
  `HostedMessagingNumber/LOA/${ids.letter}/`,
  `HostedMessagingNumber/${ids.hosted}/`,
  `EndUser/${ids.user}/`,
  `ComplianceDocument/${ids.document}/`,
  `ComplianceApplication/${ids.application}/`,
  `PhoneNumber/Compliance/${ids.application}/`,
  `Verification/Address/${ids.address}/`,
  `Verification/Identity/${ids.identity}/`,
];

const LISTS = [
  ['Profile/', 'profiles'],
  ['10dlc/Brand/', 'brands'],
  ['10dlc/Campaign/', 'campaigns'],
  ['TollfreeVerification/', 'objects'],
  ['HostedMessagingNumber/LOA/', 'objects'],
  ['HostedMessagingNumber/', 'objects'],
  ['EndUser/', 'objects'],
  ['ComplianceDocument/', 'objects'],
  ['ComplianceApplication/', 'objects'],
  ['PhoneNumber/Compliance/', 'compliances'],
  ['Verification/Address/', 'objects'],
  ['Verification/Identity/', 'objects'],
] as const;

describe('what one account has registered no other sees, changes or refers to', () => {
  let rig: ComplianceRig;
  let owner: ApiClient;
  let branch: ApiClient;
  let ids: Everything;
  const strangers: ApiClient[] = [];
  before(async () => {
    rig = await ComplianceRig.start();
    owner = await rig.tenant('Owner');
    branch = await createSubtenant(rig.fixture, owner, 'Branch');
    ids = await everything(rig, owner);
    strangers.push(await rig.tenant('Stranger'), branch);
  });
  after(() => rig.close());

  it('reading', async () => {
    for (const path of pathsOf(ids)) {
      assert.equal((await owner.get(path)).status, 200, path);
      for (const stranger of strangers) assert.equal((await stranger.get(path)).status, 404, path);
      const [stranger] = strangers;
      assert.equal((await stranger?.get(`/v1/Account/${owner.authId}/${path}`))?.status, 401, path);
    }
    for (const [path, key] of LISTS) {
      const mine = (await owner.get(path)).body[key];
      assert.ok(Array.isArray(mine) && mine.length > 0, path);
      for (const stranger of strangers) {
        const { status, body } = await stranger.get(path);
        assert.equal(status, 200, path);
        assert.ok(!JSON.stringify(body[key]).includes(owner.authId), path);
        for (const id of Object.values(ids)) assert.ok(!JSON.stringify(body[key]).includes(id), `${path} shows ${id}`);
      }
    }
  });

  it('changing and deleting', async () => {
    for (const stranger of strangers) {
      for (const [path, given] of [
        [`Profile/${ids.profile}/`, { company_name: 'Mine' }],
        [`10dlc/Brand/${ids.brand}/OTP/`, {}],
        [`10dlc/Campaign/${ids.campaign}/`, { description: 'x'.repeat(50) }],
        [`TollfreeVerification/${ids.verification}/`, { volume: '100' }],
        [`EndUser/${ids.user}/`, { name: 'Mine' }],
        [`ComplianceDocument/${ids.document}/`, { alias: 'Mine' }],
        [`ComplianceApplication/${ids.application}/`, { document_ids: [] }],
        [`ComplianceApplication/${ids.application}/Submit/`, {}],
        [`Verification/Address/${ids.address}/`, { city: 'Mine' }],
        [`Verification/Identity/${ids.identity}/`, { city: 'Mine' }],
      ] as const) {
        assert.equal((await stranger.post(path, given)).status, 404, path);
      }
      const own = await rig.number(stranger);
      assert.notEqual((await stranger.post(`10dlc/Campaign/${ids.campaign}/Number/`, { numbers: [own] })).status, 200);
      const data = { data: '{"alias":"Mine"}' };
      const patched = await rig.upload(stranger, `PhoneNumber/Compliance/${ids.application}/`, data, {}, 'PATCH');
      assert.equal(patched.status, 404);
      for (const path of pathsOf(ids)) {
        const { status } = await stranger.delete(path);
        assert.ok(status === 404 || status === 405, `${path} ${status}`);
      }
    }
    for (const path of pathsOf(ids)) assert.equal((await owner.get(path)).status, 200, path);
  });

  it('referring', async () => {
    for (const stranger of strangers) {
      const mine = await rig.profile(stranger);
      const brand = await rig.brand(stranger, { profile_uuid: mine });
      const refused = [
        await stranger.post('10dlc/Brand/', { profile_uuid: ids.profile, brand_alias: 'x' }),
        await stranger.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: ids.brand }),
        await stranger.post('ComplianceApplication/', {
          country_iso2: 'IN',
          number_type: 'local',
          end_user_type: 'business',
          end_user_id: ids.user,
          document_ids: [ids.document],
          alias: 'x',
        }),
        await rig.upload(stranger, 'ComplianceDocument/', {
          end_user_id: ids.user,
          document_type_id: documentTypes.gstCertificate.id,
          alias: 'x',
        }),
      ];
      for (const { status, body } of refused) assert.ok(status === 400 || status === 404, `${status} ${body.error}`);
      const campaign = await rig.campaign(stranger, { brand_id: brand });
      assert.equal((await stranger.post(`10dlc/Campaign/${campaign}/Number/`, { numbers: [ids.number] })).status, 400);
      assert.equal((await stranger.delete(`10dlc/Campaign/${campaign}/Number/${ids.number}/`)).status, 404);
    }
  });
});
