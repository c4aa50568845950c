import type { Clock } from '../runtime/clock.ts';
import { EspeakSynthesizer } from './espeak.ts';
import type { SendHttp } from './http-engine.ts';
import { OpenAiSynthesizer } from './openai-http.ts';
import { PollySynthesizer } from './polly.ts';
import { Speaker, type SpokenAudio } from './speaker.ts';
import { type Resample, SpeechCache, type SpeechLog } from './speech-cache.ts';
import type { SpeechFiles } from './speech-files.ts';
import type { PollyModel, SpeechAudio, SpeechRequest, SpeechSynthesizer } from './synthesizer.ts';

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
  readonly log: SpeechLog;
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

/** Speech as the configuration says, and as it says after a change: engines that stay as they were go on with what they do. */
export class ConfiguredSpeaker {
  readonly #services: SpeechServices;
  readonly #speaker: Speaker;
  #engines: ReadonlyMap<EngineName, { readonly settings: string; readonly engine: SpeechSynthesizer }> = new Map();

  constructor(services: SpeechServices) {
    const { files, resample, log, clock } = services;
    this.#services = services;
    this.#speaker = new Speaker({
      cache: new SpeechCache({ maxMemoryBytes: MAX_MEMORY_BYTES, files, resample, log }),
      clock,
      log,
    });
  }

  /** Throws RangeError, and changes nothing, for an engine whose own section is missing. */
  use(configuration: SpeechConfiguration): void {
    const before = this.#engines;
    const engines = new Map(
      configuration.engines.map((name) => {
        const settings = JSON.stringify(name === 'espeak' ? '' : (configuration[name] ?? null));
        const known = before.get(name);
        return [name, known?.settings === settings ? known : { settings, engine: makers[name](configuration, this.#services) }];
      }),
    );
    this.#engines = engines;
    this.#speaker.use([...engines.values()].map(({ engine }) => engine));
    for (const [name, { engine }] of before) {
      if (engines.get(name)?.engine !== engine) void engine.close();
    }
  }

  /** Rejects with `SpeechError`, or with the signal's reason. */
  speak(request: SpeechRequest, signal: AbortSignal): Promise<SpokenAudio> {
    return this.#speaker.speak(request, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map(({ engine }) => engine.close()));
  }
}
