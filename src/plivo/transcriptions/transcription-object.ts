import { Type } from 'typebox';
import { unitsOf } from '../../billing/money.ts';
import { type StoredTranscription, type TranscribedSegment, textOf } from '../../voice/transcription/transcription.ts';

const segmentObject = Type.Object({
  start_ms: Type.Integer(),
  end_ms: Type.Integer(),
  text: Type.String(),
  confidence: Type.Union([Type.Number(), Type.Null()]),
});

/** A transcription (voice-api.md §9): its id is that of its recording. */
export const transcriptionObject = {
  cost: Type.Number(),
  rate: Type.Number(),
  recording_duration_ms: Type.Number(),
  recording_start_ms: Type.Number(),
  status: Type.Union([Type.Literal('success'), Type.Literal('in progress'), Type.Literal('failed')]),
  transcription: Type.Union([Type.String(), Type.Array(segmentObject)]),
  error: Type.Optional(Type.String()),
};

const statuses = { waiting: 'in progress', done: 'success', failed: 'failed' } as const;

export const segmentObjects = (segments: readonly TranscribedSegment[]) =>
  segments.map(({ startMs, endMs, text, confidence }) => ({
    start_ms: startMs,
    end_ms: endMs,
    text,
    confidence: confidence ?? null,
  }));

export function renderTranscription(found: StoredTranscription, full: boolean) {
  return {
    cost: unitsOf(found.charge.amountMicros),
    rate: unitsOf(found.charge.rateMicros),
    recording_duration_ms: found.durationMs,
    recording_start_ms: found.recordedAt.getTime(),
    status: statuses[found.state],
    transcription: full ? segmentObjects(found.segments) : textOf(found.segments),
    ...(found.error !== undefined && { error: found.error }),
  };
}
