import type { Clock } from '../runtime/clock.ts';
import type { SipMessage } from './message.ts';
import { serializeMessage } from './serializer.ts';
import type { Flow, TransportName } from './transports/flow.ts';

/** One message as the timeline of a call shows it; without bodies, for they may hold what was said. */
export interface TraceEvent {
  readonly direction: 'in' | 'out';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly transport: TransportName;
  /** `address:port` of the peer. */
  readonly remote: string;
  readonly firstLine: string;
  readonly callId: string;
  /** Of the request, or of the one that is answered. */
  readonly method: string;
  /** Of a response. */
  readonly status?: number;
}

/** Writes messages to flows, and tells of every one that leaves or arrives. */
export class Wire {
  readonly #clock: Clock;
  readonly #trace: ((event: TraceEvent) => void) | undefined;

  constructor(clock: Clock, trace?: (event: TraceEvent) => void) {
    this.#clock = clock;
    this.#trace = trace;
  }

  /**
   * The bytes of a message, for `transmit`.
   * @throws {SipSerializeError} when a value given by the owner of the stack would not arrive as what it was meant to be
   */
  serialize(message: SipMessage): Buffer {
    return serializeMessage(message);
  }

  transmit(message: SipMessage, bytes: Buffer, flow: Flow, onError: (error: Error) => void): void {
    this.#tell('out', message, flow);
    flow.send(bytes, onError);
  }

  /** Sends a message that no transaction looks after. */
  send(message: SipMessage, flow: Flow): void {
    this.transmit(message, serializeMessage(message), flow, () => {});
  }

  received(message: SipMessage, flow: Flow): void {
    this.#tell('in', message, flow);
  }

  #tell(direction: 'in' | 'out', message: SipMessage, flow: Flow): void {
    if (this.#trace === undefined) return;
    const { transport, remote } = flow;
    const isRequest = message.kind === 'request';
    const method = isRequest ? message.method : (message.headers.get('CSeq')?.split(' ').at(-1) ?? '');
    this.#trace({
      direction,
      at: this.#clock.now(),
      transport,
      remote: `${remote.address}:${remote.port}`,
      firstLine: isRequest ? `${method} ${message.uri} SIP/2.0` : `SIP/2.0 ${message.status} ${message.reason}`,
      callId: message.headers.get('Call-ID') ?? '',
      method,
      ...(isRequest ? {} : { status: message.status }),
    });
  }
}
