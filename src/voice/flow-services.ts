import type { Clip, MediaEngine } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './call.ts';
import type { CallApplication } from './call-application.ts';
import type { CallCharges } from './call-charges.ts';
import type { CallRecordings } from './call-recordings.ts';
import type { Conferences } from './conferences/conferences.ts';
import type { Dialler } from './dialler.ts';
import type { MessageElement, SpeakElement } from './document.ts';
import type { SpeechRecognition } from './input/speech-ear.ts';
import type { MultiPartyCalls } from './multiparty/multiparty-calls.ts';
import type { CallStreams } from './streams/call-streams.ts';

/** What running documents needs of the rest of the program. */
export interface FlowServices {
  readonly clock: Clock;
  readonly media: MediaEngine;
  readonly application: CallApplication;
  readonly sounds: Sounds;
  readonly dialler: Dialler;
  readonly recordings: CallRecordings;
  readonly streams: CallStreams;
  readonly conferences: Conferences;
  readonly multiParty: MultiPartyCalls;
  readonly recogniser: SpeechRecognition;
  readonly charges: CallCharges;
  /** Sends the texts of a Message element in the name of the call's owner. Resolves with what to note in the timeline. */
  sendMessage(call: Call, message: MessageElement): Promise<readonly string[]>;
}

/** Audio by name: fetched, synthesised, cached. */
export interface Sounds {
  /** @throws SoundError */
  fromUrl(url: string, signal: AbortSignal): Promise<Clip>;
  /** `door`: the API of live calls knows more languages than XML. @throws SoundError */
  speech(speak: Pick<SpeakElement, 'content' | 'voice' | 'language'>, door: 'xml' | 'api', signal: AbortSignal): Promise<Clip>;
}

/** A sound that cannot be had; the message is for the timeline of the customer's call. */
export class SoundError extends Error {
  override readonly name = 'SoundError';
}

/** Why a sound could not be had, for the timeline. */
export const soundFailure = (error: unknown): string => (error instanceof SoundError ? error.message : String(error));
