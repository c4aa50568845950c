import type { Reach } from '../../accounts/reach.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Transcription } from '../document.ts';
import type { StoredRecording } from '../recording-store.ts';
import type { NewTranscription, StoredTranscription } from './transcription.ts';
import type { TranscriptionStore } from './transcription-store.ts';

/** Where a recording that begins says that it wants to be transcribed. */
export interface TranscriptionRequests {
  /** Resolves when that is committed: from then on no crash loses it. It is done when the recording has ended. */
  request(
    recording: Pick<NewTranscription, 'recordingId' | 'accountId' | 'ownerId' | 'callId'>,
    wanted: Transcription,
  ): Promise<void>;
  /** A recording has been kept. */
  recorded(): void;
}

/** Transcriptions as recordings and the API ask for them. Who makes them is the transcriber, on whatever node. */
export class Transcriptions implements TranscriptionRequests {
  readonly #store: TranscriptionStore;
  readonly #clock: Clock;
  #wake: () => void = () => undefined;

  constructor(store: TranscriptionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Called when there may be work; what is not told of is found by the transcriber's next look. */
  onWork(wake: () => void): void {
    this.#wake = wake;
  }

  async request(
    { recordingId, accountId, ownerId, callId }: Pick<NewTranscription, 'recordingId' | 'accountId' | 'ownerId' | 'callId'>,
    { url, reportType }: Pick<Transcription, 'url' | 'reportType'>,
  ): Promise<void> {
    await this.#store.request({ recordingId, accountId, ownerId, callId, reportType, callback: url }, this.#clock.now());
  }

  /** Of a recording that has ended. */
  async requestAgain(recording: StoredRecording, wanted: Pick<Transcription, 'url' | 'reportType'>): Promise<void> {
    await this.request(recording, wanted);
    this.#wake();
  }

  recorded(): void {
    this.#wake();
  }

  find(reach: Reach, recordingId: string): Promise<StoredTranscription | undefined> {
    return this.#store.find(reach, recordingId);
  }

  /** False when there is none within reach. The recording stays. */
  delete(reach: Reach, recordingId: string): Promise<boolean> {
    return this.#store.remove(reach, recordingId);
  }
}
