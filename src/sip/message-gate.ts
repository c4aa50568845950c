import type { Random } from '../runtime/random.ts';
import { SUPPORTED } from './calls/call-services.ts';
import { newTag } from './identifiers.ts';
import type { SipMessage, SipRequest } from './message.ts';
import type { SipParseError } from './parse-error.ts';
import { createResponse, type ResponseParts } from './responses.ts';
import type { TransactionLayer } from './transactions/transaction-layer.ts';
import type { Flow } from './transports/flow.ts';
import { ReturnFlow } from './transports/return-flow.ts';
import type { TransportHandler, TransportLayer } from './transports/transport-layer.ts';
import { validateRequest, validateResponse } from './validate.ts';
import { formatVia, parseVia, receivedFrom } from './via.ts';
import type { Wire } from './wire.ts';

const SIP_PORT = 5060;
const SIPS_PORT = 5061;

/** Between transports and transactions: checks every message, notes its source in the Via, and refuses what is malformed. */
export class MessageGate implements TransportHandler {
  readonly #random: Random;
  readonly #wire: Wire;
  /** Undefined while the stack is starting: nobody can serve a message yet. */
  readonly #transactions: () => TransactionLayer | undefined;
  readonly #transports: () => TransportLayer;
  readonly #onError: (error: unknown) => void;
  /** Messages dropped, or refused before any transaction was made for them. */
  refused = 0;

  constructor(
    random: Random,
    wire: Wire,
    transactions: () => TransactionLayer | undefined,
    transports: () => TransportLayer,
    onError: (error: unknown) => void,
  ) {
    this.#random = random;
    this.#wire = wire;
    this.#transactions = transactions;
    this.#transports = transports;
    this.#onError = onError;
  }

  onMessage(message: SipMessage, flow: Flow): void {
    try {
      this.#take(message, flow);
    } catch (error) {
      this.#onError(error);
    }
  }

  #take(message: SipMessage, flow: Flow): void {
    const transactions = this.#transactions();
    if (transactions === undefined) return;
    this.#wire.received(message, flow);
    if (message.kind === 'response') {
      if (validateResponse(message).kind === 'ok') transactions.receive(message, flow);
      else this.refused++;
      return;
    }
    const way = this.#stamp(message, flow);
    const verdict = validateRequest(message, { supported: SUPPORTED });
    if (verdict.kind === 'ok') {
      transactions.receive(message, way);
      return;
    }
    this.refused++;
    if (verdict.kind === 'drop') return;
    const { status, reason, unsupported = [] } = verdict;
    this.refuse(message, flow, status, { reason, headers: unsupported.map((tag) => ['Unsupported', tag] as const) });
  }

  onMalformed({ answer, message }: SipParseError, flow: Flow): void {
    this.refused++;
    if (answer === undefined) return;
    this.#stamp(answer.request, flow);
    this.refuse(answer.request, flow, answer.status, { reason: message });
  }

  /** Answers without keeping any state: a copy of the request gets the same answer anew. */
  refuse(request: SipRequest, flow: Flow, status: number, parts: ResponseParts = {}): void {
    this.#wire.send(createResponse(request, status, { ...parts, toTag: newTag(this.#random) }), flow);
  }

  /** Notes the source in the Via; answers the way back for responses. */
  #stamp({ headers }: SipRequest, flow: Flow): Flow {
    const via = parseVia(headers.get('Via') ?? '');
    if (via === undefined) return flow;
    const { address, port } = flow.remote;
    const stamped = formatVia(receivedFrom(via, address, port));
    headers.removeFirst('Via').prepend('Via', stamped);
    if (flow.transport !== 'tcp' && flow.transport !== 'tls') return flow;
    const sentBy = via.port ?? (flow.transport === 'tls' ? SIPS_PORT : SIP_PORT);
    if (via.parameters.has('alias')) this.#transports().alias(flow, sentBy);
    return new ReturnFlow(flow, () => this.#transports().flowTo({ transport: flow.transport, address, port: sentBy }));
  }
}
