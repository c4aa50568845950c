import { createMediaEngine, type MediaEngineOptions } from '../src/media/engine.ts';
import { LegHandle } from '../src/media/leg-handle.ts';
import type { CodecName, MediaEngine, MediaFlow, MediaLeg, OpenLegOptions } from '../src/media/media-engine.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { RtpPeer } from './rtp-peer.ts';

/** More pairs than any test takes within the second that a pair rests; the range begins anywhere, and ports that others hold are passed over. */
const RANGE = 4_000;

export interface RigCall {
  readonly leg: MediaLeg;
  readonly peer: RtpPeer;
}

/** A media engine on loopback with peers to call. */
export class MediaRig {
  readonly engine: MediaEngine;
  readonly faults: Error[] = [];
  readonly #peers: RtpPeer[] = [];

  constructor(options: Partial<MediaEngineOptions> = {}) {
    const from = 10_000 + Math.floor(Math.random() * 10_000) * 2;
    this.engine = createMediaEngine({
      clock: systemClock,
      bindAddress: '127.0.0.1',
      ports: { from, to: from + RANGE - 1 },
      workers: 2,
      // Two legs are on two threads.
      legsBeforeNextWorker: 1,
      onFault: (error) => this.faults.push(error),
      ...options,
    });
  }

  async peer(codec: CodecName = 'PCMU'): Promise<RtpPeer> {
    const peer = await RtpPeer.open(codec);
    this.#peers.push(peer);
    return peer;
  }

  /** A leg whose flow goes to a new peer. */
  async call(options: { codec?: CodecName; flow?: Partial<MediaFlow>; open?: OpenLegOptions } = {}): Promise<RigCall> {
    const peer = await this.peer(options.codec);
    const leg = await this.engine.openLeg(options.open);
    leg.setFlow(peer.flow(options.flow));
    return { leg, peer };
  }

  /** Ends the thread that a leg lives on as a crash would. */
  killWorker(leg: MediaLeg): void {
    if (!(leg instanceof LegHandle)) throw new TypeError('a leg of the engine is needed');
    leg.link.crash();
  }

  async close(): Promise<void> {
    await this.engine.close();
    for (const peer of this.#peers.splice(0)) peer.close();
  }
}
