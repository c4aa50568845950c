import type { Clock } from '../runtime/clock.ts';
import { type AwsCredentials, signRequest } from './aws-signature.ts';
import { postForAudio, readPcm, type SendHttp } from './http-engine.ts';
import type { SpeechNode } from './ssml.ts';
import {
  type PollyModel,
  type SpeechAudio,
  SpeechError,
  type SpeechRequest,
  type SpeechSynthesizer,
  type SpeechVoice,
} from './synthesizer.ts';
import { pollyNames, speechLanguages } from './voices.ts';

/** Amazon Polly, `SynthesizeSpeech` of its API 2016-06-10: the engine that the voices of voices.ts are named after. */
export interface PollyOptions {
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Used where the voice's name does not say it. */
  readonly model: PollyModel;
  /** Instead of the region's own, for another partition or a stand-in. */
  readonly endpoint?: string | undefined;
  readonly send: SendHttp;
  readonly clock: Clock;
}

/** The most that Polly offers as PCM. */
const SAMPLE_RATE = 16_000;

export class PollySynthesizer implements SpeechSynthesizer {
  readonly name = 'polly';
  readonly version: string;
  readonly #options: PollyOptions;
  readonly #url: URL;

  constructor(options: PollyOptions) {
    this.#options = options;
    this.version = `1 ${options.model}`;
    const endpoint = (options.endpoint ?? `https://polly.${options.region}.amazonaws.com`).replace(/\/+$/, '');
    this.#url = new URL(`${endpoint}/v1/speech`);
  }

  async synthesize({ content, voice, language }: SpeechRequest, signal: AbortSignal): Promise<SpeechAudio> {
    const { region, credentials, send, clock } = this.#options;
    const voiceId = voiceIdOf(voice, language);
    if (voiceId === undefined) throw new SpeechError('language unsupported', `polly: no voice speaks ${language}`);
    const model = voice.model ?? this.#options.model;
    const body = JSON.stringify({
      Engine: model,
      ...(isBilingual(voiceId) && { LanguageCode: language }),
      OutputFormat: 'pcm',
      SampleRate: String(SAMPLE_RATE),
      Text: `<speak>${render(content, model)}</speak>`,
      TextType: 'ssml',
      VoiceId: voiceId,
    });
    const headers = signRequest(
      { method: 'POST', url: this.#url, headers: { 'content-type': 'application/json' }, body },
      credentials,
      { region, service: 'polly', nowMs: clock.now() },
    );
    const answer = await postForAudio(send, { engine: this.name, url: this.#url, headers, body }, signal);
    const audio = /^audio\/pcm$/.test(answer.contentType) ? readPcm(answer.bytes, SAMPLE_RATE) : undefined;
    if (!audio) throw new SpeechError('engine failed', `polly: answered ${answer.contentType || 'something'} that is no PCM`);
    return audio;
  }

  async close(): Promise<void> {}
}

function voiceIdOf({ name, gender }: SpeechVoice, language: string): string | undefined {
  if (name !== 'WOMAN' && name !== 'MAN' && !name.includes('*')) return name;
  return pollyNames(language, gender)[0] ?? pollyNames(language, gender === 'female' ? 'male' : 'female')[0];
}

const isBilingual = (name: string) =>
  speechLanguages.filter((language) => [...pollyNames(language, 'female'), ...pollyNames(language, 'male')].includes(name))
    .length > 1;

/** Other models than the standard one refuse a text with an emphasis or a pitch: they are left out, the words stay. */
function render(content: readonly SpeechNode[], model: PollyModel): string {
  return content
    .map((node) => {
      if (typeof node === 'string') return escapeText(node);
      const inner = render(node.content, model);
      if (model === 'standard') return element(node.name, node.attributes, inner);
      if (node.name === 'emphasis') return inner;
      if (node.name !== 'prosody') return element(node.name, node.attributes, inner);
      const { pitch: _unsupported, ...attributes } = node.attributes;
      return Object.keys(attributes).length === 0 ? inner : element(node.name, attributes, inner);
    })
    .join('');
}

function element(name: string, attributes: Readonly<Record<string, string>>, inner: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(value)}"`);
  return inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`;
}

/** XML 1.0 has no control characters, not even escaped. */
const escapeText = (text: string) =>
  text
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
