import type { OpusDecoderHandle, OpusEncoderHandle } from 'libopus-wasm';
import { frameSamples } from '../pcm.ts';
import type { Codec, CodecDecoder, CodecEncoder } from './codec.ts';
import { linear } from './linear.ts';

/**
 * Opus (RFC 6716, RFC 7587) by libopus in WebAssembly, mono. The stream's clock runs at 48 kHz whatever is inside; the library converts
 * to and from the 16 kHz of this engine itself, better and cheaper than a filter of ours behind it would.
 *
 * Budget a 20 ms frame: see bench/dsp.ts.
 */

const SAMPLE_RATE = 16000;
const CLOCK_RATE = 48000;
/** Speech at 16 kHz is transparent for most listeners from here on (RFC 7587 §3.1.1: 28 to 40 kbit/s fullband). */
const BITRATE = 32_000;
/** 0 to 10: from here on more effort is hardly heard in speech, and twice as slow. */
const COMPLEXITY = 5;
/** For how much loss a frame carries the one before in a coarser form; browsers use it (`useinbandfec=1`). */
const EXPECTED_LOSS_PERCENT = 5;
/** Longest payload that is made: three times what 20 ms take at this bit rate. */
const FRAME_BYTES = 240;
/** Of packets that are taken (MAX_PACKET_MS of the playout). */
const MAX_PACKET_SAMPLES = frameSamples(SAMPLE_RATE) * 3;
/** Ticks of a frame by the upper five bits of the first octet (RFC 6716 §3.1): SILK, hybrid, CELT. */
const SILK_TICKS = [480, 960, 1920, 2880];
const HYBRID_TICKS = [480, 960];
const CELT_TICKS = [120, 240, 480, 960];
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

type Library = Pick<typeof import('libopus-wasm'), 'createEncoder' | 'createDecoder'>;
let library: Library | undefined;

/** Loads the library; to be awaited before the first encoder or decoder is made. */
export async function loadOpus(): Promise<void> {
  if (library !== undefined) return;
  const loaded = await import('libopus-wasm');
  await loaded.loadLibopus();
  library = loaded;
}

/** What the library hands over a moment later, and is to be given back. */
class Handle<T extends { free(): void }> {
  value: T | undefined;
  #isClosed = false;

  constructor(made: Promise<T> | undefined) {
    if (made === undefined) throw new Error('the Opus library is not loaded');
    made.then(
      (value) => {
        if (this.#isClosed) value.free();
        else this.value = value;
      },
      () => {
        // No memory is left for it: the stream stays silent.
      },
    );
  }

  close(): void {
    this.#isClosed = true;
    this.value?.free();
    this.value = undefined;
  }
}

class OpusEncoder implements CodecEncoder {
  readonly #handle: Handle<OpusEncoderHandle>;

  constructor() {
    this.#handle = new Handle(
      library?.createEncoder({
        sampleRate: SAMPLE_RATE,
        channels: 1,
        bitrate: BITRATE,
        complexity: COMPLEXITY,
        fec: true,
        packetLossPercent: EXPECTED_LOSS_PERCENT,
        frameSize: frameSamples(SAMPLE_RATE),
      }),
    );
  }

  encode(pcm: Int16Array, out: Uint8Array, outOffset: number): number {
    const handle = this.#handle.value;
    const room = Math.min(FRAME_BYTES, out.length - outOffset);
    if (handle === undefined || room <= 0) return 0;
    const packet = handle.encode(pcm, ROOM);
    if (packet.length > room) return 0;
    out.set(packet, outOffset);
    return packet.length;
  }

  close(): void {
    this.#handle.close();
  }
}
const ROOM = { maxPacketBytes: FRAME_BYTES };

class OpusDecoder implements CodecDecoder {
  readonly #handle: Handle<OpusDecoderHandle>;

  constructor() {
    this.#handle = new Handle(library?.createDecoder({ sampleRate: SAMPLE_RATE, channels: 1, maxFrameSize: MAX_PACKET_SAMPLES }));
  }

  decode(bytes: Uint8Array, offset: number, length: number, outPcm: Int16Array): number {
    const handle = this.#handle.value;
    if (handle === undefined || length === 0) return 0;
    let pcm: Int16Array;
    try {
      pcm = handle.decode(bytes.subarray(offset, offset + length));
    } catch {
      // No Opus: costs itself.
      return 0;
    }
    const count = Math.min(pcm.length, outPcm.length);
    outPcm.set(count === pcm.length ? pcm : pcm.subarray(0, count));
    return count;
  }

  close(): void {
    this.#handle.close();
  }
}

/** Length of the packet by its first two octets (RFC 6716 §3.1, §3.2). */
function packetTicks(bytes: Uint8Array, offset: number, length: number): number {
  const first = bytes[offset];
  if (first === undefined || length === 0) return 0;
  const configuration = first >> 3;
  const frame =
    configuration < FIRST_HYBRID
      ? SILK_TICKS[configuration & 3]
      : configuration < FIRST_CELT
        ? HYBRID_TICKS[configuration & 1]
        : CELT_TICKS[configuration & 3];
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : length < 2 ? 0 : (bytes[offset + 1] ?? 0) & 0x3f;
  return (frame ?? 0) * frames;
}

export const opus: Codec = {
  name: 'OPUS',
  payloadType: 111,
  sampleRate: SAMPLE_RATE,
  rtpClockRate: CLOCK_RATE,
  frameBytes: FRAME_BYTES,
  silence: new Uint8Array(0),
  kept: linear,
  packetTicks,
  createEncoder: () => new OpusEncoder(),
  createDecoder: () => new OpusDecoder(),
};
