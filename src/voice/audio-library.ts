import type { HttpSender } from '../delivery/http-client.ts';
import type { Clip, MediaEngine } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Freshness, freshnessOf, refreshed } from './cache-control.ts';
import { SoundError } from './flow-services.ts';

/** voice-xml.md §2.3: fixed for audio files, whatever the URL's fragment says. */
const CONNECT_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 120_000;
const TOTAL_TIMEOUT_MS = 125_000;
const TRIES = 2;
/** voice-xml.md §6.2 */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** Decoded audio kept for the next call: an hour at 8 kHz. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
const MAX_CACHED_FILES = 1_000;
const NOT_NEEDED = 'not needed any more';

interface Cached {
  readonly clip: Clip;
  readonly freshness: Freshness;
  readonly checkedAt: number;
}

export interface AudioLibraryOptions {
  readonly http: HttpSender;
  readonly media: Pick<MediaEngine, 'decodeClip'>;
  readonly clock: Clock;
}

/**
 * Audio files of customers' servers, fetched, decoded and kept as their Cache-Control and ETag allow. Calls that want the same file
 * at the same time share one request.
 */
export class AudioLibrary {
  readonly #options: AudioLibraryOptions;
  /** In order of last use. */
  readonly #cache = new Map<string, Cached>();
  readonly #underWay = new Map<string, Promise<Clip>>();
  #cachedBytes = 0;

  constructor(options: AudioLibraryOptions) {
    this.#options = options;
  }

  /** @throws SoundError; the request goes on for others when the signal aborts. */
  async get(url: string, signal: AbortSignal): Promise<Clip> {
    const cached = this.#cache.get(url);
    if (cached && this.#options.clock.now() < cached.checkedAt + cached.freshness.freshMs) {
      this.#keep(url, cached);
      return cached.clip;
    }
    if (signal.aborted) throw new SoundError(NOT_NEEDED);
    const running = this.#underWay.get(url) ?? this.#begin(url, cached);
    return orAborted(running, signal);
  }

  #begin(url: string, cached: Cached | undefined): Promise<Clip> {
    const running = this.#fetch(url, cached).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, running);
    return running;
  }

  async #fetch(url: string, cached: Cached | undefined): Promise<Clip> {
    if (!URL.canParse(url) || !/^https?:/i.test(url)) throw new SoundError(`${url} is not an http or https URL`);
    let reason = '';
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const result = await this.#options.http.request({
        url: new URL(url),
        method: 'GET',
        headers: { accept: 'audio/*, */*;q=0.1', ...conditions(cached) },
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        readTimeoutMs: READ_TIMEOUT_MS,
        totalTimeoutMs: TOTAL_TIMEOUT_MS,
        maxBodyBytes: MAX_FILE_BYTES,
      });
      if (result.kind === 'failure') {
        reason = result.reason;
        if (result.failure === 'refused') break;
        continue;
      }
      if (result.status === 304 && cached) {
        const freshness = refreshed(cached.freshness, result.headers);
        this.#keep(url, { clip: cached.clip, freshness, checkedAt: this.#options.clock.now() });
        return cached.clip;
      }
      if (result.status >= 200 && result.status < 300) {
        if (result.truncated) throw new SoundError(`${url} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`);
        return this.#decode(url, result.body, freshnessOf(result.headers));
      }
      reason = `it answered ${result.status}`;
    }
    throw new SoundError(`${url} could not be fetched: ${reason}`);
  }

  async #decode(url: string, file: Uint8Array, freshness: Freshness): Promise<Clip> {
    let clip: Clip;
    try {
      clip = await this.#options.media.decodeClip(file);
    } catch (error) {
      throw new SoundError(`${url} is no audio that can be played: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (freshness.storable) this.#keep(url, { clip, freshness, checkedAt: this.#options.clock.now() });
    return clip;
  }

  #keep(url: string, entry: Cached): void {
    this.#forget(url);
    const { byteLength } = entry.clip.pcm;
    if (byteLength > MAX_CACHED_BYTES / 2) return;
    this.#cache.set(url, entry);
    this.#cachedBytes += byteLength;
    for (const oldest of this.#cache.keys()) {
      if (this.#cachedBytes <= MAX_CACHED_BYTES && this.#cache.size <= MAX_CACHED_FILES) return;
      this.#forget(oldest);
    }
  }

  #forget(url: string): void {
    const entry = this.#cache.get(url);
    if (!entry) return;
    this.#cachedBytes -= entry.clip.pcm.byteLength;
    this.#cache.delete(url);
  }
}

function conditions(cached: Cached | undefined): Record<string, string> {
  const { etag, lastModified } = cached?.freshness ?? {};
  if (etag !== undefined) return { 'if-none-match': etag };
  return lastModified === undefined ? {} : { 'if-modified-since': lastModified };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new SoundError(NOT_NEEDED));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
