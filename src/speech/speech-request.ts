import { type MarkupPiece, plainSpeech, plainText, readSpeech } from './ssml.ts';
import { SpeechError, type SpeechRequest } from './synthesizer.ts';
import { resolveVoice, type VoiceDoor } from './voices.ts';

export interface SpokenWords {
  /** As the document or the request has it. */
  readonly content: readonly MarkupPiece[];
  /** `WOMAN`, `MAN` or `Polly.<Name>`; undefined = the default. */
  readonly voice: string | undefined;
  /** Undefined = the voice's own. */
  readonly language: string | undefined;
}

/**
 * What an engine is asked for. Voices that know no markup get the words alone.
 *
 * @throws SpeechError when the voice does not speak the language; SpeechMarkupError when the markup or the length is not legal
 */
export function speechRequest({ content, voice, language }: SpokenWords, door: VoiceDoor): SpeechRequest {
  const resolved = resolveVoice(voice, language, door);
  if (!resolved.ok) throw new SpeechError('language unsupported', resolved.reason);
  return {
    content: resolved.markup ? readSpeech(content).content : plainSpeech(plainText(content)),
    voice: resolved.voice,
    language: resolved.language,
  };
}
