import { openWav } from '../../media/audio-files/wav-reader.ts';
import { decodeMulaw } from '../../media/codecs/g711.ts';
import { resample } from '../../media/resampling/resampler.ts';
import type { StreamRate } from '../../media/stream-audio.ts';
import type { StreamCommand } from './stream-dialect.ts';

export interface AppAudio {
  readonly pcm: Int16Array;
  readonly sampleRate: StreamRate;
}

/** A WAV file of another rate is converted to this one: enough for every codec of a call. */
const CONVERTED_RATE = 16_000;

/** Decodes what an application sends, message by message, each by its own format. A sample may lie across two messages. */
export class AppAudioReader {
  /** First octet of a sample whose second is still to come, and the rate it belongs to. */
  #half: { readonly octet: number; readonly sampleRate: number } | undefined;

  /** Undefined when the format is none we know or the file cannot be read. */
  read({ encoding, sampleRate, bytes }: Extract<StreamCommand, { kind: 'play' }>): AppAudio | undefined {
    if (encoding === 'wav') return this.#wav(bytes);
    if (!isStreamRate(sampleRate)) return undefined;
    if (encoding === 'l16') return { pcm: this.#linear(bytes, sampleRate), sampleRate };
    if (sampleRate !== 8_000) return undefined;
    const pcm = new Int16Array(bytes.length);
    decodeMulaw(bytes, 0, bytes.length, pcm);
    this.#half = undefined;
    return { pcm, sampleRate };
  }

  /** What was cleared does not go on. */
  clear(): void {
    this.#half = undefined;
  }

  #linear(bytes: Uint8Array, sampleRate: number): Int16Array {
    const half = this.#half?.sampleRate === sampleRate ? this.#half.octet : undefined;
    const shift = half === undefined ? 0 : 1;
    const octetAt = (index: number) => (index < shift ? half : bytes[index - shift]) ?? 0;
    const length = bytes.length + shift;
    const pcm = new Int16Array(Math.floor(length / 2));
    for (let index = 0; index < pcm.length; index++) pcm[index] = octetAt(2 * index) | (octetAt(2 * index + 1) << 8);
    this.#half = length % 2 === 1 ? { octet: octetAt(length - 1), sampleRate } : undefined;
    return pcm;
  }

  #wav(bytes: Uint8Array): AppAudio | undefined {
    this.#half = undefined;
    try {
      const wav = openWav(bytes);
      const pcm = new Int16Array(wav.length);
      wav.read(0, pcm);
      if (isStreamRate(wav.sampleRate)) return { pcm, sampleRate: wav.sampleRate };
      return { pcm: resample(pcm, wav.sampleRate, CONVERTED_RATE), sampleRate: CONVERTED_RATE };
    } catch {
      return undefined;
    }
  }
}

const isStreamRate = (rate: number): rate is StreamRate => rate === 8_000 || rate === 16_000 || rate === 24_000;
