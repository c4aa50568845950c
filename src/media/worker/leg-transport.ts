import type { MediaFlow } from '../media-engine.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { IceCredentials } from '../secure/ice-lite.ts';

/** What a leg sends and receives through. */
export interface LegTransport {
  readonly rtp: RtpSocket;
  readonly rtcp: RtpSocket;
  /** Packets that were not the peer's, or not looked at because there were too many. */
  readonly rejected: number;
  /** A new flow: what it says of keys and certificates. True = `rtp` and `rtcp` are others than before. */
  configure(flow: MediaFlow): boolean;
  /** New ICE credentials of this side; nothing where there is no ICE. */
  restart(credentials: IceCredentials): void;
  close(): void;
}
