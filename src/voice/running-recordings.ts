import type { Recording } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { CallNotification, RecordingFacts } from './call-application.ts';
import type { CallRecordings, PreparedRecording, RecordedRoom, RecordingPlan, RunningRecording } from './call-recordings.ts';
import { LegGone } from './leg.ts';
import type { BegunRecording, Recordings } from './recordings.ts';
import type { WriteNotifications } from './write-notifications.ts';

/** Where recordings are kept. */
export type RecordingArchive = Pick<Recordings, 'begin' | 'finished' | 'failed'>;

/** Recordings of the calls of this node, while they run. */
export class RunningRecordings implements CallRecordings {
  readonly #archive: RecordingArchive;
  readonly #writeNotifications: WriteNotifications;
  readonly #running = new Map<string, Set<RunningRecording>>();

  constructor(archive: RecordingArchive, writeNotifications: WriteNotifications) {
    this.#archive = archive;
    this.#writeNotifications = writeNotifications;
  }

  running(callId: string): readonly RunningRecording[] {
    return [...(this.#running.get(callId) ?? [])];
  }

  async prepare(call: Call, plan: RecordingPlan, room?: RecordedRoom): Promise<PreparedRecording> {
    const { accountId, ownerId, from, to } = call.facts;
    const channels = plan.channels === 'stereo' ? 'stereo' : 'mono';
    const begun = await this.#archive.begin({
      callId: call.id,
      accountId,
      ownerId,
      from,
      to,
      format: plan.format,
      channels,
      conferenceName: room?.conferenceName,
    });
    const { recordingId, url } = begun;
    return {
      recordingId,
      url,
      start: async () => {
        const source = room ?? (call.gone.aborted ? undefined : call.media);
        if (!source) {
          await this.#archive.failed(begun);
          throw new LegGone('the call has no audio');
        }
        call.note('recording_started', { recording_id: recordingId, format: plan.format, channels: plan.channels });
        const { format, maxMs, silenceMs } = plan;
        const recording = source.record({ format, channels: plan.channels, path: begun.path, maxMs, silenceMs });
        const forget = () => room === undefined && this.#forget(call.id, running);
        const running: RunningRecording = {
          recordingId,
          url,
          stop: () => recording.stop(),
          finished: this.#finish(call, plan, begun, recording, room).finally(forget),
        };
        if (room) return running;
        const others = this.#running.get(call.id) ?? new Set();
        this.#running.set(call.id, others.add(running));
        return running;
      },
      discard: () => this.#archive.failed(begun),
    };
  }

  /** Never rejects: what goes wrong is in the timeline, and the call goes on without the recording. */
  async #finish(
    call: Call,
    plan: RecordingPlan,
    begun: BegunRecording,
    recording: Recording,
    room: RecordedRoom | undefined,
  ): Promise<RecordingFacts | undefined> {
    const end = await recording.ended;
    const { recordingId, url } = begun;
    try {
      if (end.cause === 'failed') throw new Error(end.error ?? 'the file could not be written');
      const { durationMs, startedAt, endedAt } = end;
      const facts: RecordingFacts = { recordingId, url, durationMs, startedAt, endedAt };
      const told = room ? room.notification(facts) : notificationOf(call, plan, facts);
      const kept = await this.#archive.finished(
        begun,
        { durationMs, startedAt, endedAt },
        told && ((client) => this.#writeNotifications(client, [told])),
      );
      if (!kept) throw new Error('there was nothing to record');
      call.note('recording_ended', { recording_id: recordingId, cause: end.cause, duration_ms: durationMs });
      return facts;
    } catch (error) {
      call.note('recording_failed', {
        recording_id: recordingId,
        reason: error instanceof Error ? error.message : String(error),
      });
      await this.#archive.failed(begun).catch(() => undefined);
      return undefined;
    }
  }

  #forget(callId: string, running: RunningRecording): void {
    const others = this.#running.get(callId);
    others?.delete(running);
    if (others?.size === 0) this.#running.delete(callId);
  }
}

function notificationOf(call: Call, plan: RecordingPlan, recording: RecordingFacts): CallNotification | undefined {
  if (!plan.callback) return undefined;
  const told = { call: call.facts, target: plan.callback, recording };
  return plan.apiId === undefined ? { ...told, kind: 'recorded' } : { ...told, kind: 'api-recorded', apiId: plan.apiId };
}
