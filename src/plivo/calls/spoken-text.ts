import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { plainSpeech, SpeechMarkupError } from '../../speech/ssml.ts';
import type { SpeechMarkup } from '../../voice/document.ts';
import { text } from '../fields.ts';
import { XmlError } from '../xml/document.ts';
import { parseSpeechMarkup } from '../xml/speech-markup.ts';

/** Markup included. Its words may be as many as those of a Speak element. */
const MAX_TEXT = 20_000;

/** A text to speak. */
export const spokenText = () => text(MAX_TEXT);

/** What it is written in. */
export const speechTypes = () => Type.Optional(Type.Union([Type.Literal('text'), Type.Literal('ssml')]));

/** @throws invalid_parameter for SSML that cannot be read, and for a text that nobody would speak: empty, or too long */
export function readSpokenText(given: string, type: 'text' | 'ssml' | undefined): readonly SpeechMarkup[] {
  try {
    return type === 'ssml' ? parseSpeechMarkup(given) : plainSpeech(given);
  } catch (error) {
    if (!(error instanceof XmlError || error instanceof SpeechMarkupError)) throw error;
    throw invalidParameter('text', `text parameter is invalid: ${error.message}`);
  }
}
