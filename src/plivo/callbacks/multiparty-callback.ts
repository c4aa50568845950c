import { formatAmount } from '../../billing/money.ts';
import type { ElementResult } from '../../voice/call-application.ts';
import type {
  MultiPartyEvent,
  MultiPartyNotification,
  MultiPartyRecordingEvent,
  MultiPartyRecordingNotification,
} from '../../voice/multiparty/multiparty-notification.ts';
import { terminationCauses } from '../../voice/multiparty/multiparty-record.ts';
import type { CallParams } from './call-params.ts';
import { callbackNumber } from './callback-format.ts';

/** multiparty-calls.md §5.1 */
const eventNames: Readonly<Record<MultiPartyEvent, string>> = {
  initialized: 'MPCInitialized',
  started: 'MPCStart',
  ended: 'MPCEnd',
  joined: 'ParticipantJoin',
  exited: 'ParticipantExit',
  muted: 'ParticipantMute',
  unmuted: 'ParticipantUnmute',
  held: 'ParticipantHold',
  unheld: 'ParticipantUnhold',
  'coach-started': 'ParticipantCoachModeStart',
  'coach-stopped': 'ParticipantCoachModeStop',
  'speak-started': 'ParticipantSpeakStart',
  'speak-stopped': 'ParticipantSpeakStop',
  digit: 'ParticipantDigitInput',
  'invite-begun': 'AddParticipantByAPIActionInitiated',
  'invite-resolved': 'AddParticipantByAPIActionCompleted',
};

/** multiparty-calls.md §5.4; `MPC` or `Participant` stands before it. */
const recordingEventNames: Readonly<Record<MultiPartyRecordingEvent, string>> = {
  initiated: 'RecordingInitiated',
  paused: 'RecordingPaused',
  resumed: 'RecordingResumed',
  completed: 'RecordingCompleted',
  failed: 'RecordingFailed',
};

/**
 * `statusCallbackUrl` (multiparty-calls.md §5.2). Applications read every key of every event, so each has all of them, empty where
 * there is nothing to tell.
 */
export function multiPartyStatusParams(told: MultiPartyNotification): CallParams {
  const { multiParty, participant, end } = told;
  return {
    EventName: eventNames[told.event],
    EventTimestamp: eventTime(told.at),
    SequenceNumber: String(told.sequence),
    MPCUUID: multiParty.id,
    MPCName: multiParty.name,
    MemberID: participant?.memberId ?? '',
    ParticipantCallUUID: participant?.callId ?? '',
    ParticipantRole: participant?.role ?? '',
    ParticipantCoachMode: participant ? String(participant.coach) : '',
    MemberAddress: callbackNumber(participant?.address ?? ''),
    ParticipantCallFrom: callbackNumber(participant?.from ?? ''),
    ParticipantCallTo: callbackNumber(participant?.to ?? ''),
    ParticipantCallDirection: participant?.direction ?? '',
    DigitInput: told.digit ?? '',
    MPCDuration: end ? String(end.bill.durationS) : '',
    MPCBilledDuration: end ? String(end.bill.billedS) : '',
    MPCBilledAmount: end ? formatAmount(end.bill.amountMicros) : '',
    MPCTerminationCause: end ? terminationCauses[end.code] : '',
    MPCTerminationCauseCode: end ? String(end.code) : '',
    AddParticipantAPIRequestOutcome: told.outcome ?? '',
  };
}

/** `recordingCallbackUrl` (multiparty-calls.md §5.4). A participant's own names the member and not the multiparty call. */
export function multiPartyRecordingParams(told: MultiPartyRecordingNotification): CallParams {
  const { multiParty, memberId, recording } = told;
  return {
    EventName: `${memberId === undefined ? 'MPC' : 'Participant'}${recordingEventNames[told.event]}`,
    EventTimestamp: eventTime(told.at),
    SequenceNumber: String(told.sequence),
    ...(memberId === undefined ? { MPCName: multiParty.name, MPCUUID: multiParty.id } : { MemberID: memberId }),
    RecordingUUID: recording.recordingId,
    RecordingURL: recording.url,
    RecordingResourceURL: `/v1/Account/${multiParty.ownerId}/Recording/${recording.recordingId}/`,
    RecordingFormat: recording.format,
    RecordingStartTime: eventTime(recording.startedAt),
    RecordingEndTime: recording.endedAt === undefined ? '' : eventTime(recording.endedAt),
    RecordingDuration: recording.durationMs === undefined ? '' : String(Math.round(recording.durationMs / 1_000)),
  };
}

/** `onExitActionUrl`: what the request tells beside the call (multiparty-calls.md §5.5). */
export function multiPartyExitParams(result: Extract<ElementResult, { element: 'MultiPartyCall' }>): CallParams {
  return {
    MPCUUID: result.multiParty.id,
    MPCFriendlyName: result.multiParty.name,
    MemberID: result.memberId,
    ParticipantCallUUID: result.callId,
    ParticipantRole: result.role,
    ParticipantJoinTime: eventTime(result.joinedAt),
    ParticipantEndTime: eventTime(result.exitedAt),
  };
}

/** `YYYY-MM-DD HH:mm:ss+00:00`, from milliseconds since the epoch. */
function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
}
