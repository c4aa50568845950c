/** Entry of the thread that calculates DTLS handshakes. Each media worker has a port of its own into it. */

import { type MessagePort, parentPort } from 'node:worker_threads';
import { DtlsKeys } from './dtls-keys.ts';
import { asBuffer, type Handshake, type HandshakeReply, type HandshakeRequest, posted } from './handshake.ts';

function serve(port: MessagePort): void {
  const handshakes = new Map<number, Handshake>();
  const tell = (reply: HandshakeReply) => port.postMessage(reply);
  port.on('message', (request: HandshakeRequest) => {
    const { handshake } = request;
    switch (request.do) {
      case 'begin':
        handshakes.set(
          handshake,
          new DtlsKeys(
            request.identity,
            request.fingerprint,
            (packet) => tell({ is: 'sent', handshake, packet: posted(packet) }),
            ({ suite, own, peer }) => tell({ is: 'agreed', handshake, suite, own: posted(own), peer: posted(peer) }),
          ),
        );
        return;
      case 'receive':
        handshakes.get(handshake)?.receive(asBuffer(request.packet));
        tell({ is: 'received', handshake });
        return;
      case 'end':
        handshakes.get(handshake)?.close();
        handshakes.delete(handshake);
        return;
    }
  });
  // The media worker has ended.
  port.on('close', () => {
    for (const handshake of handshakes.values()) handshake.close();
  });
}

parentPort?.on('message', serve);
