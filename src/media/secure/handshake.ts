import type { DtlsIdentity, Fingerprint, SrtpKeys } from './dtls-keys.ts';

/** One DTLS handshake with one peer, wherever it is calculated. */
export interface Handshake {
  receive(packet: Buffer): void;
  close(): void;
}

/** `onKeys` is called once, when the peer has proved that it owns the certificate of the fingerprint; never for any other peer. */
export type BeginHandshake = (
  identity: DtlsIdentity,
  fingerprint: Fingerprint,
  send: (packet: Buffer) => void,
  onKeys: (keys: SrtpKeys) => void,
) => Handshake;

/** What a media worker asks of the thread of handshakes. `handshake` numbers those of one worker. */
export type HandshakeRequest =
  | {
      readonly do: 'begin';
      readonly handshake: number;
      readonly identity: DtlsIdentity;
      readonly fingerprint: Fingerprint;
    }
  | { readonly do: 'receive'; readonly handshake: number; readonly packet: Uint8Array }
  | { readonly do: 'end'; readonly handshake: number };

export type HandshakeReply =
  | { readonly is: 'sent'; readonly handshake: number; readonly packet: Uint8Array }
  | {
      readonly is: 'agreed';
      readonly handshake: number;
      readonly suite: SrtpKeys['suite'];
      readonly own: Uint8Array;
      readonly peer: Uint8Array;
    }
  /** A packet has been worked off. */
  | { readonly is: 'received'; readonly handshake: number };

/** Copies: what is posted from a shared buffer would take the whole buffer along. */
export const posted = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
export const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
