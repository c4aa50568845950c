import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { documentTypes } from '../../src/compliance/regulatory/document-types.ts';
import { CallStore } from '../../src/voice/call-store.ts';
import { type ApiClient, type ApiReply, createApiClient, createSubtenant } from '../../testkit/api-client.ts';
import { newCall, storeEndedCall } from '../../testkit/call-rows.ts';
import { ComplianceRig, PDF, PROFILE } from '../../testkit/compliance-rig.ts';
import { FIXTURE_NODE, OPERATOR_TOKEN } from '../../testkit/plivo-fixture.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { stream } from '../../testkit/voice-elements.ts';
import { LiveEstate, ROOM } from './live-estate.ts';

/** Every text of the estate has this word in it: a reply that shows one shows the word. */
export const MARK = 'Zanzibar';
const PHLO = `<Response><MultiPartyCall role="customer">${MARK}</MultiPartyCall></Response>`;
const HOOK = `http://127.0.0.1:9/${MARK}`;

export interface Estate {
  readonly rig: ComplianceRig;
  readonly live: LiveEstate;
  readonly owner: ApiClient;
  /** A subaccount of the owner: it reaches its own, and nothing of its parent's. */
  readonly branch: ApiClient;
  readonly stranger: ApiClient;
  /** A subaccount of the stranger. */
  readonly strangeBranch: ApiClient;
  /** Ids of the owner's things, by the names that parameters have for them. */
  readonly ids: Readonly<Record<string, string>>;
  /** Paths of files with the type of access that they need. */
  readonly files: { readonly media: string; readonly recording: string; readonly document: string };
  readonly token: string;
}

/** An account that has one of everything that the API knows, beside three others that have nothing. */
export async function createEstate(): Promise<Estate> {
  const live = new LiveEstate();
  const rig = await ComplianceRig.start({}, { voice: live.voice });
  const { fixture } = rig;
  const { services, database } = fixture;
  live.streams = services.streamRecords;
  const authToken = services.ids.authToken();
  await services.accounts.insert({
    authId: live.owner,
    authToken,
    // Sessions of its subaccounts bear it, so it is not marked.
    name: 'Owner',
    billingMode: 'postpaid',
    settings: { apiRequestsPer5s: 0 },
    createdAt: new Date(fixture.clock.now()),
  });
  const owner = createApiClient(fixture, { authId: live.owner, authToken });
  const stranger = await rig.tenant('Stranger');
  const branch = await createSubtenant(fixture, owner, 'Branch');
  const strangeBranch = await createSubtenant(fixture, stranger, 'Strange branch');

  const done = (reply: ApiReply) => {
    assert.ok(reply.status < 300, JSON.stringify(reply.body));
    return reply.body;
  };
  const post = async (path: string, body: Record<string, unknown>) => done(await owner.post(path, body));
  const upload = async (path: string, fields: Record<string, string>) =>
    done(await rig.upload(owner, path, fields, { file: { name: `${MARK}.pdf`, bytes: PDF } }));
  const idOf = (value: unknown) => {
    assert.equal(typeof value, 'string');
    return String(value);
  };

  const subaccount = await createSubtenant(fixture, owner, MARK);
  const app = idOf((await post('Application/', { app_name: MARK, answer_url: HOOK, message_url: HOOK })).app_id);
  const carrier = idOf((await post('IncomingCarrier/', { name: MARK, ip_set: '192.0.2.77' })).carrier_id);

  const profile = idOf((await post('Profile/', { ...PROFILE, profile_alias: MARK, company_name: MARK })).profile_uuid);
  const brand = await rig.brand(owner, { profile_uuid: profile, brand_alias: MARK });
  const campaign = await rig.campaign(owner, { brand_id: brand, campaign_alias: MARK });
  const number = await rig.number(owner);
  const spare = await rig.number(owner);
  const pooled = await rig.number(owner);
  const tollfree = await rig.number(owner, 'tollfree');
  const pooledTollfree = await rig.number(owner, 'tollfree');
  await database.storage.pool.query(
    'update numbers set alias = $1, sms_enabled = true, mms_enabled = true where account_id = $2',
    [MARK, owner.authId],
  );
  services.numberDirectory.invalidateAll();
  await post(`Number/${number}/`, { app_id: app });
  await post(`10dlc/Campaign/${campaign}/Number/`, { numbers: [number] });

  const message = idOf([(await post('Message/', { src: number, dst: '14155550123', text: MARK })).message_uuid].flat()[0]);
  const uploaded = await upload('Media/', {});
  const [medium] = objectsIn(uploaded.objects);
  const media = idOf(medium?.media_id);
  const withMedia = await post('Message/', { src: number, dst: '14155550123', text: MARK, type: 'mms', media_ids: [media] });
  const mediaMessage = idOf([withMedia.message_uuid].flat()[0]);
  const [attached] = objectsIn((await owner.get(`Message/${mediaMessage}/Media/`)).body.objects);

  const [spareMedium] = objectsIn((await upload('Media/', {})).objects);

  const powerpack = await post('Powerpack/', { name: MARK });
  const pool = idOf(String(powerpack.number_pool).split('/')[5]);
  await post(`NumberPool/${pool}/Number/${pooled}/`, {});
  await post(`NumberPool/${pool}/Tollfree/${pooledTollfree}/`, {});
  await database.storage.pool.query(
    `insert into numbers (number, account_id, country_iso, type, added_at) values ('77123', $1, 'US', 'shortcode', now())`,
    [owner.authId],
  );
  services.numberDirectory.invalidateAll();
  await services.numberPools.addShortCode(pool, '77123');

  const endpoint = idOf((await post('Endpoint/', { username: 'zanzibar', password: 'secret-word', alias: MARK })).endpoint_id);
  const phone = '+14155550177';
  const begun = await post('VerifiedCallerId/', { phone_number: phone, channel: 'call', alias: MARK });
  const otp = live.spoken.codes.at(-1)?.code ?? '';
  await post(`VerifiedCallerId/Verification/${String(begun.verification_uuid)}/`, { otp });
  const pending = await post('VerifiedCallerId/', { phone_number: '+14155550178', channel: 'call', alias: MARK });
  const callerOtp = live.spoken.codes.at(-1)?.code ?? '';
  const session = await post('Verify/Session/', { recipient: '+4915112345678', channel: 'voice', brand_name: MARK });
  const sessionOtp = live.spoken.codes.at(-1)?.code ?? '';
  const masking = await post('Masking/Session/', { first_party: '14155550181', second_party: '14155550182', callback_url: HOOK });

  const verification = await post('TollfreeVerification/', {
    profile_uuid: profile,
    number: tollfree,
    usecase: '2FA',
    usecase_summary: MARK,
    message_sample: MARK,
    optin_image_url: 'https://example.com/a.png',
    optin_type: 'VERBAL',
    volume: '10',
  });
  const letter = idOf((await upload('HostedMessagingNumber/LOA/', { alias: MARK })).loa_id);
  const spareLetter = idOf((await upload('HostedMessagingNumber/LOA/', { alias: MARK })).loa_id);
  const hosted = await post('HostedMessagingNumber/', {
    alias: MARK,
    application_id: app,
    loa_id: letter,
    number: '12125550101',
  });
  const user = idOf((await post('EndUser/', { name: MARK, end_user_type: 'business' })).end_user_id);
  const documentType = documentTypes.registrationCertificate.id;
  const document = await upload('ComplianceDocument/', { end_user_id: user, document_type_id: documentType, alias: MARK });
  const application = await post('ComplianceApplication/', {
    country_iso2: 'IN',
    number_type: 'local',
    end_user_type: 'business',
    end_user_id: user,
    document_ids: [document.document_id],
    alias: MARK,
  });
  const person = { country_iso: 'FR', salutation: 'Ms', first_name: MARK, last_name: MARK };
  const place = { address_line1: MARK, address_line2: 'b', city: 'c', region: 'd', postal_code: 'e', address_proof_type: 'NIF' };
  const address = await post('Verification/Address/', { ...person, ...place });
  const identity = await post('Verification/Identity/', person);

  const opened = await live.open();
  const calls = new CallStore(database.storage.hot, fixture.clock, silentLog);
  const now = fixture.clock.now();
  await calls.insertStarted(
    newCall({ callId: opened.call, accountId: owner.authId, initiatedAt: now, callerName: MARK }),
    'dialing',
    FIXTURE_NODE,
  );
  const ended = services.ids.uuidAt(now - 60_000);
  const facts = { callId: ended, accountId: owner.authId, initiatedAt: now - 60_000, callerName: MARK };
  await storeEndedCall(calls, newCall(facts), now);
  await calls.stop();
  const recording = await services.recordings.begin({
    callId: ended,
    accountId: owner.authId,
    ownerId: owner.authId,
    from: '14155550123',
    to: number,
    format: 'mp3',
    channels: 'mono',
  });
  await writeFile(recording.path, '0123456789');
  await services.recordings.finished(recording, { durationMs: 1_000, startedAt: now - 1_000, endedAt: now });
  await post(`Transcription/${recording.recordingId}/`, { transcription_callback_url: HOOK });
  const streamId = services.ids.uuid();
  await services.streamRecords.insert({
    streamId,
    callId: opened.call,
    accountId: owner.authId,
    ownerId: owner.authId,
    plan: { ...stream().plan, url: `wss://${MARK}.example/` },
    state: 'connecting',
    createdAt: now,
    startedAt: undefined,
    endedAt: undefined,
    endReason: undefined,
  });
  const trunkUri = await post('Zentrunk/URI/', { name: MARK, uri: 'pbx.example.com:5070' });
  const credential = await post('Zentrunk/Credential/', { name: MARK, username: 'zanzibar', password: 'secret-word' });
  const ipList = await post('Zentrunk/IPAccessControlList/', { name: MARK, ip_addresses: ['192.0.2.78'] });
  const trunk = await post('Zentrunk/Trunk/', { name: MARK, trunk_direction: 'inbound', primary_uri_uuid: trunkUri.uri_uuid });
  const phlo = await fixture.http.inject({
    method: 'POST',
    url: '/ringdown/v1/phlos',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    payload: { account: owner.authId, name: MARK, xml: PHLO },
  });
  const { phlo_id: phloId, nodes }: Record<string, unknown> = phlo.json();
  const [node] = objectsIn(nodes);
  const run = await post(`Phlo/${idOf(phloId)}/`, { from: '14155550100', to: '14155550123' });
  const token = idOf((await post('JWT/Token/', { iss: owner.authId, sub: 'zanzibar' })).token);

  return {
    rig,
    live,
    owner,
    branch,
    stranger,
    strangeBranch,
    token,
    files: {
      media: new URL(String(medium?.media_url)).pathname,
      recording: `/v1/Account/${owner.authId}/Recording/${recording.recordingId}.mp3`,
      document: `/v1/Account/${owner.authId}/ComplianceDocument/${String(document.document_id)}/File`,
    },
    ids: {
      auth_id: owner.authId,
      subauth_id: subaccount.authId,
      subaccount: subaccount.authId,
      app_id: app,
      carrier_id: carrier,
      number,
      spare_number: spare,
      pooled_number: pooled,
      message_uuid: message,
      media_id: media,
      spare_media_id: idOf(spareMedium?.media_id),
      media_message_uuid: mediaMessage,
      attached_media_id: idOf(attached?.media_id),
      powerpack_uuid: idOf(powerpack.uuid),
      number_pool_uuid: pool,
      shortcode: '77123',
      tollfree: pooledTollfree,
      call_uuid: opened.call,
      request_uuid: opened.call,
      ended_call_uuid: ended,
      stream_id: streamId,
      recording_id: recording.recordingId,
      transcription_id: recording.recordingId,
      conference_name: encodeURIComponent(ROOM),
      room_member_id: opened.roomMembers[0],
      other_room_member_id: opened.roomMembers[1],
      mpc_id: `uuid_${opened.party}`,
      member_id: opened.member,
      endpoint_id: endpoint,
      phone_number: phone,
      verification_uuid: String(pending.verification_uuid),
      caller_otp: callerOtp,
      verify_session_uuid: String(session.session_uuid),
      session_otp: sessionOtp,
      masking_session_uuid: String(masking.session_uuid),
      profile_uuid: profile,
      brand_id: brand,
      campaign_id: campaign,
      uuid: idOf(verification.uuid),
      loa_id: letter,
      spare_loa_id: spareLetter,
      hosted_messaging_number_id: idOf(hosted.hosted_messaging_number_id),
      end_user_id: user,
      document_type_id: documentType,
      compliance_document_id: idOf(document.document_id),
      compliance_application_id: idOf(application.compliance_application_id),
      compliance_id: idOf(application.compliance_application_id),
      compliance_requirement_id: idOf(application.compliance_requirement_id ?? ''),
      uri_uuid: idOf(trunkUri.uri_uuid),
      credential_uuid: idOf(credential.credential_uuid),
      ipacl_uuid: idOf(ipList.ipacl_uuid),
      trunk_id: idOf(trunk.trunk_id),
      phlo_id: idOf(phloId),
      run_id: idOf(run.phlo_run_id),
      node_id: idOf(node?.node_id),
      address_id: idOf(address.id),
      identity_id: idOf(identity.id),
    },
  };
}

const objectsIn = (value: unknown): readonly Record<string, unknown>[] => {
  assert.ok(Array.isArray(value));
  return value;
};
