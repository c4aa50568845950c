import type { SampleRate } from '../pcm.ts';

/** State of one direction of one leg. Encoders and decoders of a stream are never shared. */
export interface CodecEncoder {
  /**
   * Encodes all samples of `pcm`, at the sampling rate of the codec, into `out` from `outOffset` on. Returns the octets written;
   * what does not fit into `out` is left away.
   */
  encode(pcm: Int16Array, out: Uint8Array, outOffset: number): number;
  /** Gives back what the runtime does not collect by itself; it is not used after that. */
  close?(): void;
}

export interface CodecDecoder {
  /**
   * Decodes `length` octets of `bytes` from `offset` on to the start of `outPcm`. Returns the samples written; octets past the
   * end of `bytes` and samples that do not fit are left away.
   */
  decode(bytes: Uint8Array, offset: number, length: number, outPcm: Int16Array): number;
  /** See `CodecEncoder.close`. */
  close?(): void;
}

/** A codec of the RTP engine. To add one: a file that exports a value of this kind, and a line in `registry.ts`. */
export interface Codec {
  /** Encoding name of SDP, as registered (RFC 3551 §6, RFC 4855). */
  readonly name: string;
  /** Payload type that an offer uses; below 96 it is fixed by RFC 3551. */
  readonly payloadType: number;
  /** Of the PCM on the inner side. */
  readonly sampleRate: SampleRate;
  /** Ticks a second of the RTP timestamp: for G.722 not the sampling rate (RFC 3551 §4.5.2). */
  readonly rtpClockRate: number;
  /** Octets of a 20 ms packet, at most. */
  readonly frameBytes: number;
  /** The payload of 20 ms of silence. Shared: not to be written to. */
  readonly silence: Uint8Array;
  /**
   * The form in which sounds wait to be sent. Absent: this one, because its frames are made once for all who hear them. Frames of
   * Opus depend on those before and differ in length: sounds wait as samples.
   */
  readonly kept?: Codec;
  /** How long the packet sounds, in ticks of the RTP clock. */
  packetTicks(bytes: Uint8Array, offset: number, length: number): number;
  createEncoder(): CodecEncoder;
  createDecoder(): CodecDecoder;
}
