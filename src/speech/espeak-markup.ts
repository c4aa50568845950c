import { espeakPhonemes } from './espeak-phonemes.ts';
import { espeakVoice } from './espeak-voices.ts';
import { breakMs, readPitch, readRate, readVolume } from './prosody.ts';
import { sayAs } from './say-as.ts';
import type { SpeechNode } from './ssml.ts';
import { SpeechError, type SpeechRequest } from './synthesizer.ts';

/**
 * Speech markup as espeak-ng reads it. Of its own markup only `prosody` with absolute values and the spelling of characters are
 * used: breaks, paragraphs and changes of language are pieces, so that their lengths are exact and the voice keeps its gender.
 */
export type EspeakPiece =
  | { readonly kind: 'speech'; readonly voice: string; readonly markup: string }
  | { readonly kind: 'silence'; readonly ms: number }
  | { readonly kind: 'tone'; readonly ms: number };

/** Silence after a sentence and a paragraph that are marked as such. */
const SENTENCE_MS = 350;
const PARAGRAPH_MS = 700;
/** What covers an expletive is about as long as the word. */
const BLEEP_MS_PER_CHARACTER = 80;
const MIN_BLEEP_MS = 300;
const MAX_BLEEP_MS = 1_500;

/** Factors on rate, amplitude and fundamental frequency, and the language. */
interface Manner {
  readonly rate: number;
  readonly volume: number;
  readonly pitch: number;
  readonly language: string;
  readonly voice: string;
}

/** Softer and faster, or louder, slower and higher, as Amazon Polly describes its levels. */
const emphases: Readonly<Record<string, Pick<Manner, 'rate' | 'volume' | 'pitch'>>> = {
  reduced: { rate: 1.1, volume: 0.75, pitch: 1 },
  moderate: { rate: 0.92, volume: 1.25, pitch: 1.03 },
  strong: { rate: 0.85, volume: 1.6, pitch: 1.08 },
};

/** @throws SpeechError when espeak-ng does not speak the language */
export function espeakPieces({ content, voice, language }: SpeechRequest): readonly EspeakPiece[] {
  const speaker = espeakVoice(voice, language);
  if (speaker === undefined) throw new SpeechError('language unsupported', `espeak: no voice speaks ${language}`);
  const writer = new PieceWriter((wanted) => espeakVoice(voice, wanted));
  writer.write(content, { rate: 1, volume: 1, pitch: 1, language, voice: speaker });
  return writer.finish();
}

class PieceWriter {
  readonly #voiceOf: (language: string) => string | undefined;
  readonly #pieces: EspeakPiece[] = [];
  #voice = '';
  #markup = '';
  /** The last pause that separates sentences or paragraphs. */
  #boundary: EspeakPiece | undefined;

  constructor(voiceOf: (language: string) => string | undefined) {
    this.#voiceOf = voiceOf;
  }

  write(content: readonly SpeechNode[], manner: Manner): void {
    for (const node of content) {
      if (typeof node === 'string') this.#say(escapeText(node), manner);
      else this.#element(node, manner);
    }
  }

  finish(): readonly EspeakPiece[] {
    this.#endPiece();
    // A pause at the end of a paragraph separates it from what follows: there is nothing.
    return this.#pieces.at(-1) === this.#boundary ? this.#pieces.slice(0, -1) : this.#pieces;
  }

  #element(node: Exclude<SpeechNode, string>, manner: Manner): void {
    switch (node.name) {
      case 'break':
        this.#pause(breakMs(node.attributes));
        break;
      case 's':
      case 'p':
        this.#separate(node.name === 's' ? SENTENCE_MS : PARAGRAPH_MS);
        this.write(node.content, manner);
        this.#separate(node.name === 's' ? SENTENCE_MS : PARAGRAPH_MS);
        break;
      case 'emphasis':
        this.write(node.content, scaled(manner, emphases[node.attributes.level ?? 'moderate'] ?? {}));
        break;
      case 'prosody': {
        const { rate, volume, pitch } = node.attributes;
        this.write(
          node.content,
          scaled(manner, { rate: readRate(rate ?? ''), volume: readVolume(volume ?? ''), pitch: readPitch(pitch ?? '') }),
        );
        break;
      }
      case 'lang': {
        const language = node.attributes['xml:lang'];
        const voice = this.#voiceOf(language);
        this.write(node.content, voice === undefined ? manner : { ...manner, language, voice });
        break;
      }
      case 'sub':
        this.#say(escapeText(node.attributes.alias), manner);
        break;
      case 'phoneme': {
        const phonemes = espeakPhonemes(node.attributes.alphabet, node.attributes.ph, manner.language);
        // Blanks: a tag right after the brackets would be read out.
        this.#say(phonemes === '' ? escapeText(node.content.join('')) : ` [[${phonemes}]] `, manner);
        break;
      }
      case 'say-as':
        this.#sayAs(node, manner);
        break;
      case 'w':
        this.write(node.content, manner);
        break;
    }
  }

  #sayAs(node: Extract<SpeechNode, { name: 'say-as' }>, manner: Manner): void {
    const spoken = sayAs(node.attributes['interpret-as'], node.content.join(''), node.attributes.format, manner.language);
    if (spoken.kind === 'bleep') {
      this.#endPiece();
      const ms = Math.min(MAX_BLEEP_MS, Math.max(MIN_BLEEP_MS, spoken.characters * BLEEP_MS_PER_CHARACTER));
      this.#pieces.push({ kind: 'tone', ms });
    } else if (spoken.kind === 'letters') {
      this.#say(`<say-as interpret-as="characters">${escapeText(spoken.text)}</say-as>`, manner);
    } else {
      this.#say(escapeText(spoken.text), manner);
    }
  }

  #say(markup: string, manner: Manner): void {
    if (markup === '') return;
    if (manner.voice !== this.#voice) {
      this.#endPiece();
      this.#voice = manner.voice;
    }
    const prosody = prosodyAttributes(manner);
    this.#markup += prosody === '' || markup.trim() === '' ? markup : `<prosody${prosody}>${markup}</prosody>`;
  }

  #pause(ms: number): void {
    if (ms === 0) return;
    this.#endPiece();
    this.#pieces.push({ kind: 'silence', ms });
  }

  /** One pause between two sentences, the longer one, and none before the first. */
  #separate(ms: number): void {
    this.#endPiece();
    const last = this.#pieces.at(-1);
    if (last === undefined) return;
    const boundary: EspeakPiece = { kind: 'silence', ms };
    if (last === this.#boundary) {
      if (last.kind === 'silence' && last.ms >= ms) return;
      this.#pieces.pop();
    }
    this.#pieces.push(boundary);
    this.#boundary = boundary;
  }

  #endPiece(): void {
    if (this.#markup.trim() !== '') this.#pieces.push({ kind: 'speech', voice: this.#voice, markup: this.#markup });
    this.#markup = '';
  }
}

function scaled(
  manner: Manner,
  by: { readonly rate?: number | undefined; readonly volume?: number | undefined; readonly pitch?: number | undefined },
): Manner {
  return {
    ...manner,
    rate: manner.rate * (by.rate ?? 1),
    volume: manner.volume * (by.volume ?? 1),
    pitch: manner.pitch * (by.pitch ?? 1),
  };
}

/** Per cent of the normal rate between which espeak-ng stays understandable. */
const MIN_RATE_PERCENT = 20;
const MAX_RATE_PERCENT = 250;
/** Amplitude in per cent of the normal one; more is distorted, and speech at the normal one has 6 dB of room. */
const MAX_AMPLITUDE = 200;

function prosodyAttributes({ rate, volume, pitch }: Manner): string {
  let attributes = '';
  if (rate !== 1) attributes += ` rate="${Math.round(Math.min(MAX_RATE_PERCENT, Math.max(MIN_RATE_PERCENT, rate * 100)))}%"`;
  if (volume !== 1) attributes += ` volume="${Math.round(Math.min(MAX_AMPLITUDE, volume * 100))}"`;
  if (pitch !== 1) attributes += ` pitch="${pitchSetting(pitch)}"`;
  return attributes;
}

/** Pitch settings of espeak-ng and the factor on the fundamental frequency that each one was measured to have. */
const pitchSettings = [
  { setting: 0, factor: 0.73 },
  { setting: 25, factor: 0.85 },
  { setting: 50, factor: 1 },
  { setting: 75, factor: 1.235 },
  { setting: 99, factor: 1.49 },
] as const;

function pitchSetting(wanted: number): number {
  let below: { readonly setting: number; readonly factor: number } = pitchSettings[0];
  if (wanted <= below.factor) return below.setting;
  for (const above of pitchSettings) {
    if (wanted <= above.factor) {
      const part = (wanted - below.factor) / (above.factor - below.factor);
      return Math.round(below.setting + part * (above.setting - below.setting));
    }
    below = above;
  }
  return below.setting;
}

/**
 * Text that is nothing but text to espeak-ng: markup is escaped, brackets cannot begin phoneme names, and control characters, of
 * which it makes commands, become blanks.
 */
function escapeText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Co}\p{Cs}[\]]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
