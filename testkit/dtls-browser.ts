import { DtlsClient, keyLength, ProtectionProfileAes128CmHmacSha1_80, SrtpSession, saltLength } from 'werift';
import type { DtlsIdentity } from '../src/media/secure/dtls-keys.ts';

/** The browser's side of a DTLS handshake, with what it has taken for a socket in between. */
export class DtlsBrowser {
  readonly #client: DtlsClient;
  readonly #socket;
  #connected = false;

  /** It shows `cert` and signs with `key`; `send` takes what it sends. */
  constructor({ cert, key }: DtlsIdentity, send: (packet: Buffer) => void) {
    this.#socket = {
      type: 'udp',
      address: { address: '', family: 'IPv4', port: 0 },
      closed: false,
      onData: (_packet: Buffer): void => undefined,
      send: async (packet: Buffer): Promise<void> => send(packet),
      close: async (): Promise<void> => undefined,
    };
    this.#client = new DtlsClient({
      transport: this.#socket,
      cert,
      key,
      signatureHash: { hash: 4, signature: 3 },
      srtpProfiles: [ProtectionProfileAes128CmHmacSha1_80],
      extendedMasterSecret: true,
    });
    this.#client.onError.subscribe(() => undefined);
    this.#client.onConnect.subscribe(() => {
      this.#connected = true;
    });
  }

  /** Its side of the handshake is over. */
  get isConnected(): boolean {
    return this.#connected;
  }

  /** Begins the handshake; whether it succeeds is for the caller to see. */
  connect(): void {
    this.#client.connect().catch(() => undefined);
  }

  receive(packet: Buffer): void {
    this.#socket.onData(packet);
  }

  /** SRTP with the keys of the handshake. */
  session(): SrtpSession {
    const profile = this.#client.srtp.srtpProfile ?? ProtectionProfileAes128CmHmacSha1_80;
    const keys = this.#client.extractSessionKeys(keyLength(profile), saltLength(profile));
    return new SrtpSession({
      profile,
      keys: {
        localMasterKey: keys.localKey,
        localMasterSalt: keys.localSalt,
        remoteMasterKey: keys.remoteKey,
        remoteMasterSalt: keys.remoteSalt,
      },
    });
  }
}
