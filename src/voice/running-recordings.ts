import type { Recording } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './call.ts';
import type { CallNotification, RecordingFacts } from './call-application.ts';
import type { CallRecordings, PreparedRecording, RecordedRoom, RecordingPlan, RunningRecording } from './call-recordings.ts';
import type { InTransaction } from './call-store.ts';
import type { Transcription } from './document.ts';
import { LegGone } from './leg.ts';
import type { BegunRecording, Recordings } from './recordings.ts';
import type { TranscriptionRequests } from './transcription/transcriptions.ts';
import type { WriteNotifications } from './write-notifications.ts';

/** Where recordings are kept. */
export type RecordingArchive = Pick<Recordings, 'begin' | 'finished' | 'failed'>;

/** Storage that restarts is back by then. The caller of a Record that has ended waits in silence meanwhile, so not for longer. */
const KEEP_TRIES = 20;
const KEEP_AGAIN_MS = 500;
/** Stands for the facts of a recording until they are known. */
const NOT_YET: RecordingFacts = { recordingId: '', url: '', durationMs: 0, startedAt: 0, endedAt: 0 };

/** Recordings of the calls of this node, while they run. */
export class RunningRecordings implements CallRecordings {
  readonly #clock: Clock;
  readonly #archive: RecordingArchive;
  readonly #writeNotifications: WriteNotifications;
  readonly #transcriptions: TranscriptionRequests;
  readonly #running = new Map<string, Set<RunningRecording>>();
  /** Those whose file is not kept yet. */
  readonly #unkept = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(
    clock: Clock,
    archive: RecordingArchive,
    writeNotifications: WriteNotifications,
    transcriptions: TranscriptionRequests,
  ) {
    this.#transcriptions = transcriptions;
    this.#clock = clock;
    this.#archive = archive;
    this.#writeNotifications = writeNotifications;
  }

  /** Resolves when all that were recorded are kept. What storage does not take at once from now on is found again by the next start. */
  async settled(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#unkept);
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
      room: room?.of,
      // A multiparty call tells of its recordings step by step, and its steps end with the process.
      told:
        room === undefined
          ? (plan.program ?? notificationOf(call, plan, NOT_YET))
          : room.of.kind === 'conference'
            ? room.notification(NOT_YET)
            : undefined,
    });
    const { recordingId, url } = begun;
    if (plan.transcription) await this.#requestTranscription(call, begun, plan.transcription);
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
        const finished = this.#finish(call, plan, begun, recording, room).finally(forget);
        this.#unkept.add(finished);
        void finished.finally(() => this.#unkept.delete(finished));
        const running: RunningRecording = {
          recordingId,
          url,
          stop: () => recording.stop(),
          pause: () => recording.pause(),
          resume: () => recording.resume(),
          finished,
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
    const failed = (reason: string) => call.note('recording_failed', { recording_id: recordingId, reason });
    if (end.cause === 'failed') {
      failed(end.error ?? 'the file could not be written');
      await this.#archive.failed(begun).catch(() => undefined);
      return undefined;
    }
    const { durationMs, startedAt, endedAt } = end;
    const facts: RecordingFacts = { recordingId, url, durationMs, startedAt, endedAt };
    const told = room ? room.notification(facts) : notificationOf(call, plan, facts);
    try {
      const kept = await this.#keep(begun, { durationMs, startedAt, endedAt }, this.#alsoOf(plan, facts, told));
      if (kept && plan.transcription) this.#transcriptions.recorded();
      if (kept) call.note('recording_ended', { recording_id: recordingId, cause: end.cause, duration_ms: durationMs });
      else failed('there was nothing to record');
      return kept ? facts : undefined;
    } catch (error) {
      // The file stays: the next start makes a recording of it.
      failed(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** What goes into the transaction that makes the file visible. */
  #alsoOf(plan: RecordingPlan, facts: RecordingFacts, told: CallNotification | undefined): InTransaction | undefined {
    const { kept } = plan;
    if (!told && !kept) return undefined;
    return async (client) => {
      const committed = [await (told && this.#writeNotifications(client, [told])), await kept?.(client, facts)];
      return () => {
        for (const handOver of committed) handOver?.();
      };
    };
  }

  /** False when there is no audio. @throws the last error of a storage that is away for too long */
  async #keep(
    begun: BegunRecording,
    facts: Omit<RecordingFacts, 'recordingId' | 'url'>,
    also: InTransaction | undefined,
  ): Promise<boolean> {
    for (let tried = 1; ; tried++) {
      try {
        const kept = await this.#archive.finished(begun, facts, also);
        // Of a try whose answer was lost, too, nothing is left to do.
        return kept || tried > 1;
      } catch (error) {
        if (tried === KEEP_TRIES || this.#stopping.signal.aborted) throw error;
      }
      await this.#clock.sleep(KEEP_AGAIN_MS, this.#stopping.signal).catch(() => undefined);
    }
  }

  /** Before there is audio: whatever happens to this process, whoever finds the recording finds the wish with it. */
  async #requestTranscription(call: Call, begun: BegunRecording, wanted: Transcription): Promise<void> {
    const { accountId, ownerId } = call.facts;
    try {
      await this.#transcriptions.request({ recordingId: begun.recordingId, accountId, ownerId, callId: call.id }, wanted);
    } catch (error) {
      await this.#archive.failed(begun).catch(() => undefined);
      throw error;
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
