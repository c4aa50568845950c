import type { MediaFlow } from '../media-engine.ts';
import type { Latch } from '../rtp/latch.ts';
import type { Reception } from '../rtp/reception.ts';
import { type FarReport, RTCP_BUFFER_BYTES, readReports, reportDelayMs, writeReport } from '../rtp/rtcp.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import type { LegSurroundings } from './leg-surroundings.ts';
import type { RtpSender } from './rtp-sender.ts';

/** The RTCP side of a leg: what the far end reports, and our reports to it (RFC 3550 §6). */
export class ReportExchange {
  readonly far: FarReport = {
    lastSenderReport: 0,
    lastSenderReportAtMs: 0,
    cumulativeLost: undefined,
    roundTripMs: undefined,
  };
  #socket: RtpSocket | undefined;
  readonly #sender: RtpSender;
  readonly #reception: Reception;
  readonly #latch: Latch;
  readonly #around: LegSurroundings;
  readonly #buffer = Buffer.alloc(RTCP_BUFFER_BYTES);
  #flow: MediaFlow | undefined;
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(sender: RtpSender, reception: Reception, latch: Latch, around: LegSurroundings) {
    this.#sender = sender;
    this.#reception = reception;
    this.#latch = latch;
    this.#around = around;
  }

  /** Where reports come from and go to from now on. */
  useSocket(socket: RtpSocket): void {
    this.#socket = socket;
    socket.onMessage((packet) => {
      readReports(packet, this.#sender.ssrc, this.far, this.#around.wall(), this.#around.monotonic());
    });
  }

  setFlow(flow: MediaFlow): void {
    // The first report comes after half of the usual time (RFC 3550 §6.2).
    if (!this.#flow) this.#nextMs = this.#around.monotonic() + this.#delayMs() / 2;
    this.#flow = flow;
  }

  /** Sends a report when its time has come. */
  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + this.#delayMs();
    this.#send(false);
  }

  /** Says BYE. */
  end(): void {
    this.#send(true);
  }

  #delayMs(): number {
    return reportDelayMs(this.#around.random32() / 2 ** 32);
  }

  #send(bye: boolean): void {
    const flow = this.#flow;
    if (!flow || flow.remotePort === 0) return;
    const { ssrc, packets: packetsSent, payloadBytes: payloadBytesSent, timestamp } = this.#sender;
    const figures = { ssrc, packetsSent, payloadBytesSent, timestamp };
    const around = this.#around;
    const length = writeReport(this.#buffer, figures, this.#reception, this.far, around.wall(), around.monotonic(), bye);
    // Behind a NAT RTCP takes the way of RTP, one port up (RFC 4961); without one the signalled address holds.
    const moved = this.#latch.address !== flow.remoteAddress || this.#latch.port !== flow.remotePort;
    const address = moved ? this.#latch.address : flow.remoteAddress;
    const port = moved ? Math.min(this.#latch.port + 1, 0xffff) : flow.remoteRtcpPort;
    // A copy, because the BYE goes out while the socket closes, and a report is rare.
    if (port > 0) this.#socket?.send(Buffer.from(this.#buffer.subarray(0, length)), port, address);
  }
}
