import { codecs } from '../codecs/registry.ts';
import { DTMF_DIGITS } from '../dtmf/digits.ts';
import { AudioFrame } from './audio-frame.ts';
import { FrameRing } from './frame-ring.ts';
import type { RingPair } from './protocol.ts';

/** The other side of a bridge, as a leg hears it. */
export interface Partner {
  /** Hands over what our far end said in this turn. */
  publish(frame: AudioFrame): void;
  /** What the partner's far end said, or undefined when there is nothing for this turn. Valid until the next call. */
  take(): AudioFrame | undefined;
  /** Whether publishing the payload is enough, because the partner sends the same codec. */
  takesPayloadOf(codecName: string): boolean;
}

/** A leg of the same worker: its frame is read where it lies. */
export class LocalPartner implements Partner {
  readonly #other: { readonly heard: AudioFrame; readonly codecName: string };

  constructor(other: { readonly heard: AudioFrame; readonly codecName: string }) {
    this.#other = other;
  }

  publish(): void {
    // The other one reads `heard` itself.
  }

  take(): AudioFrame | undefined {
    return this.#other.heard;
  }

  takesPayloadOf(codecName: string): boolean {
    return this.#other.codecName === codecName;
  }
}

/** Frames of a bridge between workers: 160 ms, several times what the threads may be apart. */
export const BRIDGE_RING_SLOTS = 8;
/** 20 ms of PCM at 16 kHz. */
export const BRIDGE_RING_BYTES = 640;
/** Frames that must wait before the first is taken: absorbs that two threads do not tick at the same moment. */
export const PRIMED_FRAMES = 2;
/** More waiting frames than this are delay that nobody needs. */
const MAX_WAITING_FRAMES = 4;

/** Turns that a key sounds on while its frames are late; without it the far side would take one key for two. */
const KEY_HOLD_TURNS = 5;

const TAG_PCM = 0x80;
const TAG_WIDE = 0x40;
const TAG_EMPTY = 0x20;
const CODEC_MASK = 0x0f;
const NO_CODEC = CODEC_MASK;
const DIGIT_SHIFT = 8;

/** A leg of another worker, or a room, behind two rings of shared memory. A tag tells codec, form and digit of a frame. */
export class RemotePartner implements Partner {
  readonly #to: FrameRing;
  readonly #from: FrameRing;
  readonly #frame = new AudioFrame();
  readonly #primedFrames: number;
  #primed = false;
  #keyHeld = 0;
  /** As its last frame said. */
  #partnerCodec = '';

  constructor(rings: RingPair, primedFrames = PRIMED_FRAMES) {
    this.#primedFrames = primedFrames;
    this.#to = new FrameRing(rings.toPartner, BRIDGE_RING_SLOTS);
    this.#from = new FrameRing(rings.fromPartner, BRIDGE_RING_SLOTS);
  }

  publish(frame: AudioFrame): void {
    const codec = frame.codec === undefined ? NO_CODEC : codecs.indexOf(frame.codec);
    let tag = (codec & CODEC_MASK) | ((DTMF_DIGITS.indexOf(frame.digit || 'x') + 1) << DIGIT_SHIFT);
    if (frame.hasPayload && this.takesPayloadOf(frame.codec?.name ?? '')) this.#to.push(tag, frame.payload, frame.payload.length);
    else if (frame.hasPcm) {
      tag |= TAG_PCM | (frame.sampleRate === 16000 ? TAG_WIDE : 0);
      this.#to.push(tag, frame.bytes, frame.pcm.byteLength);
    } else this.#to.push(tag | TAG_EMPTY, frame.payload, 0);
  }

  take(): AudioFrame | undefined {
    const waiting = this.#from.filled;
    if (waiting === 0) this.#primed = false;
    else if (waiting >= this.#primedFrames) this.#primed = true;
    const frame = this.#frame;
    if (!this.#primed) return this.#heldKey(frame);
    this.#keyHeld = 0;
    // Both forms are as large as the PCM buffer or smaller, so every frame fits there.
    let length = this.#from.pop(frame.bytes);
    for (let surplus = waiting - MAX_WAITING_FRAMES; surplus > 0; surplus--) {
      // Audio can be left out, a key cannot.
      if (this.#from.lastTag >>> DIGIT_SHIFT !== 0) break;
      length = this.#from.pop(frame.bytes);
    }
    const tag = this.#from.lastTag;
    frame.clear();
    frame.codec = codecs[tag & CODEC_MASK];
    this.#partnerCodec = frame.codec?.name ?? '';
    frame.digit = DTMF_DIGITS[(tag >>> DIGIT_SHIFT) - 1] ?? '';
    if ((tag & TAG_EMPTY) !== 0) return frame;
    if ((tag & TAG_PCM) !== 0) {
      frame.sampleRate = (tag & TAG_WIDE) !== 0 ? 16000 : 8000;
      frame.hasPcm = true;
    } else {
      for (let index = 0; index < length && index < frame.payload.length; index++) {
        frame.payload[index] = frame.bytes[index] ?? 0;
      }
      frame.hasPayload = true;
    }
    return frame;
  }

  takesPayloadOf(codecName: string): boolean {
    return this.#partnerCodec === codecName;
  }

  #heldKey(frame: AudioFrame): AudioFrame | undefined {
    if (frame.digit === '' || ++this.#keyHeld > KEY_HOLD_TURNS) return undefined;
    frame.hasPayload = false;
    frame.hasPcm = false;
    return frame;
  }
}
