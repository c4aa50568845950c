import { CAMPAIGN, PROFILE } from '../../testkit/compliance-rig.ts';
import { ASKED } from './live-estate.ts';

/**
 * A request of each command that changes anything, one that its owner may make of the estate. `{name}` stands for the owner's thing of
 * that name. Commands that only read or remove need no entry: their paths say it all.
 */
export interface Asked {
  /** Names of things for path parameters that are called otherwise. */
  readonly path?: Readonly<Record<string, string>>;
  /** Path parameters that name nothing of anybody. */
  readonly words?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: string;
  readonly multipart?: true;
  /** Everybody may know the answer: what it is about belongs to nobody. The reason. */
  readonly isPublic?: string;
  /** What the owner gets instead of success or 409 (the thing is there, and in another state), and why. */
  readonly owner?: readonly [number, string];
  /** Why it is not all that would be needed: what is missing is found after who asks, and is 400 for everybody. */
  readonly incomplete?: string;
  /** What others get instead of a refusal, and why it is harmless. */
  readonly others?: readonly [number, string];
}

const room = { path: { member_id: 'room_member_id' } };
const verify = { path: { session_uuid: 'verify_session_uuid' } };
const masking = { path: { session_uuid: 'masking_session_uuid' } };
const attached = { path: { message_uuid: 'media_message_uuid', media_id: 'attached_media_id' } };
const node = { words: { node_type: 'multi_party_call', member_address: '14155550123' } };
const pooled = { path: { number: 'pooled_number' } };

export const requests: Readonly<Record<string, Asked>> = {
  'update-account': { body: { name: 'x' } },
  'create-subaccount': { body: { name: 'x' } },
  'update-subaccount': { body: { name: 'x' } },
  'create-application': { body: { app_name: 'x', answer_url: ASKED, subaccount: '{subaccount}' } },
  'update-application': { body: { answer_url: ASKED } },
  'delete-application': { body: { cascade: true } },
  'buy-phone-number': { path: { number: 'spare_number' }, owner: [404, 'it is bought already'] },
  'search-phone-numbers': { query: 'country_iso=US', isPublic: 'numbers that nobody has' },
  'update-number': { body: { alias: 'x', app_id: '{app_id}' } },
  'add-numbers': { body: { numbers: ['14155559191'], carrier: '{carrier_id}', region: 'x' } },
  'create-incoming-carrier': { body: { name: 'x', ip_set: '192.0.2.78' } },
  'update-incoming-carrier': { body: { name: 'x' } },
  'send-message': {
    body: { src: '{number}', dst: '14155550123', text: 'x' },
    others: [202, 'the message fails: its sender is not a number of the account'],
  },
  'report-conversion': { body: { status: 'CONVERTED', timestamp: '2026-01-12T09:14:02Z' } },
  'list-message-media': attached,
  'get-message-media': attached,
  'delete-message-media': attached,
  'delete-media': { path: { media_id: 'spare_media_id' } },
  'upload-media': { multipart: true },
  'create-powerpack': { body: { name: 'x', application_type: 'xml', application_id: '{app_id}' } },
  'update-powerpack': { body: { name: 'y' } },
  'get-pool-number': pooled,
  'add-pool-number': { path: { number: 'spare_number' } },
  'remove-pool-number': pooled,
  'add-pool-tollfree': {},
  'get-pricing': { query: 'country_iso=US', isPublic: 'the price list' },
  'look-up-number': { isPublic: 'the numbering plan' },
  'list-streams': { others: [200, 'an empty list'] },
  'get-call': { query: 'status=live' },
  'make-call': { body: { from: '14155550100', to: '14155550123', answer_url: ASKED } },
  'transfer-call': { body: { aleg_url: ASKED } },
  'play-audio': { body: { urls: ASKED } },
  'speak-text': { body: { text: 'x' } },
  'send-digits': { body: { digits: '1' } },
  'record-call': {},
  'start-stream': { body: { service_url: 'wss://bot.example/' }, owner: [400, 'the call has one already'] },
  'give-feedback': { path: { call_uuid: 'ended_call_uuid' }, body: { rating: 5, callUUID: '{ended_call_uuid}' } },
  'create-transcription': { body: {} },
  'hang-up-member': room,
  'kick-member': { path: { member_id: 'other_room_member_id' } },
  'cancel-request': { owner: [404, 'the call came in: no request made it'] },
  'mute-member': room,
  'unmute-member': room,
  'deafen-member': room,
  'undeafen-member': room,
  'play-conference-audio': { ...room, body: { url: ASKED } },
  'stop-conference-audio': room,
  'speak-conference-text': { ...room, body: { text: 'x' } },
  'stop-conference-speech': room,
  'record-conference': {},
  'start-multiparty-call': { body: { status: 'active' }, owner: [404, 'it is active: there is none that waits to be'] },
  'add-participant': { body: { role: 'agent', call_uuid: '{call_uuid}' } },
  'update-participant': { body: { mute: true } },
  'record-multiparty-call': {},
  'pause-recording-multiparty-call': {},
  'resume-recording-multiparty-call': {},
  'record-participant': {},
  'pause-recording-participant': {},
  'resume-recording-participant': {},
  'play-to-member': { body: { url: ASKED } },
  'speak-to-member': { body: { text: 'x' } },
  'create-access-token': { body: { iss: '{auth_id}', sub: 'x' } },
  'create-endpoint': { body: { username: 'other', password: 'another-word', alias: 'x', app_id: '{app_id}' } },
  'update-endpoint': { body: { alias: 'x' } },
  'verify-caller-id': { body: { phone_number: '+14155550179', channel: 'call', subaccount: '{subaccount}' } },
  'confirm-caller-id': { body: { otp: '{caller_otp}' } },
  'update-verified-caller-id': { body: { alias: 'x' } },
  'create-verify-session': { body: { recipient: '+4915112345670', channel: 'voice' } },
  'validate-verify-session': { ...verify, body: { otp: '{session_otp}' } },
  'get-verify-session': verify,
  'create-masking-session': {
    body: { first_party: '14155550191', second_party: '14155550192', subaccount: '{subaccount}' },
    owner: [400, 'the subaccount has no number for it'],
  },
  'get-masking-session': masking,
  'update-masking-session': { ...masking, body: { call_time_limit: 60 } },
  'delete-masking-session': masking,
  'run-phlo': { body: { from: '14155550100', to: '14155550123' } },
  'get-phlo-node': node,
  'update-phlo-node': {
    ...node,
    body: { action: 'call', trigger_source: '14155550100', to: '14155550123', role: 'agent' },
    owner: [404, 'nobody is in it'],
  },
  'update-phlo-member': { ...node, body: { action: 'hold' }, owner: [404, 'nobody is in it'] },
  'create-trunk-uri': { body: { uri: 'pbx.example.com' } },
  'update-trunk-uri': { body: { name: 'x' } },
  'create-trunk-credential': { body: { username: 'other', password: 'secret-word' } },
  'update-trunk-credential': { body: { name: 'x' } },
  'create-trunk-ip-list': { body: { ip_addresses: ['192.0.2.79'] } },
  'update-trunk-ip-list': { body: { name: 'x' } },
  'create-trunk': { body: { trunk_direction: 'inbound', primary_uri_uuid: '{uri_uuid}' } },
  'update-trunk': { body: { name: 'x' } },
  'get-trunk-call': { owner: [404, 'no call was over a trunk'] },
  'create-profile': { body: PROFILE },
  'update-profile': { body: { company_name: 'x' } },
  'create-brand': { body: { profile_uuid: '{profile_uuid}', brand_alias: 'x' } },
  'request-brand-otp': {},
  'create-campaign': { body: { ...CAMPAIGN, brand_id: '{brand_id}' } },
  'import-campaign': { body: { campaign_id: 'CZZZZZ9', campaign_alias: 'x' } },
  'update-campaign': { body: { campaign_alias: 'x' } },
  'link-campaign-numbers': { body: { numbers: ['{spare_number}'] } },
  'create-tollfree-verification': {
    body: {
      profile_uuid: '{profile_uuid}',
      number: '{tollfree}',
      usecase: '2FA',
      usecase_summary: 's',
      message_sample: 'm',
      optin_image_url: 'https://example.com/a.png',
      optin_type: 'VERBAL',
      volume: '10',
    },
  },
  'update-tollfree-verification': { body: { volume: '100' } },
  'create-letter-of-authorization': { body: { alias: 'x' }, multipart: true },
  'delete-letter-of-authorization': { path: { loa_id: 'spare_loa_id' } },
  'create-hosted-number': {
    body: { alias: 'x', application_id: '{app_id}', loa_id: '{spare_loa_id}', number: '12125550102' },
  },
  'create-end-user': { body: { name: 'x', end_user_type: 'business' } },
  'update-end-user': { body: { name: 'x' } },
  'get-compliance-document-type': { isPublic: 'the catalogue of documents' },
  'list-compliance-document-types': { isPublic: 'the catalogue of documents' },
  'create-compliance-document': {
    body: { end_user_id: '{end_user_id}', document_type_id: '{document_type_id}', alias: 'x' },
    multipart: true,
  },
  'update-compliance-document': { body: { alias: 'x' } },
  'find-compliance-requirement': {
    query: 'country_iso2=IN&number_type=local&end_user_type=business',
    isPublic: 'the catalogue of documents',
  },
  'get-compliance-requirement': { isPublic: 'the catalogue of documents' },
  'create-compliance-application': {
    body: {
      country_iso2: 'IN',
      number_type: 'local',
      end_user_type: 'business',
      end_user_id: '{end_user_id}',
      document_ids: ['{compliance_document_id}'],
      alias: 'x',
    },
  },
  'submit-compliance-application': { owner: [400, 'its document says too little'] },
  'delete-compliance-application': { owner: [404, 'it is gone under its other name'] },
  'update-compliance-application': { body: { document_ids: ['{compliance_document_id}'] } },
  'create-phone-number-compliance': {
    body: { data: '{"country_iso":"IN","number_type":"local","alias":"x","end_user":{"type":"business","name":"x"}}' },
    multipart: true,
    incomplete: 'documents of a case are files of their own, which a table does not hold',
  },
  'link-phone-number-compliance': {
    body: { numbers: ['{spare_number}'], compliance_id: '{compliance_id}' },
    others: [200, 'the report says of each number that it failed'],
  },
  'find-phone-number-compliance-requirements': {
    query: 'country_iso=IN&number_type=local&user_type=business',
    isPublic: 'the catalogue of documents',
  },
  'update-phone-number-compliance': { body: { data: '{"alias":"x"}' }, multipart: true },
  'create-address-verification': {
    body: {
      country_iso: 'FR',
      salutation: 'Ms',
      first_name: 'A',
      last_name: 'B',
      address_line1: 'a',
      address_line2: 'b',
      city: 'c',
      region: 'd',
      postal_code: 'e',
      address_proof_type: 'NIF',
    },
  },
  'update-address-verification': { body: { city: 'x' } },
  'create-identity-verification': { body: { country_iso: 'FR', salutation: 'Ms', first_name: 'A', last_name: 'B' } },
  'update-identity-verification': { body: { city: 'x' } },
};
