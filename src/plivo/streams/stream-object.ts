import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import type { StreamFacts } from '../../voice/streams/stream-facts.ts';
import type { StreamState } from '../../voice/streams/stream-state.ts';
import { nullableString } from '../fields.ts';
import { localSeconds } from '../times.ts';
import { contentTypeOf } from './stream-formats.ts';

/** A stream of a call (audio-streaming.md §2). `rounded_bill_duration` is text, because one SDK reads nothing else there. */
export const streamObject = {
  audio_track: Type.String(),
  bidirectional: Type.Boolean(),
  bill_duration: Type.Integer(),
  billed_amount: Type.String(),
  call_uuid: Type.String({ format: 'uuid' }),
  content_type: Type.String(),
  created_at: Type.String(),
  end_time: nullableString(),
  plivo_auth_id: Type.String(),
  resource_uri: Type.String(),
  rounded_bill_duration: Type.String(),
  service_url: Type.String(),
  start_time: nullableString(),
  status: Type.String(),
  status_callback_url: Type.String(),
  stream_id: Type.String({ format: 'uuid' }),
};

/** Of these only the first is known from published samples. */
const statuses: Readonly<Record<StreamState, string>> = {
  connecting: 'initiated',
  streaming: 'in-progress',
  stopped: 'completed',
  dropped: 'failed',
};
/** Streams are counted by the minute. */
const ROUNDED_TO_S = 60;

export function renderStream(scope: Scope, stream: StreamFacts, nowMs: number) {
  const { plan, startedAt, endedAt } = stream;
  const local = (ms: number | undefined) => (ms === undefined ? null : localSeconds(new Date(ms), scope.account.timezone));
  const seconds = startedAt === undefined ? 0 : Math.ceil(Math.max(0, (endedAt ?? nowMs) - startedAt) / 1_000);
  return {
    audio_track: plan.track,
    bidirectional: plan.bidirectional,
    bill_duration: seconds,
    billed_amount: formatAmount(stream.amountMicros ?? 0),
    call_uuid: stream.callId,
    content_type: contentTypeOf(plan),
    created_at: new Date(stream.createdAt).toISOString().replace('T', ' ').replace('Z', '000+00:00'),
    end_time: local(endedAt),
    plivo_auth_id: stream.ownerId,
    resource_uri: `/v1/Account/${scope.authId}/Call/${stream.callId}/Stream/${stream.streamId}/`,
    rounded_bill_duration: String(Math.ceil(seconds / ROUNDED_TO_S) * ROUNDED_TO_S),
    service_url: plan.url,
    start_time: local(startedAt),
    status: statuses[stream.state],
    status_callback_url: plan.statusCallback?.url ?? '',
    stream_id: stream.streamId,
  };
}
