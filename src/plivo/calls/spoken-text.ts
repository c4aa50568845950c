import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { SpeechMarkup } from '../../voice/document.ts';
import { XmlError } from '../xml/document.ts';
import { parseSpeechMarkup } from '../xml/speech-markup.ts';

/** What a text to speak is written in. */
export const speechTypes = () => Type.Optional(Type.Union([Type.Literal('text'), Type.Literal('ssml')]));

/** @throws invalid_parameter for SSML that cannot be read */
export function readSpokenText(given: string, type: 'text' | 'ssml' | undefined): readonly SpeechMarkup[] {
  if (type !== 'ssml') return [given];
  try {
    return parseSpeechMarkup(given);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw invalidParameter('text', `text parameter is invalid: ${error.message}`);
  }
}
