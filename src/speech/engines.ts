import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { EspeakSynthesizer } from './espeak.ts';
import type { SendHttp } from './http-engine.ts';
import { OpenAiSynthesizer } from './openai-http.ts';
import { PollySynthesizer } from './polly.ts';
import { Speaker } from './speaker.ts';
import { type Resample, SpeechCache } from './speech-cache.ts';
import type { SpeechFiles } from './speech-files.ts';
import type { PollyModel, SpeechAudio, SpeechSynthesizer } from './synthesizer.ts';

/** Everything about speech that an operator chooses. Secrets are in the clear here and sealed where they are stored. */
export interface SpeechConfiguration {
  /** In the order in which they are asked. */
  readonly engines: readonly EngineName[];
  readonly openai?: {
    readonly url: string;
    readonly apiKey?: string;
    readonly model?: string;
    readonly format?: 'wav' | 'pcm';
    readonly sampleRate?: number;
    readonly voices?: Readonly<Record<string, string>>;
  };
  readonly polly?: {
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    readonly model?: PollyModel;
    readonly endpoint?: string;
  };
}

export const engineNames = ['espeak', 'openai', 'polly'] as const;
export type EngineName = (typeof engineNames)[number];

/** Speech that works offline, where nothing is configured. */
export const defaultSpeech: SpeechConfiguration = { engines: ['espeak'] };

export interface SpeechServices {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** Goes wherever the operator's configuration says, private addresses included: not the guarded sender of customers' URLs. */
  readonly send: SendHttp;
  readonly resample: Resample;
  readonly readWav: (bytes: Uint8Array) => SpeechAudio;
  /** Undefined keeps no audio on disk. */
  readonly files: SpeechFiles | undefined;
}

/** Half an hour of audio. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

const makers: Readonly<Record<EngineName, (configuration: SpeechConfiguration, services: SpeechServices) => SpeechSynthesizer>> =
  {
    espeak: (_, { clock }) => new EspeakSynthesizer({ clock }),
    openai({ openai }, { send, readWav }) {
      if (!openai) throw new RangeError('speech.openai is missing');
      const { url, apiKey, model = 'gpt-4o-mini-tts', format = 'wav', sampleRate = 24_000, voices = {} } = openai;
      return new OpenAiSynthesizer({ baseUrl: url, apiKey, model, format, sampleRate, voices, send, readWav });
    },
    polly({ polly }, { send, clock }) {
      if (!polly) throw new RangeError('speech.polly is missing');
      const { region, accessKeyId, secretAccessKey, sessionToken, model = 'standard', endpoint } = polly;
      return new PollySynthesizer({
        region,
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        model,
        endpoint,
        send,
        clock,
      });
    },
  };

/** Throws RangeError for an engine whose own section is missing. */
export function createSpeaker(configuration: SpeechConfiguration, services: SpeechServices): Speaker {
  const { files, resample, log, clock } = services;
  return new Speaker({
    engines: [...new Set(configuration.engines)].map((name) => makers[name](configuration, services)),
    cache: new SpeechCache({ maxMemoryBytes: MAX_MEMORY_BYTES, files, resample, log }),
    clock,
    log,
  });
}
