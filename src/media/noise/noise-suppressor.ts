/** Takes noise out of speech, 20 ms at a time and in place. */
export interface NoiseSuppressor {
  process(pcm: Int16Array): void;
}

export interface NoiseSuppressionEngine {
  readonly name: string;
  /** Whether it changes anything: what is told to who asked for suppression. */
  readonly suppresses: boolean;
  /** `level`: 60 (light) to 100 (aggressive). `sampleRate` in Hz. */
  create(sampleRate: number, level: number): NoiseSuppressor;
}

/** Leaves audio as it is. */
const none: NoiseSuppressionEngine = {
  name: 'none',
  suppresses: false,
  create: () => ({ process: () => undefined }),
};

/** The engine in use. Another one is a value of this kind in a file of its own and its name here. */
export const noiseSuppression: NoiseSuppressionEngine = none;
