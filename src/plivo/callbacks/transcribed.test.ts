import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TranscriptionJob } from '../../voice/transcription/transcription-store.ts';
import { transcribedParams } from './transcribed.ts';

const job: TranscriptionJob = {
  recordingId: 'r-1',
  accountId: 'MA',
  ownerId: 'MA',
  callId: 'c-1',
  reportType: 'compact',
  callback: undefined,
  attempts: 1,
  format: 'mp3',
  size: 1,
  durationMs: 12_600,
};
const segments = [
  { startMs: 0, endMs: 900, text: 'hello', confidence: 0.5 },
  { startMs: 2_000, endMs: 2_900, text: 'world' },
];
const charge = { rateMicros: 15_000, amountMicros: 15_000 };
/** What nobody understood. */
const free = { transcription_charge: '0.00000', transcription_rate: '0.00000' };
const common = {
  transcription_charge: '0.01500',
  transcription_rate: '0.01500',
  duration: '13',
  call_uuid: 'c-1',
  recording_id: 'r-1',
};

test('a transcription is told in lower case names: as text, with times, or why there is none', () => {
  assert.deepEqual(transcribedParams(job, { state: 'done', segments, charge }), {
    ...common,
    transcription: 'hello world',
    error: '',
  });
  assert.deepEqual(
    JSON.parse(transcribedParams({ ...job, reportType: 'full' }, { state: 'done', segments, charge }).transcription ?? ''),
    [
      { start_ms: 0, end_ms: 900, text: 'hello', confidence: 0.5 },
      { start_ms: 2_000, end_ms: 2_900, text: 'world', confidence: null },
    ],
  );
  assert.deepEqual(transcribedParams(job, { state: 'failed', error: 'gone' }), {
    ...common,
    ...free,
    transcription: '',
    error: 'gone',
  });
});
