import type { Clip, MediaEngine } from '../media/media-engine.ts';
import type { ConfiguredSpeaker } from '../speech/engines.ts';
import { SPEECH_SAMPLE_RATE } from '../speech/speech-cache.ts';
import { speechRequest } from '../speech/speech-request.ts';
import { SpeechMarkupError } from '../speech/ssml.ts';
import { SpeechError } from '../speech/synthesizer.ts';
import type { AudioLibrary } from './audio-library.ts';
import type { SpeakElement } from './document.ts';
import { SoundError, type Sounds } from './flow-services.ts';

/** Files and speech as clips. */
export class SoundLibrary implements Sounds {
  readonly #files: AudioLibrary;
  readonly #speaker: Pick<ConfiguredSpeaker, 'speak'>;
  readonly #media: Pick<MediaEngine, 'createClip'>;
  /** The speech cache hands out the same samples for the same text: they stay one clip, so that workers encode it once. */
  readonly #clips = new WeakMap<Int16Array, Clip>();

  constructor(files: AudioLibrary, speaker: Pick<ConfiguredSpeaker, 'speak'>, media: Pick<MediaEngine, 'createClip'>) {
    this.#files = files;
    this.#speaker = speaker;
    this.#media = media;
  }

  fromUrl(url: string, signal: AbortSignal): Promise<Clip> {
    return this.#files.get(url, signal);
  }

  async speech(
    { content, voice, language }: Pick<SpeakElement, 'content' | 'voice' | 'language'>,
    door: 'xml' | 'api',
    signal: AbortSignal,
  ): Promise<Clip> {
    try {
      const { pcm } = await this.#speaker.speak(speechRequest({ content, voice, language }, door), signal);
      const clip = this.#clips.get(pcm) ?? this.#media.createClip(pcm, SPEECH_SAMPLE_RATE);
      this.#clips.set(pcm, clip);
      return clip;
    } catch (error) {
      if (signal.aborted) throw new SoundError('not needed any more');
      if (error instanceof SpeechError || error instanceof SpeechMarkupError) throw new SoundError(error.message);
      throw error;
    }
  }
}
