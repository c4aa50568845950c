import { createHash } from 'node:crypto';
import type { SpeechFiles } from './speech-files.ts';
import type { SpeechAudio, SpeechRequest, SpeechSynthesizer } from './synthesizer.ts';

/** Sampling rate of everything in the cache: the most that telephony carries. */
export const SPEECH_SAMPLE_RATE = 16_000;

export type Resample = (pcm: Int16Array, fromRate: number, toRate: number) => Int16Array;

/** The part of the program's log that is used. */
export interface SpeechLog {
  warn(facts: Readonly<Record<string, unknown>>, text: string): void;
}

export interface CachedAudio extends SpeechAudio {
  /**
   * At `SPEECH_SAMPLE_RATE`, in memory that threads can share. The same text gives the same array while it is in memory; it is
   * never changed.
   */
  readonly pcm: Int16Array<SharedArrayBuffer>;
}

export interface SpeechCacheOptions {
  readonly maxMemoryBytes: number;
  /** Undefined keeps nothing on disk. */
  readonly files: SpeechFiles | undefined;
  readonly resample: Resample;
  readonly log: SpeechLog;
}

/** Counts the same for both, so that many short texts do not take more memory than their bytes tell. */
const ENTRY_BYTES = 512;
/** Texts that are being made: an engine refuses what is too much for it, this bounds what waits in front of several of them. */
const MAX_UNDER_WAY = 256;

interface UnderWay {
  readonly result: Promise<CachedAudio>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Audio by engine, voice, language and text: in memory, then on disk. Requests for the same text at the same time are made once,
 * and given up when nobody waits any more. The fault of a disk is a warning, never a silence.
 */
export class SpeechCache {
  readonly #options: SpeechCacheOptions;
  /** In order of last use. */
  readonly #memory = new Map<string, CachedAudio>();
  readonly #underWay = new Map<string, UnderWay>();
  #bytes = 0;

  constructor(options: SpeechCacheOptions) {
    this.#options = options;
  }

  async get(engine: SpeechSynthesizer, request: SpeechRequest, signal: AbortSignal): Promise<CachedAudio> {
    signal.throwIfAborted();
    const key = keyOf(engine, request);
    const known = this.#memory.get(key);
    if (known) {
      this.#memory.delete(key);
      this.#memory.set(key, known);
      return known;
    }
    const underWay = this.#underWay.get(key) ?? this.#begin(key, engine, request);
    return await this.#wait(key, underWay, signal);
  }

  #begin(key: string, engine: SpeechSynthesizer, request: SpeechRequest): UnderWay {
    const controller = new AbortController();
    const underWay: UnderWay = { result: this.#make(key, engine, request, controller.signal), controller, waiting: 0 };
    if (this.#underWay.size >= MAX_UNDER_WAY) return underWay; // made alone: bounded by the engine's own limit
    this.#underWay.set(key, underWay);
    const done = () => {
      if (this.#underWay.get(key) === underWay) this.#underWay.delete(key);
    };
    underWay.result.then(done, done);
    return underWay;
  }

  async #wait(key: string, underWay: UnderWay, signal: AbortSignal): Promise<CachedAudio> {
    const { promise, resolve, reject } = Promise.withResolvers<CachedAudio>();
    underWay.waiting++;
    const onAbort = () => {
      reject(signal.reason);
      underWay.waiting--;
      if (underWay.waiting > 0) return;
      if (this.#underWay.get(key) === underWay) this.#underWay.delete(key);
      underWay.controller.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    underWay.result.then(resolve, reject);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #make(key: string, engine: SpeechSynthesizer, request: SpeechRequest, signal: AbortSignal): Promise<CachedAudio> {
    const { files, resample, log } = this.#options;
    const stored = await files?.read(key);
    if (stored) return this.#keep(key, { sampleRate: SPEECH_SAMPLE_RATE, pcm: stored });
    const made = await engine.synthesize(request, signal);
    const samples = made.sampleRate === SPEECH_SAMPLE_RATE ? made.pcm : resample(made.pcm, made.sampleRate, SPEECH_SAMPLE_RATE);
    const pcm = new Int16Array(new SharedArrayBuffer(samples.byteLength));
    pcm.set(samples);
    files?.write(key, pcm).catch((error: unknown) => log.warn({ err: error }, 'synthesised speech cannot be kept on disk'));
    return this.#keep(key, { sampleRate: SPEECH_SAMPLE_RATE, pcm });
  }

  #keep(key: string, audio: CachedAudio): CachedAudio {
    const size = (entry: CachedAudio) => entry.pcm.byteLength + ENTRY_BYTES;
    const earlier = this.#memory.get(key);
    if (earlier) this.#bytes -= size(earlier);
    this.#memory.delete(key);
    this.#memory.set(key, audio);
    this.#bytes += size(audio);
    for (const [oldest, entry] of this.#memory) {
      if (this.#bytes <= this.#options.maxMemoryBytes) break;
      this.#memory.delete(oldest);
      this.#bytes -= size(entry);
    }
    return audio;
  }
}

function keyOf(engine: SpeechSynthesizer, { content, voice, language }: SpeechRequest): string {
  const { name, gender, model } = voice;
  const identity = [engine.name, engine.version, name, gender, model ?? '', language, content];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
