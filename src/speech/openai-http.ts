import { postForAudio, readPcm, type SendHttp } from './http-engine.ts';
import { spokenText } from './spoken-text.ts';
import { type SpeechAudio, SpeechError, type SpeechRequest, type SpeechSynthesizer, type SpeechVoice } from './synthesizer.ts';

/**
 * `POST {base}/audio/speech` as OpenAI defined it and many servers, local ones among them, offer it. It takes text alone:
 * of speech markup remains what can be written as words and punctuation (spoken-text.ts).
 */
export interface OpenAiOptions {
  /** Up to and with the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** `wav` tells its own sample rate; `pcm` comes without a header. */
  readonly format: 'wav' | 'pcm';
  /** Of `pcm`. */
  readonly sampleRate: number;
  /** Names of the server's voices, by `WOMAN`, `MAN`, the name of a Polly voice, or `<language> <one of these>`. */
  readonly voices: Readonly<Record<string, string>>;
  readonly send: SendHttp;
  /** Reads a RIFF/WAVE file; throws for what is none. */
  readonly readWav: (bytes: Uint8Array) => SpeechAudio;
}

export class OpenAiSynthesizer implements SpeechSynthesizer {
  readonly name = 'openai';
  readonly version: string;
  readonly #options: OpenAiOptions;
  readonly #url: URL;

  constructor(options: OpenAiOptions) {
    this.#options = options;
    this.#url = new URL(`${options.baseUrl.replace(/\/+$/, '')}/audio/speech`);
    this.version = JSON.stringify(['1', this.#url.href, options.model, options.voices]);
  }

  async synthesize({ content, voice, language }: SpeechRequest, signal: AbortSignal): Promise<SpeechAudio> {
    const { apiKey, model, format, send } = this.#options;
    const input = spokenText(content, language);
    const headers = {
      'content-type': 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    };
    const body = JSON.stringify({ model, voice: this.#voiceFor(voice, language), input, response_format: format });
    const answer = await postForAudio(send, { engine: this.name, url: this.#url, headers, body }, signal);
    const audio = this.#read(answer.bytes);
    if (!audio || audio.pcm.length === 0) {
      throw new SpeechError('engine failed', `openai: answered ${answer.contentType || 'something'} that is no ${format} audio`);
    }
    return audio;
  }

  async close(): Promise<void> {}

  #voiceFor({ name, gender }: SpeechVoice, language: string): string {
    const generic = gender === 'female' ? 'WOMAN' : 'MAN';
    for (const key of [`${language} ${name}`, name, `${language} ${generic}`, generic]) {
      const mapped = Object.hasOwn(this.#options.voices, key) ? this.#options.voices[key] : undefined;
      if (mapped !== undefined) return mapped;
    }
    return gender === 'female' ? DEFAULT_VOICES.female : DEFAULT_VOICES.male;
  }

  #read(bytes: Buffer): SpeechAudio | undefined {
    if (this.#options.format === 'pcm') return readPcm(bytes, this.#options.sampleRate);
    try {
      return this.#options.readWav(bytes);
    } catch {
      return undefined;
    }
  }
}

/** Voices that every model of OpenAI has. */
const DEFAULT_VOICES = { female: 'nova', male: 'onyx' } as const;
