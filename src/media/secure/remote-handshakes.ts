import type { DtlsIdentity, Fingerprint, SrtpKeys } from './dtls-keys.ts';
import { asBuffer, type Handshake, type HandshakeReply, type HandshakeRequest, posted } from './handshake.ts';

/** Packets of one peer under way to the thread; a browser's longest flight has five. What is beyond is dropped, and repeated by an honest peer. */
const MAX_UNDER_WAY = 16;

/** What is used of a MessagePort. */
interface Port {
  on(event: 'message', listener: (reply: HandshakeReply) => void): unknown;
  postMessage(request: HandshakeRequest): void;
  close(): void;
}

interface Waiting {
  readonly send: (packet: Buffer) => void;
  readonly onKeys: (keys: SrtpKeys) => void;
  underWay: number;
}

/** A media worker's side of the thread of handshakes: nothing of the library is loaded or calculated here. */
export class RemoteHandshakes {
  #port: Port | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  /** The thread is reached by this port from now on. Handshakes that were not done with the one before are given up. */
  connect(port: Port): void {
    this.#port?.close();
    this.#waiting.clear();
    this.#port = port;
    port.on('message', (reply) => this.#take(reply));
  }

  begin(
    identity: DtlsIdentity,
    fingerprint: Fingerprint,
    send: (packet: Buffer) => void,
    onKeys: (keys: SrtpKeys) => void,
  ): Handshake {
    const handshake = ++this.#last;
    const waiting: Waiting = { send, onKeys, underWay: 0 };
    this.#waiting.set(handshake, waiting);
    this.#ask({ do: 'begin', handshake, identity, fingerprint });
    return {
      receive: (packet) => {
        if (!this.#waiting.has(handshake) || waiting.underWay >= MAX_UNDER_WAY) return;
        waiting.underWay++;
        this.#ask({ do: 'receive', handshake, packet: posted(packet) });
      },
      close: () => {
        if (this.#waiting.delete(handshake)) this.#ask({ do: 'end', handshake });
      },
    };
  }

  #ask(request: HandshakeRequest): void {
    this.#port?.postMessage(request);
  }

  #take(reply: HandshakeReply): void {
    const waiting = this.#waiting.get(reply.handshake);
    if (!waiting) return;
    switch (reply.is) {
      case 'sent':
        waiting.send(asBuffer(reply.packet));
        return;
      case 'agreed':
        waiting.onKeys({ suite: reply.suite, own: asBuffer(reply.own), peer: asBuffer(reply.peer) });
        return;
      case 'received':
        waiting.underWay--;
        return;
    }
  }
}
