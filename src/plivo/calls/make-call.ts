import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, httpMethod, text, url } from '../fields.ts';
import { parseSipHeaders } from '../sip-headers.ts';
import {
  destinations,
  digitLists,
  eitherOf,
  flags,
  forEachWanted,
  listed,
  readDestinations,
  urlWithMethod,
  wholeNumbers,
} from './call-parameters.ts';
import { machineDetectionFields, readMachineDetection } from './machine-detection.ts';

const MAX_CALLER_NAME = 50;
/** SDKs whose reply has a text for the id: an array makes them throw after the calls have been made (sdks.md §5). */
const TEXT_READERS = /^plivo-(?:dotnet|java)\//;

const parameters = Type.Object({
  from: text(256),
  to: destinations(),
  answer_url: url(),
  answer_method: httpMethod(),
  ring_url: Type.Optional(url()),
  ring_method: httpMethod(),
  hangup_url: Type.Optional(url()),
  hangup_method: httpMethod(),
  fallback_url: Type.Optional(url()),
  fallback_method: httpMethod(),
  caller_name: Type.Optional(text(MAX_CALLER_NAME)),
  send_digits: listed(),
  send_on_preanswer: listed(),
  time_limit: listed(),
  hangup_on_ring: listed(),
  ring_timeout: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  ...machineDetectionFields,
  sip_headers: Type.Optional(text(4_096)),
  parent_call_uuid: Type.Optional(text(64)),
  error_if_parent_not_found: flag(),
  // What the .NET SDK makes of four of them (voice-api.md §1).
  new_time_limit: listed(),
  new_hangup_on_ring: listed(),
  new_send_on_preanswer: listed(),
  error_ifrent_not_found: flag(),
});

/** POST Call/ (voice-api.md §4.2): one call to each destination; all are stored when the request is answered. */
export const makeCall = defineVoiceCommand({
  name: 'make-call',
  summary: 'Call 1 to 1000 numbers or SIP addresses',
  tag: 'Call',
  method: 'POST',
  path: 'Call/',
  rateBucket: 'call',
  parameters,
  refusals: ['destination_barred', 'concurrency_limit', 'insufficient_credit'],
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.String(),
      /** Of several calls an array, and the same as JSON in a text for the SDKs that read a text. */
      request_uuid: Type.Union([
        Type.String({ format: 'uuid' }),
        Type.Array(Type.String({ format: 'uuid' })),
        Type.String({ pattern: '^\\[".*"\\]$' }),
      ]),
      /** Of several destinations those that no call can be made to (voice-api.md §4.2). */
      invalid_numbers: Type.Optional(Type.Array(Type.String())),
    }),
  },
  async run({ scope, parameters: given, requesterIp, userAgent, idempotencyKey }, { calls }) {
    const wanted = readDestinations(given.to);
    const caller = sanitiseNumber(given.from);
    if (wanted.destinations.some(({ to }) => to === given.from || sanitiseNumber(to) === caller)) {
      throw invalidParameter('to', 'to parameter is invalid: it is the same number as from');
    }
    const picked = <Value>(name: string, list: readonly Value[]) => forEachWanted(name, list, wanted);
    const timeLimit = eitherOf(given.time_limit, given.new_time_limit);
    const hangupOnRing = eitherOf(given.hangup_on_ring, given.new_hangup_on_ring);
    const sendOnPreanswer = eitherOf(given.send_on_preanswer, given.new_send_on_preanswer);
    const placed = await calls.place(scope, {
      from: given.from,
      to: wanted.destinations.map(({ to }) => to),
      callerName: given.caller_name,
      answer: { url: given.answer_url, method: given.answer_method ?? 'POST' },
      ring: urlWithMethod(given.ring_url, given.ring_method),
      hangup: urlWithMethod(given.hangup_url, given.hangup_method),
      fallback: urlWithMethod(given.fallback_url, given.fallback_method),
      sendDigits: picked('send_digits', digitLists('send_digits', given.send_digits)),
      sendOnPreanswer: picked('send_on_preanswer', flags('send_on_preanswer', sendOnPreanswer)),
      timeLimitS: picked('time_limit', wholeNumbers('time_limit', timeLimit, 1)),
      hangupOnRingS: picked('hangup_on_ring', wholeNumbers('hangup_on_ring', hangupOnRing, 0)),
      ringTimeoutS: given.ring_timeout,
      machine: readMachineDetection(given),
      headers: parseSipHeaders(given.sip_headers).headers,
      // Single calls only.
      parentCallId: wanted.destinations.length === 1 ? given.parent_call_uuid : undefined,
      errorIfParentNotFound: eitherOf(given.error_if_parent_not_found, given.error_ifrent_not_found) ?? false,
      requesterIp,
      idempotencyKey,
    });
    // An array only where several were asked for (voice-api.md §15).
    const isOne = wanted.destinations.length === 1;
    const several = TEXT_READERS.test(userAgent) ? JSON.stringify(placed.requestIds) : placed.requestIds;
    return {
      status: 201,
      body: {
        message: `${isOne ? 'call' : 'calls'} ${placed.queued ? 'queued' : 'fired'}`,
        request_uuid: isOne ? placed.requestIds[0] : several,
        ...(placed.invalid.length > 0 && { invalid_numbers: placed.invalid }),
      },
    };
  },
});
