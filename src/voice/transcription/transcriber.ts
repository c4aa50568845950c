import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { Micros } from '../../billing/money.ts';
import { startedMinutes } from '../../billing/surcharges.ts';
import { AudioFileError } from '../../media/audio-files/audio-file-error.ts';
import { recordedSpeech } from '../../media/audio-files/recorded-speech.ts';
import { UTTERANCE_RATE, type Utterance } from '../../media/audio-files/utterance-cutter.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { type Recognition, RecognitionError } from '../../speech/recognition/recogniser.ts';
import type { SpeechRecognition } from '../input/speech-ear.ts';
import type { TranscribedSegment } from './transcription.ts';
import type { TranscriptionJob, TranscriptionOutcome, TranscriptionStore } from './transcription-store.ts';

export interface TranscriberOptions {
  readonly store: TranscriptionStore;
  readonly recogniser: SpeechRecognition;
  /** The file of a recording; undefined when it is gone. */
  readonly open: (recordingId: string) => Promise<Readable | undefined>;
  /** Puts what the application is told into the transaction. Resolves with what must be called after its commit. */
  readonly tell: (client: pg.ClientBase, job: TranscriptionJob, outcome: TranscriptionOutcome) => Promise<() => void>;
  /** A step for the timeline of the call. */
  readonly note: (callId: string, event: string, detail: Readonly<Record<string, unknown>>) => void;
  /** Of a started minute, in micro-units. */
  readonly price: () => Micros;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** voice-xml.md §6.8, voice-api.md §2. */
const SHORTEST_MS = 500;
const LONGEST_MS = 4 * 3_600_000;
const LARGEST_BYTES = 2 * 1024 ** 3;
/** A file at a time: an MP3 of four hours is 115 MB, and calls go before. */
const AT_ONCE = 1;
/** What was asked for on another node, or by a request whose wake was lost. */
const LOOK_EVERY_MS = 5_000;
/** A node that is killed leaves its work to the others after this; it puts it off as long as it is at it. */
const LEASE_MS = 60_000;
const KEEP_EVERY_MS = 20_000;
/** Of one utterance: nobody waits on the phone, and a large model on a small machine is slower than speech. */
const RESULT_WITHIN_MS = 120_000;
/** After an engine failed; then it is given up. A process that dies over a file counts as a failure too. */
const TRY_AGAIN_MS = [15_000, 60_000, 300_000, 1_800_000] as const;
/** Two words a second for four hours are 170 kB. */
const MAX_CHARACTERS = 1_000_000;

/** Why a recording cannot be transcribed, however often it is tried. */
class Untranscribable extends Error {}

/** Makes the transcriptions that are asked for: durable jobs, taken by whichever node has time. */
export class Transcriber {
  readonly #options: TranscriberOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #cancelLook: () => void = () => undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #started = false;

  constructor(options: TranscriberOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#options.store.release(this.#options.node);
    this.#started = true;
    this.wake();
  }

  /** There may be work. */
  wake(): void {
    if (!this.#started || this.#stopping.signal.aborted) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#cancelLook();
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#stopping.signal.aborted) return;
      if (this.#lookAgain) {
        this.#lookAgain = false;
        this.wake();
      } else this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => this.wake());
    });
  }

  /** What is under way is left to the next process, from its beginning. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelLook();
    await this.#looking;
    await Promise.all(this.#running);
    if (this.#started) await this.#options.store.giveBack(this.#options.node).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const { store, node, clock, log } = this.#options;
    try {
      while (this.#running.size < AT_ONCE && !this.#stopping.signal.aborted) {
        const job = await store.claim(node, clock.now(), LEASE_MS);
        if (!job) return;
        const work = this.#work(job)
          .catch((error: unknown) => log.warn({ err: error, recording_id: job.recordingId }, 'a transcription is left for later'))
          .finally(() => {
            this.#running.delete(work);
            this.wake();
          });
        this.#running.add(work);
      }
    } catch (error) {
      log.warn({ err: error }, 'transcriptions could not be looked for, it is tried again');
    }
  }

  async #work(job: TranscriptionJob): Promise<void> {
    const { store, node, clock } = this.#options;
    const lost = new AbortController();
    const stopKeeping = this.#keep(job, () => lost.abort());
    try {
      const segments = await this.#transcribe(job, AbortSignal.any([this.#stopping.signal, lost.signal]));
      const rateMicros = this.#options.price();
      const charge = { rateMicros, amountMicros: rateMicros * startedMinutes(job.durationMs) };
      await this.#finish(job, { state: 'done', segments, charge });
    } catch (error) {
      if (this.#stopping.signal.aborted || lost.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      const isFinal = error instanceof Untranscribable || error instanceof AudioFileError;
      const againMs = isFinal ? undefined : TRY_AGAIN_MS[job.attempts - 1];
      this.#note(job, 'transcription_failed', { reason, attempt: job.attempts, is_final: againMs === undefined });
      if (againMs === undefined) await this.#finish(job, { state: 'failed', error: reason });
      else await store.putOff(node, job, clock.now() + againMs);
    } finally {
      stopKeeping();
    }
  }

  /** Puts the lease off until it is stopped. */
  #keep({ recordingId, attempts }: TranscriptionJob, onLost: () => void): () => void {
    const { store, node, clock } = this.#options;
    let cancel: () => void = () => undefined;
    const again = () => {
      cancel = clock.after(KEEP_EVERY_MS, () => {
        // Storage that is away for a moment loses nothing: the lease is three times as long.
        store.keep(node, recordingId, attempts, clock.now() + LEASE_MS).then(
          (isOurs) => (isOurs ? undefined : onLost()),
          () => undefined,
        );
        again();
      });
    };
    again();
    return () => cancel();
  }

  async #transcribe(job: TranscriptionJob, signal: AbortSignal): Promise<readonly TranscribedSegment[]> {
    const { recogniser, open } = this.#options;
    if (job.attempts > TRY_AGAIN_MS.length + 1) throw new Untranscribable('given up: every try of it was cut off');
    if (!recogniser.available) throw new Untranscribable('no speech recogniser is configured');
    if (job.durationMs < SHORTEST_MS) throw new Untranscribable(`the recording is shorter than ${SHORTEST_MS} ms`);
    if (job.durationMs > LONGEST_MS) throw new Untranscribable('the recording is longer than 4 hours');
    if (job.size > LARGEST_BYTES) throw new Untranscribable('the recording is larger than 2 GB');
    const file = await open(job.recordingId);
    if (!file) throw new Untranscribable('the file of the recording is gone');
    this.#note(job, 'transcription_started', { attempt: job.attempts });
    const segments: TranscribedSegment[] = [];
    let characters = 0;
    try {
      await recordedSpeech(job.format, file, async (utterance) => {
        signal.throwIfAborted();
        const said = await this.#recognise(utterance, signal);
        if (!said) return;
        characters += said.text.length;
        if (characters > MAX_CHARACTERS) throw new Untranscribable(`the text is longer than ${MAX_CHARACTERS} characters`);
        segments.push(said);
      });
      return segments;
    } finally {
      file.destroy();
    }
  }

  async #recognise({ pcm, startMs, endMs }: Utterance, signal: AbortSignal): Promise<TranscribedSegment | undefined> {
    const { recogniser } = this.#options;
    const recognition = recogniser.recognise({
      sampleRate: UTTERANCE_RATE,
      language: recogniser.language,
      hints: [],
      model: 'phone_call',
      profanityFilter: false,
      resultWithinMs: RESULT_WITHIN_MS,
    });
    for (const piece of pcm) recognition.push(piece);
    recognition.end();
    const { text, confidence } = await untilAborted(recognition, signal);
    if (text === '') return undefined;
    return { startMs, endMs, text, ...(confidence !== undefined && { confidence }) };
  }

  async #finish(job: TranscriptionJob, outcome: TranscriptionOutcome): Promise<void> {
    const { store, node, clock, tell } = this.#options;
    const isOurs = await store.finish(node, job, outcome, clock.now(), (client) => tell(client, job, outcome));
    if (isOurs && outcome.state === 'done') this.#note(job, 'transcription_done', { segments: outcome.segments.length });
  }

  #note(job: TranscriptionJob, event: string, detail: Readonly<Record<string, unknown>>): void {
    this.#options.note(job.callId, event, { recording_id: job.recordingId, ...detail });
  }
}

async function untilAborted(recognition: Recognition, signal: AbortSignal) {
  const onAbort = () => recognition.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw new RecognitionError('cancelled', 'nobody waits for the result any more');
    return await recognition.result;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
