import type { MediaFlow } from '../media-engine.ts';
import { ArrivalBudget } from '../rtp/arrival-budget.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { LegTransport } from '../worker/leg-transport.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';
import type { SrtpParameters } from './srtp-suites.ts';

/**
 * The transport of a telephone's leg: its two sockets as they are, and SRTP over them from the flow on that has keys (RFC 4568). What is
 * not the peer's never reaches an encrypted leg. A plain leg has the sockets themselves: nothing stands between.
 */
export class SdesTransport implements LegTransport {
  rtp: RtpSocket;
  rtcp: RtpSocket;
  rejected = 0;
  readonly #plainRtp: RtpSocket;
  readonly #plainRtcp: RtpSocket;
  readonly #budget: ArrivalBudget;
  #parameters: SrtpParameters | undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  /** Of the key before, until the peer has used the new one: packets of either are on their way when keys change. */
  #formerReceiver: SrtpReceiver | undefined;

  /** `now` is monotonic, in milliseconds. */
  constructor(rtp: RtpSocket, rtcp: RtpSocket, now: () => number) {
    this.rtp = rtp;
    this.rtcp = rtcp;
    this.#plainRtp = rtp;
    this.#plainRtcp = rtcp;
    this.#budget = new ArrivalBudget(now);
  }

  /** Keys that stay go on where they are: their counters must neither begin anew nor be used twice (RFC 3711 §9.1). */
  configure({ srtp }: MediaFlow): boolean {
    const before = this.#parameters;
    this.#parameters = srtp;
    if (srtp === undefined) {
      if (before === undefined) return false;
      this.#sender = undefined;
      this.#receiver = undefined;
      this.#formerReceiver = undefined;
      this.rtp = this.#plainRtp;
      this.rtcp = this.#plainRtcp;
      return true;
    }
    const { suite, ownKey, peerKey, peerMkiBytes } = srtp;
    if (suite !== before?.suite || ownKey !== before.ownKey) this.#sender = new SrtpSender(suite, Buffer.from(ownKey, 'base64'));
    if (suite !== before?.suite || peerKey !== before.peerKey || peerMkiBytes !== before.peerMkiBytes) {
      this.#formerReceiver = this.#receiver;
      this.#receiver = new SrtpReceiver(suite, Buffer.from(peerKey, 'base64'), peerMkiBytes);
    }
    if (before !== undefined) return false;
    this.rtp = this.#encrypted(
      this.#plainRtp,
      (packet) => this.#sender?.protectRtp(packet),
      (packet) => this.#openRtp(packet),
    );
    this.rtcp = this.#encrypted(
      this.#plainRtcp,
      (packet) => this.#sender?.protectRtcp(packet),
      (packet) => this.#receiver?.openRtcp(packet),
    );
    return true;
  }

  restart(): void {
    // There is no ICE.
  }

  close(): void {
    this.#plainRtp.close();
    this.#plainRtcp.close();
  }

  #encrypted(
    socket: RtpSocket,
    protect: (packet: Buffer) => Buffer | undefined,
    open: (packet: Buffer) => Buffer | undefined,
  ): RtpSocket {
    return {
      onMessage: (handler) =>
        socket.onMessage((packet, from) => {
          const plain = this.#budget.take() ? open(packet) : undefined;
          if (plain !== undefined) handler(plain, from);
          else this.rejected++;
        }),
      send(packet, port, address) {
        const secured = protect(packet);
        if (secured !== undefined) socket.send(secured, port, address);
      },
      close: () => socket.close(),
    };
  }

  /** With a new key some peers count rollovers from the beginning (RFC 4568 §7.1.4), and others go on (RFC 3711 §3.3.1). */
  #openRtp(packet: Buffer): Buffer | undefined {
    const former = this.#formerReceiver;
    const goesOnAt = former?.rolloversOf(packet) ?? 0;
    const opened = this.#receiver?.openRtp(packet) ?? (goesOnAt > 0 ? this.#receiver?.openRtp(packet, goesOnAt) : undefined);
    if (opened === undefined) return former?.openRtp(packet);
    this.#formerReceiver = undefined;
    return opened;
  }
}
