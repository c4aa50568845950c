import type pg from 'pg';
import { formatAmount } from '../../billing/money.ts';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { textOf } from '../../voice/transcription/transcription.ts';
import type { TranscriptionJob, TranscriptionOutcome } from '../../voice/transcription/transcription-store.ts';
import { segmentObjects } from '../transcriptions/transcription-object.ts';
import type { CallParams } from './call-params.ts';
import { usableTarget, withoutCredentials } from './call-request.ts';
import { wholeSeconds } from './recorded.ts';

export const TRANSCRIBED = 'call-transcribed';

export interface TranscribedNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly delivery: Pick<Dispatcher, 'admit' | 'handOver'>;
  readonly note: (callId: string, event: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** `transcriptionUrl` of a recording (voice-xml.md §6.8, voice-api.md §6.4): what was said in it, or why nobody knows. */
export function transcribedParams(job: TranscriptionJob, outcome: TranscriptionOutcome): CallParams {
  return {
    transcription: outcome.state === 'done' ? reported(job, outcome) : '',
    transcription_charge: formatAmount(outcome.state === 'done' ? outcome.charge.amountMicros : 0),
    transcription_rate: formatAmount(outcome.state === 'done' ? outcome.charge.rateMicros : 0),
    duration: String(wholeSeconds(job.durationMs)),
    call_uuid: job.callId,
    recording_id: job.recordingId,
    error: outcome.state === 'failed' ? outcome.error : '',
  };
}

function reported(job: TranscriptionJob, { segments }: Extract<TranscriptionOutcome, { state: 'done' }>): string {
  return job.reportType === 'full' ? JSON.stringify(segmentObjects(segments)) : textOf(segments);
}

/** Puts the webhook of a transcription into the transaction that ends it. What comes back is to be called after the commit. */
export const tellTranscribed =
  ({ clock, ids, delivery, note }: TranscribedNeeds) =>
  async (client: pg.ClientBase, job: TranscriptionJob, outcome: TranscriptionOutcome): Promise<() => void> => {
    if (!job.callback) return () => undefined;
    const target = usableTarget(job.callback);
    if (target.kind !== 'usable') {
      note(job.callId, 'request', { purpose: TRANSCRIBED, url: withoutCredentials(job.callback.url), failure: target.reason });
      return () => undefined;
    }
    const admission = delivery.admit([
      {
        id: ids.uuid(),
        accountId: job.ownerId,
        subjectId: job.callId,
        kind: TRANSCRIBED,
        url: target.url,
        method: target.method,
        payload: { form: transcribedParams(job, outcome) },
        sensitive: [],
        createdAt: clock.now(),
      },
    ]);
    await insertWebhooks(client, admission);
    return () => delivery.handOver(admission);
  };
