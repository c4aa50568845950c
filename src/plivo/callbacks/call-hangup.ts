import type { CallFacts } from '../../voice/call-facts.ts';
import { hangupCauses } from '../../voice/hangup-cause.ts';
import { localTime } from '../times.ts';
import { type CallParams, callParams } from './call-params.ts';

/** `hangup_url`: a call has ended (voice-xml.md §3.2). Start, answer and end are told in the account's time zone. */
export function callHangupParams(call: CallFacts, timeZone: string): CallParams {
  const common = {
    ...callParams(call, 'Hangup'),
    StartTime: wallClock(call.startedAt, timeZone),
    AnswerTime: call.answeredAt === undefined ? '' : wallClock(call.answeredAt, timeZone),
    ...(call.carrierFailover && { CarrierFailoverTriggered: 'true' }),
  };
  if (!call.ended) return common;
  const { cause, at } = call.ended;
  return {
    ...common,
    EndTime: wallClock(at, timeZone),
    HangupCauseName: hangupCauses[cause.code],
    HangupCauseCode: String(cause.code),
    HangupSource: cause.source,
  };
}

/** `YYYY-MM-DD HH:MM:SS` */
function wallClock(ms: number, timeZone: string): string {
  return localTime(new Date(ms), timeZone).slice(0, 19);
}
