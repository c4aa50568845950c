import type { Codec } from '../codecs/codec.ts';
import { TelephoneEventReceiver } from '../dtmf/event-receiver.ts';
import { Playout } from '../jitter/playout.ts';
import type { RtpHeader } from '../rtp/rtp-packet.ts';
import { type AudioFrame, PASSED_BYTES } from './audio-frame.ts';
import { DigitRelay } from './digit-relay.ts';

/** RTP clock of telephone events: that of the audio, which is 8000 with every codec beside which they are agreed on. */
const EVENT_CLOCK_RATE = 8_000;
/** Frames that stand in for lost ones by repetition while payloads are passed on undecoded. */
const MAX_REPEATS = 1;

/** What arrives on a leg: digits at once, audio from packets to one frame a turn. Buffers are made when audio is first wanted. */
export class Inbound {
  readonly #events: TelephoneEventReceiver;
  #codec: Codec | undefined;
  #playout: Playout | undefined;
  readonly #relay = new DigitRelay();
  /** The far end sends 20 ms a packet, so that a payload is a frame. */
  #payloadIsFrame = true;
  #repeats = 0;

  constructor(onDigit: (digit: string) => void) {
    this.#events = new TelephoneEventReceiver(EVENT_CLOCK_RATE, {
      onStart: (digit) => {
        if (this.#playout) this.#relay.press(digit);
        onDigit(digit);
      },
      onEnd: () => this.#relay.release(),
    });
  }

  configure(codec: Codec): void {
    if (codec === this.#codec) return;
    this.#codec = codec;
    if (this.#playout) this.begin();
  }

  /** Audio is wanted from now on: what was held before is stale. */
  begin(): void {
    this.#playout?.close();
    this.#playout = this.#codec && new Playout(this.#codec);
    this.#payloadIsFrame = true;
    this.#repeats = 0;
    this.#relay.clear();
  }

  /** A key that came by signalling goes the same way as one that came by RTP. */
  relay(digit: string): void {
    if (!this.#playout) return;
    this.#relay.press(digit);
    this.#relay.release();
  }

  /** Nobody hears it any more. */
  end(): void {
    this.#playout?.close();
    this.#playout = undefined;
  }

  takeEvent(packet: Uint8Array, header: RtpHeader, nowMs: number): void {
    const length = header.payloadEnd - header.payloadStart;
    this.#playout?.receiveOther(header.sequence, header.timestamp, header.ssrc, nowMs);
    this.#events.receive(packet, header.payloadStart, length, header.timestamp, header.marker, nowMs);
  }

  put(packet: Uint8Array, header: RtpHeader, nowMs: number): void {
    const { sequence, timestamp, ssrc, payloadStart, payloadEnd } = header;
    this.#playout?.receive(sequence, timestamp, ssrc, packet, payloadStart, payloadEnd - payloadStart, nowMs);
  }

  /** Once a turn, also when no audio is wanted: a digit whose end was lost ends by time. */
  tick(nowMs: number): void {
    this.#events.tick(nowMs);
  }

  /** Fills the frame of this turn: with the payload where that is enough, else with PCM. */
  take(frame: AudioFrame, payloadIsEnough: boolean): void {
    const playout = this.#playout;
    if (!playout) return;
    frame.digit = this.#relay.next();
    if (payloadIsEnough && this.#payloadIsFrame) this.#takePayload(frame, playout);
    else {
      playout.read(frame.pcm);
      frame.hasPcm = true;
    }
    // While a key is down its far end sends no audio; what is concealed meanwhile is not to be heard beside the tone.
    if (frame.digit !== '' && frame.hasPcm) frame.pcm.fill(0);
  }

  #takePayload(frame: AudioFrame, playout: Playout): void {
    const { buffer } = playout;
    const outcome = buffer.pull();
    if (outcome === 'packet') {
      // The delay is shortened by leaving one out.
      if (buffer.hasExcess) buffer.pull();
      if (buffer.payloadLength === PASSED_BYTES) {
        const { payload, payloadOffset } = buffer;
        for (let index = 0; index < PASSED_BYTES; index++) frame.payload[index] = payload[payloadOffset + index] ?? 0;
        frame.hasPayload = true;
        this.#repeats = 0;
      } else this.#payloadIsFrame = false;
    } else if (outcome !== 'nothing' && this.#repeats < MAX_REPEATS) {
      // The frame still holds the payload of the turn before.
      this.#repeats++;
      frame.hasPayload = true;
    }
  }
}
