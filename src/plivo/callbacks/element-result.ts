import { formatAmount } from '../../billing/money.ts';
import type { ElementResult } from '../../voice/call-application.ts';
import type { CallParams } from './call-params.ts';
import { multiPartyExitParams } from './multiparty-callback.ts';
import { recordingParams } from './recorded.ts';
import { score } from './score.ts';

/** What an element found out, told to its `action` (voice-xml.md §6.6 to §6.9). */
export function elementResultParams(result: ElementResult): CallParams {
  switch (result.element) {
    case 'GetDigits':
      return { Digits: result.digits };
    case 'GetInput':
      return {
        InputType: result.inputType,
        Digits: result.digits,
        Speech: result.speech,
        SpeechConfidenceScore: result.confidence === undefined ? '' : score(result.confidence),
        BilledAmount: formatAmount(result.billedMicros ?? 0),
      };
    case 'Record':
      return { ...recordingParams(result.recording), Digits: result.digits };
    case 'Dial':
      return {
        DialStatus: result.status,
        DialRingStatus: String(result.rang),
        DialHangupCause: result.cause.cause,
        DialALegUUID: result.aLegId,
        DialBLegUUID: result.bLegId,
      };
    case 'Conference':
      return {
        ConferenceName: result.conference.name,
        ConferenceUUID: result.conference.id,
        ConferenceMemberID: result.memberId,
        ...(result.recording && { RecordUrl: result.recording.url, RecordingID: result.recording.recordingId }),
      };
    case 'MultiPartyCall':
      return multiPartyExitParams(result);
  }
}
