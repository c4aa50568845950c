import type { Codec, CodecDecoder, CodecEncoder } from '../codecs/codec.ts';
import { DTMF_DIGITS } from '../dtmf/digits.ts';
import { dtmfSource } from '../dtmf/generator.ts';
import { frameSamples, saturate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import type { ToneSource } from '../tones/tone-source.ts';
import type { AudioFrame } from './audio-frame.ts';
import type { DigitSender } from './digit-sender.ts';
import { FRAME_BYTES } from './encoded-clips.ts';
import { encodedSilence, SILENCE_BYTES } from './encoded-silence.ts';
import { mixInto } from './leg-streams.ts';
import type { Player } from './player.ts';
import type { RtpSender } from './rtp-sender.ts';

/** A relayed digit sounds in-band until its far end lets go; no key is held for longer. */
const RELAYED_TONE_MS = 10_000;

/** What a turn sent. */
export type Sent = 'audio' | 'event';

/** Chooses and encodes the 20 ms that a leg sends: digits before a play, a play before the bridged party, else silence. */
export class Outbound {
  readonly #sender: RtpSender;
  #codec: Codec;
  #encoder: CodecEncoder;
  /** Decodes what we send ourselves, for mixing and recording: only as good as the far end hears it. */
  #decoder: CodecDecoder;
  #silence: Uint8Array;
  #silenceAt = 0;
  #pcm: Int16Array;
  #mixPcm: Int16Array;
  #resampler: Resampler | undefined;
  #resampledFrom = 0;
  #tone: ToneSource | undefined;
  #toneDigit = '';
  #eventPayloadType: number | undefined;

  constructor(sender: RtpSender, codec: Codec) {
    this.#sender = sender;
    this.#codec = codec;
    this.#silence = encodedSilence(codec);
    this.#encoder = codec.createEncoder();
    this.#decoder = codec.createDecoder();
    this.#pcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#mixPcm = new Int16Array(frameSamples(codec.sampleRate));
  }

  configure(codec: Codec, eventPayloadType: number | undefined): void {
    this.#eventPayloadType = eventPayloadType;
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#silence = encodedSilence(codec);
    this.#encoder = codec.createEncoder();
    this.#decoder = codec.createDecoder();
    this.#pcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#mixPcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#resampler = undefined;
    this.#resampledFrom = 0;
    this.#tone = undefined;
    this.#toneDigit = '';
  }

  /** Sends 20 ms. With `heardPcm` also writes there, at the codec's rate, what the far end hears of it. */
  send(
    digits: DigitSender,
    player: Player | undefined,
    bridged: AudioFrame | undefined,
    fed: Int16Array | undefined,
    heardPcm: Int16Array | undefined,
  ): Sent {
    let digit = '';
    let ownDigit = false;
    if (digits.busy) {
      digit = digits.next();
      ownDigit = digits.busy;
      // Two equal digits without a pause between are two.
      if (digits.started) {
        this.#sender.endEvent();
        this.#toneDigit = '';
      }
    }
    let inband = ownDigit && digits.inband;
    if (!ownDigit && bridged) {
      digit = bridged.digit;
      inband = this.#eventPayloadType === undefined;
    }
    if (digit !== '' && !inband && this.#eventPayloadType !== undefined) {
      this.#sender.sendEvent(this.#eventPayloadType, DTMF_DIGITS.indexOf(digit));
      heardPcm?.fill(0);
      if (ownDigit) digits.sent();
      return 'event';
    }
    if (digit !== '') this.#writeTone(digit, ownDigit ? digits.digitMs : RELAYED_TONE_MS);
    else {
      this.#toneDigit = '';
      if (ownDigit && inband) this.#writeSilence();
      else if (player && !(player.mix && bridged)) player.fill(this.#sender.packet, this.#sender.offset);
      else if (player && bridged) this.#writeMix(player, bridged);
      else if (bridged) this.#writeBridged(bridged);
      else if (!fed) this.#writeSilence();
      if (fed) this.#writeFed(fed, player !== undefined || bridged !== undefined);
    }
    if (heardPcm) this.#decoder.decode(this.#sender.packet, this.#sender.offset, FRAME_BYTES, heardPcm);
    this.#sender.sendFrame();
    if (ownDigit) digits.sent();
    return 'audio';
  }

  #writeSilence(): void {
    const { packet, offset } = this.#sender;
    const from = this.#silenceAt;
    for (let index = 0; index < FRAME_BYTES; index++) packet[offset + index] = this.#silence[from + index] ?? 0;
    this.#silenceAt = (from + FRAME_BYTES) % SILENCE_BYTES;
  }

  #writeBridged(bridged: AudioFrame): void {
    if (bridged.hasPayload && bridged.codec === this.#codec) {
      const { packet, offset } = this.#sender;
      const { payload } = bridged;
      for (let index = 0; index < FRAME_BYTES; index++) packet[offset + index] = payload[index] ?? 0;
    } else if (bridged.hasPcm) this.#encoder.encode(this.#atOwnRate(bridged), this.#sender.packet, this.#sender.offset);
    else this.#writeSilence();
  }

  #writeMix(player: Player, bridged: AudioFrame): void {
    const { packet, offset } = this.#sender;
    player.fill(packet, offset);
    const mixed = this.#mixPcm;
    this.#decoder.decode(packet, offset, FRAME_BYTES, mixed);
    let other: Int16Array | undefined;
    if (bridged.hasPcm) other = this.#atOwnRate(bridged);
    else if (bridged.hasPayload && bridged.codec === this.#codec) {
      this.#decoder.decode(bridged.payload, 0, FRAME_BYTES, this.#pcm);
      other = this.#pcm;
    }
    if (other) {
      for (let index = 0; index < mixed.length; index++) mixed[index] = saturate((mixed[index] ?? 0) + (other[index] ?? 0));
    }
    this.#encoder.encode(mixed, packet, offset);
  }

  /** Adds what a stream feeds to what was written, if anything was. */
  #writeFed(fed: Int16Array, onTop: boolean): void {
    const { packet, offset } = this.#sender;
    if (!onTop) {
      this.#encoder.encode(fed, packet, offset);
      return;
    }
    this.#decoder.decode(packet, offset, FRAME_BYTES, this.#mixPcm);
    mixInto(this.#mixPcm, fed);
    this.#encoder.encode(this.#mixPcm, packet, offset);
  }

  #writeTone(digit: string, ms: number): void {
    if (this.#toneDigit !== digit) {
      this.#toneDigit = digit;
      this.#tone = dtmfSource(this.#codec.sampleRate, [{ digit, ms }]);
    }
    this.#tone?.read(this.#pcm);
    this.#encoder.encode(this.#pcm, this.#sender.packet, this.#sender.offset);
  }

  #atOwnRate(frame: AudioFrame): Int16Array {
    if (frame.sampleRate === this.#codec.sampleRate) return frame.pcm;
    if (this.#resampledFrom !== frame.sampleRate) {
      this.#resampler = new Resampler(frame.sampleRate, this.#codec.sampleRate);
      this.#resampledFrom = frame.sampleRate;
    }
    this.#resampler?.process(frame.pcm, this.#pcm);
    return this.#pcm;
  }
}
