import { formatAmount } from '../../billing/money.ts';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { MaskingEvent, MaskingNotice, MaskingNotifier } from '../../masking/notices.ts';
import type { Ids } from '../../runtime/ids.ts';
import { hangupCauses } from '../../voice/hangup-cause.ts';
import { usableTarget } from './call-request.ts';
import { callbackTime } from './callback-format.ts';

/** They follow the settings of their URL as all callbacks of calls do. */
export const MASKING_SESSION = 'masking-session';

const names: Readonly<Record<MaskingEvent['kind'], string>> = {
  'first-answer': 'SessionFirstPartyAnswer',
  'second-ring': 'SessionSecondPartyRing',
  'second-answer': 'SessionSecondPartyAnswer',
  'second-hangup': 'SessionSecondPartyHangup',
  'first-hangup': 'SessionFirstPartyHangup',
  pin: 'SessionPinAuthenticationStatus',
  timeout: 'SessionTimeout',
  'parties-hangup': 'SessionPartiesHangup',
  'recording-initiated': 'SessionRecordingInitiated',
  'recording-completed': 'SessionRecordingCompleted',
  'recording-failed': 'SessionRecordingFailed',
};
const pinStatuses = { success: 'success', failed: 'failed', authorized: 'AuthorizedCaller' } as const;

/** Callbacks of masking sessions (account-numbers.md §13.4), in the order of each session. */
export function maskingNotifier(ids: Ids, delivery: Pick<Dispatcher, 'admit' | 'handOver'>, publicUrl: string): MaskingNotifier {
  return {
    async write(client, notices) {
      const jobs = notices.flatMap((notice): WebhookJob[] => {
        const target = usableTarget(notice.target);
        if (target.kind !== 'usable') return [];
        return [
          {
            id: ids.uuid(),
            accountId: notice.ownerId,
            subjectId: notice.sessionId,
            kind: MASKING_SESSION,
            url: target.url,
            method: target.method,
            payload: { form: maskingParams(notice, publicUrl) },
            sensitive: [],
            createdAt: notice.at,
          },
        ];
      });
      if (jobs.length === 0) return () => undefined;
      const admission = delivery.admit(jobs);
      await insertWebhooks(client, admission);
      return () => delivery.handOver(admission);
    },
  };
}

function maskingParams(notice: MaskingNotice, publicUrl: string): Record<string, string> {
  const { event, from, to, virtualNumber, sessionId, sequence, at } = notice;
  return {
    EventName: names[event.kind],
    EventTimestamp: callbackTime(at),
    From: from,
    SequenceNumber: String(sequence),
    SessionUUID: sessionId,
    To: to,
    VirtualNumber: virtualNumber,
    ...detailsOf(notice, event, publicUrl),
  };
}

function detailsOf({ accountId, format }: MaskingNotice, event: MaskingEvent, publicUrl: string): Record<string, string> {
  switch (event.kind) {
    case 'first-answer':
    case 'second-ring':
    case 'second-answer':
    case 'timeout':
      return {};
    case 'pin':
      return { PinAuthenticationStatus: pinStatuses[event.status], PinRetryCounter: String(event.tries) };
    case 'first-hangup':
    case 'second-hangup':
    case 'parties-hangup': {
      const { cause, durationS, billedS, amountMicros } = event.end;
      return {
        Amount: formatAmount(amountMicros),
        BilledDuration: String(billedS),
        Duration: String(durationS),
        PlivoHangupCause: cause ? hangupCauses[cause.code] : '',
        PlivoHangupCauseCode: cause ? String(cause.code) : '',
      };
    }
    case 'recording-initiated':
    case 'recording-completed':
    case 'recording-failed': {
      const { recordingId, url } = event.recording;
      return {
        RecordingFormat: `.${format}`,
        RecordingResourceURL: `${publicUrl}/v1/Account/${accountId}/Recording/${recordingId}/`,
        RecordingURL: url,
        RecordingUUID: recordingId,
        ...(event.kind === 'recording-completed' && {
          RecordingDuration: String(Math.ceil(event.recording.durationMs / 1000)),
          RecordingEndTime: callbackTime(event.recording.endedAt),
          RecordingStartTime: callbackTime(event.recording.startedAt),
        }),
      };
    }
  }
}
