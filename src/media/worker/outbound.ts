import type { Codec, CodecDecoder, CodecEncoder } from '../codecs/codec.ts';
import { keptForm } from '../codecs/registry.ts';
import { DTMF_DIGITS } from '../dtmf/digits.ts';
import { dtmfSource } from '../dtmf/generator.ts';
import { frameSamples } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import type { ToneSource } from '../tones/tone-source.ts';
import type { AudioFrame } from './audio-frame.ts';
import type { DigitSender } from './digit-sender.ts';
import { encodedSilence } from './encoded-silence.ts';
import { mixInto } from './leg-streams.ts';
import type { Player } from './player.ts';
import type { Players } from './players.ts';
import type { RtpSender } from './rtp-sender.ts';

/** A relayed digit sounds in-band until its far end lets go; no key is held for longer. */
const RELAYED_TONE_MS = 10_000;

/** What a turn sent. */
export type Sent = 'audio' | 'event';

type PlayedLayers = Pick<Players, 'below' | 'over'>;

/**
 * Chooses and encodes the 20 ms that a leg sends: digits before a play, what is played over others before what is below, a play before
 * the bridged party, else silence.
 */
export class Outbound {
  readonly #sender: RtpSender;
  #codec: Codec;
  /** The form in which sounds are put together; that of the codec itself unless it has another one. */
  #form: Codec;
  #encoder: CodecEncoder;
  /** Decodes what we send ourselves, for recording: only as good as the far end hears it. */
  #decoder: CodecDecoder;
  /** Decode what is to be mixed: what is played in each layer, and what a partner of the same codec passes on. */
  #played: CodecDecoder | undefined;
  #playedOver: CodecDecoder | undefined;
  #passed: CodecDecoder | undefined;
  /** Takes what goes on unheard; made when something does. */
  #aside: Uint8Array | undefined;
  /** From that form to the codec, and the 20 ms it works on; undefined where they are the same. */
  #last: CodecEncoder | undefined;
  #frame: Buffer | undefined;
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
    this.#form = keptForm(codec);
    this.#silence = encodedSilence(this.#form);
    this.#encoder = this.#form.createEncoder();
    this.#decoder = this.#form.createDecoder();
    this.#pcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#mixPcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#prepareLast();
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#last?.close?.();
  }

  configure(codec: Codec, eventPayloadType: number | undefined): void {
    this.#eventPayloadType = eventPayloadType;
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#form = keptForm(codec);
    this.#silence = encodedSilence(this.#form);
    this.#silenceAt = 0;
    this.#encoder = this.#form.createEncoder();
    this.#decoder = this.#form.createDecoder();
    this.#played = undefined;
    this.#playedOver = undefined;
    this.#passed = undefined;
    this.#aside = undefined;
    this.#pcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#mixPcm = new Int16Array(frameSamples(codec.sampleRate));
    this.#prepareLast();
    this.#resampler = undefined;
    this.#resampledFrom = 0;
    this.#tone = undefined;
    this.#toneDigit = '';
  }

  /** Sends 20 ms. With `heardPcm` also writes there, at the codec's rate, what the far end hears of it. */
  send(
    digits: DigitSender,
    players: PlayedLayers,
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
      else this.#writeHeard(players, bridged, fed);
    }
    if (heardPcm) this.#decoder.decode(this.#out, this.#at, this.#form.frameBytes, heardPcm);
    this.#sendFrame();
    if (ownDigit) digits.sent();
    return 'audio';
  }

  /** Where the 20 ms are put together. */
  get #out(): Buffer {
    return this.#frame ?? this.#sender.packet;
  }

  get #at(): number {
    return this.#frame ? 0 : this.#sender.offset;
  }

  #prepareLast(): void {
    this.#last?.close?.();
    const isSame = this.#form === this.#codec;
    this.#last = isSame ? undefined : this.#codec.createEncoder();
    this.#frame = isSame ? undefined : Buffer.alloc(this.#form.frameBytes);
  }

  #sendFrame(): void {
    if (!this.#last || !this.#frame) {
      this.#sender.sendFrame(this.#form.frameBytes);
      return;
    }
    this.#decoder.decode(this.#frame, 0, this.#frame.length, this.#pcm);
    const bytes = this.#last.encode(this.#pcm, this.#sender.packet, this.#sender.offset);
    if (bytes > 0) this.#sender.sendFrame(bytes);
    else this.#sender.skipFrames(1);
  }

  #writeSilence(): void {
    const out = this.#out;
    const at = this.#at;
    const from = this.#silenceAt;
    const { frameBytes } = this.#form;
    for (let index = 0; index < frameBytes; index++) out[at + index] = this.#silence[from + index] ?? 0;
    this.#silenceAt = (from + frameBytes) % this.#silence.length;
  }

  #writeBridged(bridged: AudioFrame): void {
    if (bridged.hasPayload && bridged.codec === this.#codec) {
      const out = this.#out;
      const at = this.#at;
      const { payload } = bridged;
      for (let index = 0; index < payload.length; index++) out[at + index] = payload[index] ?? 0;
    } else if (bridged.hasPcm) this.#encoder.encode(this.#atOwnRate(bridged), this.#out, this.#at);
    else this.#writeSilence();
  }

  /** What is not mixed covers what is behind it: a play in front everything but the stream, which goes on unheard; a play below the bridged party. */
  #writeHeard({ below, over }: PlayedLayers, bridged: AudioFrame | undefined, fed: Int16Array | undefined): void {
    const covered = over !== undefined && !over.mix;
    const player = covered ? undefined : below;
    const far = covered || (player && !player.mix) ? undefined : bridged;
    if (covered && below) {
      this.#aside ??= new Uint8Array(this.#form.frameBytes);
      below.fill(this.#aside, 0);
    }
    const sounds =
      Number(player !== undefined) + Number(over !== undefined) + Number(far !== undefined) + Number(fed !== undefined);
    const only = player ?? over;
    if (sounds > 1) this.#writeMix(player, over, far, fed);
    else if (only) only.fill(this.#out, this.#at);
    else if (far) this.#writeBridged(far);
    else if (fed) this.#encoder.encode(fed, this.#out, this.#at);
    else this.#writeSilence();
  }

  /** Adds up the samples and encodes them once: what encoder and decoder of G.722 do depends on all that they did before. */
  #writeMix(
    player: Player | undefined,
    over: Player | undefined,
    far: AudioFrame | undefined,
    fed: Int16Array | undefined,
  ): void {
    const mixed = this.#mixPcm;
    mixed.fill(0);
    if (player) {
      this.#played ??= this.#form.createDecoder();
      mixInto(mixed, this.#playedBy(player, this.#played));
    }
    if (over) {
      this.#playedOver ??= this.#form.createDecoder();
      mixInto(mixed, this.#playedBy(over, this.#playedOver));
    }
    const other = far && this.#samplesOf(far);
    if (other) mixInto(mixed, other);
    if (fed) mixInto(mixed, fed);
    this.#encoder.encode(mixed, this.#out, this.#at);
  }

  #playedBy(player: Player, decoder: CodecDecoder): Int16Array {
    player.fill(this.#out, this.#at);
    decoder.decode(this.#out, this.#at, this.#form.frameBytes, this.#pcm);
    return this.#pcm;
  }

  #samplesOf(bridged: AudioFrame): Int16Array | undefined {
    if (bridged.hasPcm) return this.#atOwnRate(bridged);
    if (!bridged.hasPayload || bridged.codec !== this.#codec) return undefined;
    this.#passed ??= this.#form.createDecoder();
    this.#passed.decode(bridged.payload, 0, bridged.payload.length, this.#pcm);
    return this.#pcm;
  }

  #writeTone(digit: string, ms: number): void {
    if (this.#toneDigit !== digit) {
      this.#toneDigit = digit;
      this.#tone = dtmfSource(this.#codec.sampleRate, [{ digit, ms }]);
    }
    this.#tone?.read(this.#pcm);
    this.#encoder.encode(this.#pcm, this.#out, this.#at);
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
