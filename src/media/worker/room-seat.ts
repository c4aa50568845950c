import { SilenceDetector } from '../analysis/silence-detector.ts';
import { type SampleRate, saturate } from '../pcm.ts';
import { AudioFrame } from './audio-frame.ts';
import { type Partner, PRIMED_FRAMES, RemotePartner } from './partner.ts';
import type { RingPair, SeatSettings } from './protocol.ts';
import type { RoomVoice } from './room-voice.ts';
import { TURN_MS } from './slot-wheel.ts';

/** Pauses between sentences are shorter: only after this much silence somebody has stopped to speak. */
const SPEAKING_HOLD_MS = 600;
/** A room of the same thread ticks in step with the leg: no frame needs to wait. */
const PRIMED_IN_STEP = 1;

/**
 * A leg's place in a room. What the leg says goes to the room only while something sounds, so that the room mixes speakers and not
 * members; what the room mixes for this member comes back.
 */
export class RoomSeat implements Partner {
  readonly #room: RemotePartner;
  readonly #onSpeaking: (speaking: boolean) => void;
  /** What goes to the room: the leg's own frame is left as it is for recordings. */
  readonly #out = new AudioFrame();
  readonly #voice: Pick<RoomVoice, 'isOpen' | 'read'> | undefined;
  /** Of a leg that takes nothing in, but speaks with another voice. */
  #spoken: AudioFrame | undefined;
  #settings: SeatSettings;
  #detector: SilenceDetector | undefined;
  #sampleRate: SampleRate = 8000;
  #speaking = false;
  #quietMs = 0;
  #published = false;

  /** `voice`: speaks in place of the far end while it is open. */
  constructor(
    rings: RingPair,
    inStep: boolean,
    settings: SeatSettings,
    onSpeaking: (speaking: boolean) => void,
    voice?: Pick<RoomVoice, 'isOpen' | 'read'>,
  ) {
    this.#voice = voice;
    this.#room = new RemotePartner(rings, primedFrames(inStep));
    this.#settings = settings;
    this.#onSpeaking = onSpeaking;
  }

  set(settings: SeatSettings): void {
    this.#settings = settings;
    if (settings.muted) this.#quiet(SPEAKING_HOLD_MS);
  }

  publish(frame: AudioFrame): void {
    this.#published = true;
    if (this.#voice?.isOpen) this.#speak(frame, this.#voice);
    const out = this.#out;
    out.clear();
    out.codec = frame.codec;
    out.sampleRate = frame.sampleRate;
    if (this.#settings.relayDigits) out.digit = frame.digit;
    if (frame.hasPcm && !this.#settings.muted && this.#sounds(frame)) this.#copy(frame.pcm, out);
    this.#room.publish(out);
  }

  take(): AudioFrame | undefined {
    // A leg that takes nothing in (held, no audio) publishes nothing either.
    if (!this.#published && this.#voice?.isOpen) this.#publishSpoken();
    else if (!this.#published) this.#quiet(TURN_MS);
    this.#published = false;
    const heard = this.#room.take();
    return this.#settings.deaf ? undefined : heard;
  }

  /** The room mixes, so it needs samples. */
  takesPayloadOf(): boolean {
    return false;
  }

  /** Puts what is said into the leg's own frame, in place of its far end: recordings of the leg have it, too. */
  #speak(frame: AudioFrame, voice: Pick<RoomVoice, 'read'>): void {
    const said = voice.read(frame.sampleRate);
    if (said) frame.pcm.set(said);
    else frame.pcm.fill(0);
    frame.hasPcm = true;
  }

  #publishSpoken(): void {
    this.#spoken ??= new AudioFrame();
    const spoken = this.#spoken;
    spoken.clear();
    spoken.codec = this.#out.codec;
    spoken.sampleRate = this.#out.sampleRate;
    this.publish(spoken);
  }

  /** Whether the frame belongs in the mix; also finds out when somebody begins and stops to speak. */
  #sounds(frame: AudioFrame): boolean {
    if (!this.#detector || frame.sampleRate !== this.#sampleRate) {
      this.#sampleRate = frame.sampleRate;
      this.#detector = new SilenceDetector(frame.sampleRate);
    }
    const detector = this.#detector;
    detector.process(frame.pcm);
    if (detector.sounding) {
      this.#quietMs = 0;
      if (!this.#speaking) this.#tell(true);
    } else this.#quiet(TURN_MS);
    return detector.sounding || detector.soundsNow;
  }

  #copy(pcm: Int16Array, out: AudioFrame): void {
    const to = out.pcm;
    const { gain } = this.#settings;
    for (let at = 0; at < to.length; at++) to[at] = saturate(Math.round((pcm[at] ?? 0) * gain));
    out.hasPcm = true;
  }

  #quiet(ms: number): void {
    this.#quietMs += ms;
    if (this.#speaking && this.#quietMs >= SPEAKING_HOLD_MS) this.#tell(false);
  }

  #tell(speaking: boolean): void {
    this.#speaking = speaking;
    this.#quietMs = 0;
    this.#onSpeaking(speaking);
  }
}

/** Frames that wait before the first is taken, on either side of a seat. */
export const primedFrames = (inStep: boolean): number => (inStep ? PRIMED_IN_STEP : PRIMED_FRAMES);
