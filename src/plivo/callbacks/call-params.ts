import { formatAmount } from '../../billing/money.ts';
import type { CallFacts, CallStatus } from '../../voice/call-facts.ts';
import { callbackNumber, callbackTime } from './callback-format.ts';

/** Why a request is made, as it tells the application (voice-xml.md §1). */
export type CallEvent =
  | 'StartApp'
  | 'Redirect'
  | 'DialRemoteSounds'
  | 'Ring'
  | 'Hangup'
  | 'MachineDetection'
  | 'DialAnswer'
  | 'DialConnected'
  | 'DialDigitsMatch'
  | 'DialHangup'
  | 'RecordStop'
  | 'InterimSpeech'
  | 'ConferenceRemoteSounds'
  | 'ConferenceEnter'
  | 'ConferenceExit'
  | 'ConferenceDigitsMatch'
  | 'ConferenceFloor'
  | 'ConferenceRecordStart'
  | 'ConferenceRecordStop'
  | 'Answer'
  | 'MPCRemoteSounds';

export type CallParams = Readonly<Record<string, string>>;

const CUSTOM_HEADER = /^X-PH-/i;

/** What every request about a call tells (voice-xml.md §3.1, voice-api.md §5.1, account-numbers.md §8.2). Amounts have five decimals, times are UTC. */
export function callParams(call: CallFacts, event: CallEvent, status: CallStatus = call.status): CallParams {
  const headers = Object.entries(call.customHeaders).filter(([name]) => CUSTOM_HEADER.test(name));
  return {
    ...Object.fromEntries(headers),
    CallUUID: call.callId,
    From: callbackNumber(call.from),
    To: callbackNumber(call.to),
    Direction: call.direction,
    CallStatus: status,
    Event: event,
    ParentAuthID: call.accountId,
    SessionStart: callbackTime(call.startedAt),
    BillRate: formatAmount(call.rateMicros),
    STIRVerification: call.stirVerification,
    ...given('STIRAttestation', call.stirAttestation),
    ...given('RequestUUID', call.requestId),
    ...given('ALegUUID', call.aLegId),
    ...given('ALegRequestUUID', call.aLegRequestId),
    ...given('CallerName', call.callerName),
    ...given('ForwardedFrom', call.forwardedFrom),
    ...(call.cnam !== undefined && { cnam_lookup_result: call.cnam }),
    ...given('SIP-H-To', call.sipTo),
    ...(call.sipAuth && {
      SIPAuthType: call.sipAuth.type,
      SIPAuthUser: call.sipAuth.user,
      SIPSourceIP: call.sipAuth.sourceIp,
    }),
    ...(call.machine && { Machine: 'true' }),
    ...given('ScheduledHangupId', call.scheduledHangupId),
    ...(call.ended && {
      HangupCause: call.ended.cause.cause,
      Duration: String(call.ended.durationS),
      BillDuration: String(call.ended.billedS),
      TotalCost: formatAmount(call.ended.amountMicros),
    }),
  };
}

function given(name: string, value: string | undefined): CallParams {
  return value === undefined || value === '' ? {} : { [name]: value };
}
