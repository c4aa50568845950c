import type { MediaFlow } from '../media-engine.ts';
import { ArrivalBudget } from '../rtp/arrival-budget.ts';
import type { DatagramSource, RtpSocket } from '../rtp/rtp-socket.ts';
import type { LegTransport } from '../worker/leg-transport.ts';
import type { DtlsIdentity, Fingerprint } from './dtls-keys.ts';
import type { BeginHandshake, Handshake } from './handshake.ts';
import { type IceCredentials, IceLite } from './ice-lite.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

type Receive = (packet: Buffer, from: DatagramSource) => void;

/** First octets of the protocols that share the port (RFC 7983 §7). */
const LAST_STUN = 3;
const FIRST_DTLS = 20;
const LAST_DTLS = 63;
const FIRST_RTP = 128;
const LAST_RTP = 191;
/** Second octets of RTCP among them (RFC 5761 §4). */
const FIRST_RTCP = 192;
const LAST_RTCP = 223;
/** Connectivity checks answered in one second: a browser makes some 20 at the start and one every few seconds after. */
const MAX_CHECKS_A_SECOND = 200;

/**
 * The transport of a WebRTC leg over one UDP socket: ICE (RFC 8445), DTLS-SRTP (RFC 5764), RTP and RTCP on one port (RFC 5761). To the
 * leg it is two sockets on which plain packets come and go; packets that nobody has secured never reach it, and until there are keys
 * nothing is sent.
 */
export class SecureTransport implements LegTransport {
  readonly rtp: RtpSocket;
  readonly rtcp: RtpSocket;
  rejected = 0;
  readonly #socket: RtpSocket;
  readonly #identity: DtlsIdentity;
  readonly #ice: IceLite;
  readonly #now: () => number;
  readonly #begin: BeginHandshake;
  #dtls: Handshake | undefined;
  #fingerprint = '';
  readonly #budget: ArrivalBudget;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  /** What the leg takes for the far end's address: that of the SDP, which no NAT changes. */
  #shown: DatagramSource = { address: '', port: 0 };
  #onRtp: Receive = () => undefined;
  #onRtcp: Receive = () => undefined;
  #checksFromMs = 0;
  #checks = 0;
  #isClosed = false;

  /** `now` is monotonic, in milliseconds. */
  constructor(socket: RtpSocket, identity: DtlsIdentity, credentials: IceCredentials, begin: BeginHandshake, now: () => number) {
    this.#socket = socket;
    this.#identity = identity;
    this.#begin = begin;
    this.#ice = new IceLite(credentials);
    this.#now = now;
    this.#budget = new ArrivalBudget(now);
    socket.onMessage((packet, from) => this.#receive(packet, from));
    this.rtp = {
      onMessage: (handler) => {
        this.#onRtp = handler;
      },
      send: (packet) => this.#sendRtp(packet),
      close: () => this.close(),
    };
    this.rtcp = {
      onMessage: (handler) => {
        this.#onRtcp = handler;
      },
      send: (packet) => {
        if (this.#sender !== undefined) this.#transmit(this.#sender.protectRtcp(packet));
      },
      close: () => this.close(),
    };
  }

  configure({ fingerprint, remoteAddress, remotePort }: MediaFlow): boolean {
    if (fingerprint) this.expect(fingerprint, { address: remoteAddress, port: remotePort });
    return false;
  }

  /** The peer that may speak, and the address that its SDP names. Another certificate than before begins another handshake. */
  expect(fingerprint: Fingerprint, shown: DatagramSource): void {
    this.#shown = shown;
    const wanted = `${fingerprint.algorithm} ${fingerprint.value}`.toLowerCase();
    if (wanted === this.#fingerprint) return;
    this.#fingerprint = wanted;
    this.#dtls?.close();
    this.#sender = undefined;
    this.#receiver = undefined;
    this.#dtls = this.#begin(
      this.#identity,
      fingerprint,
      (packet) => this.#transmit(packet),
      ({ suite, own, peer }) => {
        this.#sender = new SrtpSender(suite, own);
        this.#receiver = new SrtpReceiver(suite, peer);
      },
    );
  }

  /** New credentials of this side, for a peer that has restarted ICE. */
  restart(credentials: IceCredentials): void {
    this.#ice.restart(credentials);
  }

  #receive(packet: Buffer, from: DatagramSource): void {
    const first = packet[0];
    if (first === undefined || this.#isClosed) return;
    if (first <= LAST_STUN) this.#check(packet, from);
    else if (!this.#ice.isValid(from)) return;
    else if (first >= FIRST_DTLS && first <= LAST_DTLS) this.#dtls?.receive(packet);
    else if (first >= FIRST_RTP && first <= LAST_RTP) this.#open(packet);
  }

  #check(packet: Buffer, from: DatagramSource): void {
    const now = this.#now();
    if (now - this.#checksFromMs >= 1000) {
      this.#checksFromMs = now;
      this.#checks = 0;
    }
    if (++this.#checks > MAX_CHECKS_A_SECOND) return;
    const answer = this.#ice.receive(packet, from);
    if (answer !== undefined) this.#socket.send(answer, from.port, from.address);
  }

  #open(packet: Buffer): void {
    const second = packet[1] ?? 0;
    const isRtcp = second >= FIRST_RTCP && second <= LAST_RTCP;
    const receiver = this.#budget.take() ? this.#receiver : undefined;
    const plain = isRtcp ? receiver?.openRtcp(packet) : receiver?.openRtp(packet);
    if (plain === undefined) this.rejected++;
    else (isRtcp ? this.#onRtcp : this.#onRtp)(plain, this.#shown);
  }

  #sendRtp(packet: Buffer): void {
    if (this.#sender !== undefined) this.#transmit(this.#sender.protectRtp(packet));
  }

  #transmit(packet: Buffer): void {
    const to = this.#ice.selected;
    if (to !== undefined && !this.#isClosed) this.#socket.send(packet, to.port, to.address);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dtls?.close();
    this.#socket.close();
  }
}
