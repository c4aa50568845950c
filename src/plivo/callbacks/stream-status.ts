import type { CallFacts } from '../../voice/call-facts.ts';
import type { StreamNotification } from '../../voice/streams/stream-facts.ts';
import { contentTypeOf } from '../streams/stream-formats.ts';
import type { CallParams } from './call-params.ts';
import { callbackNumber } from './callback-format.ts';

const events: Readonly<Record<StreamNotification['event'], string>> = {
  started: 'StartStream',
  stopped: 'StopStream',
  dropped: 'DroppedStream',
  degraded: 'DegradedStream',
};

/** The status callback of a stream (audio-streaming.md §7). */
export function streamStatusParams(call: CallFacts, { stream, event, at, error }: StreamNotification): CallParams {
  const { plan, startedAt, endedAt, endReason } = stream;
  const isOver = event === 'stopped' || event === 'dropped';
  return {
    Event: events[event],
    CallUUID: stream.callId,
    StreamID: stream.streamId,
    ServiceURL: plan.url,
    Timestamp: secondsOf(at),
    From: callbackNumber(call.from),
    To: callbackNumber(call.to),
    Direction: call.direction,
    ParentAuthID: call.accountId,
    ...(error !== undefined && { Error: error }),
    ...(isOver && {
      StatusReason: error ?? endReason ?? '',
      Duration: String(startedAt === undefined || endedAt === undefined ? 0 : Math.round((endedAt - startedAt) / 1_000)),
    }),
    bidirectional: String(plan.bidirectional),
    audioTrack: plan.track,
    streamTimeout: String(plan.timeoutMs / 1_000),
    contentType: contentTypeOf(plan),
    extraHeaders: plan.extraHeaders,
    keepCallAlive: String(plan.keepCallAlive),
    status_callback_url: plan.statusCallback?.url ?? '',
    status_callback_method: plan.statusCallback?.method ?? '',
  };
}

/** `2026-01-05 13:42:33`, UTC. */
const secondsOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
