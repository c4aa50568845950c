import type { Clip, MediaEngine } from '../../media/media-engine.ts';

/** Hertz of a slow broken chord in C, two notes a second, and its answer in A minor. */
const NOTES = [262, 330, 392, 523, 392, 330, 220, 262, 330, 440, 330, 262] as const;
const NOTE_MS = 500;
const SAMPLE_RATE = 8_000;
/** Well under speech: somebody may talk over it. */
const PEAK = 3_500;

/** What is heard while waiting or on hold where the application names no music (multiparty-calls.md §6.1): made once, played in a loop. */
export class HouseMusic {
  readonly #media: Pick<MediaEngine, 'createClip'>;
  #clip: Clip | undefined;

  constructor(media: Pick<MediaEngine, 'createClip'>) {
    this.#media = media;
  }

  get clip(): Clip {
    this.#clip ??= this.#media.createClip(melody(), SAMPLE_RATE);
    return this.#clip;
  }
}

/** Each note swells for a tenth of its length and dies away before the next. */
function melody(): Int16Array {
  const noteSamples = (SAMPLE_RATE * NOTE_MS) / 1_000;
  const swellSamples = noteSamples / 10;
  const pcm = new Int16Array(NOTES.length * noteSamples);
  NOTES.forEach((hz, index) => {
    for (let at = 0; at < noteSamples; at++) {
      const loudness = at < swellSamples ? at / swellSamples : 1 - (at - swellSamples) / (noteSamples - swellSamples);
      pcm[index * noteSamples + at] = Math.round(PEAK * loudness * Math.sin((2 * Math.PI * hz * at) / SAMPLE_RATE));
    }
  });
  return pcm;
}
