import type { Recording, RecordOptions } from '../../media/media-engine.ts';
import type { Call } from '../call.ts';
import type { RecordedRoomName } from '../call-recordings.ts';
import type { ElementUrl } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import type { MultiPartyRecordingEvent } from './multiparty-notification.ts';
import { multiPartyLimits, type TranscriptWish } from './multiparty-plan.ts';
import type { MultiPartyTeller } from './multiparty-teller.ts';

/** No multiparty call lasts longer. */
const RECORDING_MAX_MS = multiPartyLimits.maxDurationS.most * 1_000;

export interface MultiPartyRecordingPlan {
  readonly format: 'mp3' | 'wav';
  readonly callback: ElementUrl | undefined;
  readonly transcription: TranscriptWish | undefined;
}

export interface RecordingSource {
  /** In whose name it is recorded. */
  readonly call: Call;
  readonly services: FlowServices;
  readonly of: RecordedRoomName;
  /** Of a participant's own recording. */
  readonly memberId: string | undefined;
  readonly channels: 'mono' | 'stereo' | 'incoming';
  record(options: RecordOptions): Recording;
}

/** A recording of a multiparty call or of a participant that runs. */
export interface MultiPartyRecording {
  readonly recordingId: string;
  readonly url: string;
  readonly paused: boolean;
  /** False: it was so already. */
  setPaused(paused: boolean): boolean;
  stop(): void;
  /** Resolves when it has ended, well or not. */
  readonly ended: Promise<void>;
}

/**
 * Begins a recording and tells its callback of every step (multiparty-calls.md §5.4). Undefined when `over` aborted before it could begin.
 * @throws when storage does not take it
 */
export async function beginRecording(
  source: RecordingSource,
  { format, callback, transcription }: MultiPartyRecordingPlan,
  teller: MultiPartyTeller,
  over: AbortSignal,
): Promise<MultiPartyRecording | undefined> {
  const { call, services, memberId, channels } = source;
  const { clock } = services;
  const plan = {
    format,
    channels,
    maxMs: RECORDING_MAX_MS,
    silenceMs: undefined,
    callback: undefined,
    apiId: undefined,
    transcription: transcription && {
      type: 'auto' as const,
      url: transcription.url === undefined ? undefined : { url: transcription.url, method: 'POST' },
      reportType: 'compact' as const,
    },
  };
  const prepared = await services.recordings.prepare(call, plan, {
    of: source.of,
    record: (options) => source.record(options),
    notification: ({ durationMs, startedAt, endedAt }) =>
      callback && teller.recording(callback, 'completed', about({ durationMs, startedAt, endedAt })),
  });
  const { recordingId, url } = prepared;
  const begunAt = clock.now();
  const about = (times: { readonly startedAt: number; readonly endedAt?: number; readonly durationMs?: number }) => ({
    memberId,
    recording: {
      recordingId,
      url,
      format,
      startedAt: times.startedAt,
      endedAt: times.endedAt,
      durationMs: times.durationMs,
    },
  });
  const tell = (event: MultiPartyRecordingEvent) => {
    if (callback) teller.tellRecording(callback, event, about({ startedAt: begunAt }));
  };
  if (over.aborted) {
    await prepared.discard();
    return undefined;
  }
  const running = await prepared.start();
  tell('initiated');
  let paused = false;
  const stopped = Promise.withResolvers<void>();
  const finished = running.finished.then((facts) => {
    if (!facts) tell('failed');
  });
  return {
    recordingId,
    url,
    get paused() {
      return paused;
    },
    setPaused(wanted) {
      if (wanted === paused) return false;
      paused = wanted;
      if (wanted) running.pause();
      else running.resume();
      tell(wanted ? 'paused' : 'resumed');
      return true;
    },
    stop() {
      running.stop();
      stopped.resolve();
    },
    ended: Promise.race([stopped.promise, finished]),
  };
}
