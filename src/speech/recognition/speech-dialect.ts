import type { InterimResult, RecognitionRequest } from './recogniser.ts';

/** What the servers behind the WebSocket engine differ in: how a session opens, ends, and what their messages mean. */
export interface SpeechDialect {
  /** The address of a session, from the one that is configured. */
  url(base: string, request: RecognitionRequest, model: string | undefined): URL;
  headers(apiKey: string | undefined): Readonly<Record<string, string>>;
  /** Sent before the audio. */
  greeting(request: RecognitionRequest): string | undefined;
  /** Sent after the audio. */
  farewell: string;
  read(message: Fields): Understood;
}

export type Understood =
  | { readonly kind: 'interim'; readonly result: Omit<InterimResult, 'stable'> }
  /** The end of a sentence, which does not change any more. */
  | { readonly kind: 'sentence'; readonly text: string; readonly confidence: number | undefined }
  /** Nothing follows. */
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ignored' };

export type Fields = Readonly<Record<string, unknown>>;

export const dialectNames = ['deepgram', 'vosk'] as const;
export type SpeechDialectName = (typeof dialectNames)[number];

/** How stable a hypothesis is when the server does not say. */
const UNKNOWN_STABILITY = 0.5;
/** Deepgram refuses requests with more keywords. */
const MAX_KEYWORDS = 100;
/** Of a reason that a server gives. */
const MAX_REASON = 200;

/** Deepgram's live API: parameters in the URL, binary audio, JSON results that are final piece by piece, `Metadata` as the last one. */
const deepgram: SpeechDialect = {
  url(base, { sampleRate, language, hints, profanityFilter }, model) {
    const url = new URL(base);
    const parameters: Readonly<Record<string, string | undefined>> = {
      encoding: 'linear16',
      sample_rate: String(sampleRate),
      channels: '1',
      language,
      interim_results: 'true',
      punctuate: 'true',
      profanity_filter: profanityFilter ? 'true' : undefined,
      model,
    };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    // From the third generation of models on they are called key terms.
    const hintName = model?.startsWith('nova-3') ? 'keyterm' : 'keywords';
    for (const hint of hints.slice(0, MAX_KEYWORDS)) url.searchParams.append(hintName, hint);
    return url;
  },
  headers: (apiKey) => (apiKey === undefined ? {} : { Authorization: `Token ${apiKey}` }),
  greeting: () => undefined,
  farewell: JSON.stringify({ type: 'CloseStream' }),
  read({ type, is_final: isFinal, channel, description, message }) {
    if (type === 'Metadata') return { kind: 'end' };
    if (type === 'Error') return { kind: 'failed', reason: textOf(description) || textOf(message) || 'it told an error' };
    if (type !== 'Results') return { kind: 'ignored' };
    const { alternatives } = fieldsOf(channel);
    const { transcript, confidence } = fieldsOf(Array.isArray(alternatives) ? alternatives[0] : undefined);
    const text = textOf(transcript);
    const sure = shareOf(confidence);
    if (isFinal === true) return { kind: 'sentence', text, confidence: sure };
    return { kind: 'interim', result: { unstable: text, stability: sure ?? UNKNOWN_STABILITY } };
  },
};

/** The Vosk server: a configuration, binary audio, `partial` and `text`; after `eof` it sends the last text and closes. */
const vosk: SpeechDialect = {
  url: (base) => new URL(base),
  headers: (apiKey) => (apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }),
  // Its list of phrases is a grammar: words that are not in it would never be heard, so hints are not sent.
  greeting: ({ sampleRate }) => JSON.stringify({ config: { sample_rate: sampleRate, words: true } }),
  // The server compares it letter by letter.
  farewell: '{"eof" : 1}',
  read({ partial, text, result }) {
    if (typeof partial === 'string') return { kind: 'interim', result: { unstable: partial, stability: UNKNOWN_STABILITY } };
    if (typeof text !== 'string') return { kind: 'ignored' };
    const words = Array.isArray(result) ? result.map((word) => shareOf(fieldsOf(word).conf)) : [];
    const sure = words.filter((share) => share !== undefined);
    const mean = sure.reduce((sum, share) => sum + share, 0) / sure.length;
    return { kind: 'sentence', text, confidence: sure.length === 0 ? undefined : mean };
  },
};

export const dialects: Readonly<Record<SpeechDialectName, SpeechDialect>> = { deepgram, vosk };

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_REASON * 50) : '');
const shareOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;
