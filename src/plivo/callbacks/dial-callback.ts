import type { DialNotification } from '../../voice/call-application.ts';
import type { CallFacts } from '../../voice/call-facts.ts';
import { hangupCauses } from '../../voice/hangup-cause.ts';
import { type CallEvent, type CallParams, callParams } from './call-params.ts';
import { callbackNumber } from './callback-format.ts';

const events: Readonly<Record<DialNotification['action'], CallEvent>> = {
  answer: 'DialAnswer',
  connected: 'DialConnected',
  digits: 'DialDigitsMatch',
  hangup: 'DialHangup',
};

/** `callbackUrl` of Dial: what happens to one leg it made (voice-xml.md §6.9). `call` is the leg that runs the Dial. */
export function dialCallbackParams(call: CallFacts, { action, aLegId, bLeg, position, digits }: DialNotification): CallParams {
  return {
    ...callParams(call, events[action]),
    DialAction: action,
    DialALegUUID: aLegId,
    DialBLegUUID: bLeg.callId,
    DialBLegStatus: action === 'digits' ? 'connected' : action,
    DialBLegFrom: callbackNumber(bLeg.from),
    DialBLegTo: callbackNumber(bLeg.to),
    DialBLegPosition: String(position),
    ...(digits && { DialDigitsMatch: digits.match, DialDigitsPressedBy: digits.pressedBy }),
    ...(action === 'hangup' && endOf(bLeg)),
  };
}

function endOf({ ended }: CallFacts): CallParams {
  if (!ended) return {};
  return {
    DialBLegDuration: String(ended.durationS),
    DialBLegBillDuration: String(ended.billedS),
    DialBLegHangupCause: ended.cause.cause,
    DialBLegHangupCauseName: hangupCauses[ended.cause.code],
    DialBLegHangupCauseCode: String(ended.cause.code),
    DialBLegHangupSource: ended.cause.source,
  };
}
