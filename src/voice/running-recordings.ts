import type { Recording } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { CallApplication, RecordingFacts } from './call-application.ts';
import type { CallRecordings, PreparedRecording, RecordingPlan, RunningRecording } from './call-recordings.ts';
import { LegGone } from './leg.ts';

/** Where recordings are kept: names before they begin, records and files afterwards. */
export interface RecordingArchive {
  /** A name nobody can guess, the URL under which the file will be served, and the path to write it to. */
  reserve(
    call: { readonly accountId: string },
    format: 'mp3' | 'wav',
  ): { readonly recordingId: string; readonly url: string; readonly path: string };
  /** The file is complete. */
  keep(recording: FinishedRecording): Promise<void>;
}

export interface FinishedRecording extends RecordingFacts {
  readonly accountId: string;
  readonly ownerId: string;
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly format: 'mp3' | 'wav';
  readonly path: string;
  readonly bytes: number;
}

/** Recordings of the calls of this node. */
export class RunningRecordings implements CallRecordings {
  readonly #archive: RecordingArchive;
  readonly #application: CallApplication;
  readonly #running = new Map<string, Set<RunningRecording>>();

  constructor(archive: RecordingArchive, application: CallApplication) {
    this.#archive = archive;
    this.#application = application;
  }

  running(callId: string): readonly RunningRecording[] {
    return [...(this.#running.get(callId) ?? [])];
  }

  prepare(call: Call, plan: RecordingPlan): PreparedRecording {
    const place = this.#archive.reserve(call.facts, plan.format);
    return {
      recordingId: place.recordingId,
      url: place.url,
      start: async () => {
        if (!call.media) throw new LegGone('the call has no audio');
        call.note('recording_started', { recording_id: place.recordingId, format: plan.format, channels: plan.channels });
        const recording = call.media.record({
          format: plan.format,
          channels: plan.channels,
          path: place.path,
          maxMs: plan.maxMs,
          silenceMs: plan.silenceMs,
        });
        const running: RunningRecording = {
          recordingId: place.recordingId,
          url: place.url,
          stop: () => recording.stop(),
          finished: this.#finish(call, plan, place, recording).finally(() => this.#forget(call.id, running)),
        };
        const others = this.#running.get(call.id) ?? new Set();
        this.#running.set(call.id, others.add(running));
        return running;
      },
    };
  }

  async #finish(
    call: Call,
    plan: RecordingPlan,
    place: ReturnType<RecordingArchive['reserve']>,
    recording: Recording,
  ): Promise<RecordingFacts | undefined> {
    const end = await recording.ended;
    const { recordingId, url } = place;
    if (end.cause === 'failed') {
      call.note('recording_failed', { recording_id: recordingId, reason: end.error ?? 'the file could not be written' });
      return undefined;
    }
    call.note('recording_ended', { recording_id: recordingId, cause: end.cause, duration_ms: end.durationMs });
    const facts: RecordingFacts = {
      recordingId,
      url,
      durationMs: end.durationMs,
      startedAt: end.startedAt,
      endedAt: end.endedAt,
    };
    const { accountId, ownerId, from, to } = call.facts;
    try {
      await this.#archive.keep({
        ...facts,
        accountId,
        ownerId,
        callId: call.id,
        from,
        to,
        format: plan.format,
        path: place.path,
        bytes: end.bytes,
      });
      if (plan.callback) {
        const told = { call: call.facts, target: plan.callback, recording: facts };
        await this.#application.notify(
          plan.apiId === undefined ? { ...told, kind: 'recorded' } : { ...told, kind: 'api-recorded', apiId: plan.apiId },
        );
      }
    } catch (error) {
      call.note('recording_failed', { recording_id: recordingId, reason: String(error) });
      return undefined;
    }
    return facts;
  }

  #forget(callId: string, running: RunningRecording): void {
    const others = this.#running.get(callId);
    others?.delete(running);
    if (others?.size === 0) this.#running.delete(callId);
  }
}
