import type { SpeechNode } from '../../src/speech/ssml.ts';

/** Who is to be found: `neither` says nothing that tells (tones, music, silence) and must be taken for nobody. */
export type Answerer = 'person' | 'machine' | 'neither';

/** Text as somebody speaks it. */
export interface Spoken {
  readonly text: string;
  readonly language?: string;
  /** A voice of src/speech/voices.ts, such as `Joanna`: each has a timbre of its own. */
  readonly voice: string;
  readonly gender: 'female' | 'male';
  /** Per cent of the voice's own rate. */
  readonly rate?: number;
  /** Per cent above or below the voice's own pitch. */
  readonly pitch?: number;
}

/** What is heard one after the other. Times in ms. */
export type Piece =
  | { readonly kind: 'say'; readonly spoken: Spoken; readonly gain: number }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'tones'; readonly hz: readonly number[]; readonly ms: number; readonly peak: number }
  | { readonly kind: 'keys'; readonly digits: string }
  | { readonly kind: 'network'; readonly tone: 'ringback' | 'busy' | 'reorder'; readonly ms: number }
  | { readonly kind: 'music'; readonly tune: Tune; readonly ms: number };

export type Tune = 'piano' | 'strings' | 'band' | 'bell';
export type Background = 'white' | 'room' | 'street' | 'crowd' | 'hum';

/** One answer of a far end. Quality is that of a G.711 line. */
export interface Greeting {
  readonly name: string;
  readonly answerer: Answerer;
  /** Thresholds were set with `tuning` alone. */
  readonly set: 'tuning' | 'held-out';
  readonly pieces: readonly Piece[];
  /** Noise under everything, dB below the speech of a usual voice. */
  readonly background?: { readonly kind: Background; readonly below: number };
}

export function speechContent({ text, rate, pitch }: Spoken): readonly SpeechNode[] {
  if (rate === undefined && pitch === undefined) return [text];
  const signed = (percent: number) => `${percent < 0 ? '-' : '+'}${Math.abs(percent)}%`;
  return [
    {
      name: 'prosody',
      attributes: {
        ...(rate !== undefined && { rate: `${rate}%` }),
        ...(pitch !== undefined && { pitch: signed(pitch) }),
      },
      content: [text],
    },
  ];
}
