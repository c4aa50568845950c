import type { RecordingFacts } from '../../voice/call-application.ts';
import type { CallFacts } from '../../voice/call-facts.ts';
import { type CallParams, callParams } from './call-params.ts';

/** What a request tells of a recording made by XML (voice-xml.md §6.8). -1 stands for what is not over. */
export function recordingParams(recording: RecordingFacts): CallParams {
  return {
    RecordUrl: recording.url,
    RecordingID: recording.recordingId,
    RecordingDuration: String(wholeSeconds(recording.durationMs)),
    RecordingDurationMs: String(recording.durationMs),
    RecordingStartMs: String(recording.startedAt),
    RecordingEndMs: String(recording.endedAt),
  };
}

/** `callbackUrl` of Record: the file is ready. */
export function recordedParams(call: CallFacts, recording: RecordingFacts): CallParams {
  return { ...callParams(call, 'RecordStop'), ...recordingParams(recording) };
}

export function wholeSeconds(ms: number): number {
  return ms < 0 ? -1 : Math.round(ms / 1_000);
}
