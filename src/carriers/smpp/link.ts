import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { LinkHealth } from '../carrier.ts';
import { answerDelivery, answerMalformed, answerUnexpected } from './answers.ts';
import { bindRequest, isHopeless } from './bind-kinds.ts';
import { describeCommand } from './commands.ts';
import { Complaints } from './complaints.ts';
import { Connection } from './connection.ts';
import { InboundGate } from './inbound-gate.ts';
import { LineWatch } from './line-watch.ts';
import { BIND_TIMEOUT_MS, CONNECT_TIMEOUT_MS, STABLE_MS, STALL_AFTER, UNBIND_TIMEOUT_MS } from './link-limits.ts';
import type { LinkOptions, LinkOwner, LinkSurroundings } from './link-options.ts';
import type { BindRespPdu, DataSmPdu, MalformedPdu, Pdu, ShortMessagePdu } from './pdu.ts';
import { Redial } from './redial.ts';
import { advanceSession, type SessionAction, type SessionEvent, type SessionState } from './session.ts';
import { Status, statusName, statusRow } from './statuses.ts';
import { ThrottleBackoff } from './throttle.ts';
import { type SubmitResult, type SubmitTicket, SubmitWindow } from './window.ts';

/**
 * One bind: a connection to the SMSC that is kept up, the submit window on it, and the answers to what comes in.
 * States and what leads where are in `session.ts`; here are the actions and timers.
 */
export class SmppLink {
  readonly name: string;
  readonly sends: boolean;
  readonly #options: LinkOptions;
  readonly #owner: LinkOwner;
  readonly #surroundings: LinkSurroundings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #throttle: ThrottleBackoff;
  readonly #redial: Redial;
  readonly #window: SubmitWindow;
  readonly #gate: InboundGate;
  readonly #watch: LineWatch;
  readonly #complaints: Complaints;
  /** Parts of a message taken as a whole that have no window place yet. */
  #waiting: SubmitTicket[] = [];
  #state: SessionState = 'closed';
  #detail = '';
  #hopeless = false;
  #wanted = false;
  #connection: Connection | undefined;
  #bindSequence = 0;
  #boundAt = 0;
  #unansweredInARow = 0;
  #cancelState: (() => void) | undefined;
  #closedWaiters: (() => void)[] = [];

  constructor(options: LinkOptions, owner: LinkOwner, surroundings: LinkSurroundings) {
    this.name = options.name;
    this.sends = options.bind !== 'bind_receiver';
    this.#options = options;
    this.#owner = owner;
    this.#surroundings = surroundings;
    this.#clock = surroundings.clock;
    this.#log = surroundings.log;
    this.#complaints = new Complaints(surroundings.log, options.name);
    this.#throttle = new ThrottleBackoff(surroundings.clock, () => this.#roomAppeared());
    this.#redial = new Redial(surroundings.clock, surroundings.random);
    this.#watch = new LineWatch(surroundings.clock, options.enquireLinkIntervalMs, options.enquireLinkTimeoutMs);
    this.#window = new SubmitWindow(
      surroundings.clock,
      options.responseTimeoutMs,
      () => this.#connection?.readingPaused !== true,
      (tickets) => this.#unanswered(tickets),
    );
    this.#gate = new InboundGate(surroundings.clock, options.inboundLimit, options.inboundTimeoutMs, () =>
      this.#connection?.holdUp(this.#gate.full),
    );
  }

  /** Bound, be the window full or not. */
  get up(): boolean {
    return this.#state === 'bound';
  }

  /** The SMSC refused our credentials, the host does not exist or its certificate is wrong. */
  get hopeless(): boolean {
    return this.#hopeless;
  }

  /** Submits that have no outcome yet. */
  get outstanding(): number {
    return this.#window.size + this.#waiting.length;
  }

  /** Window places that a submit could take at once. */
  free(): number {
    if (this.#state !== 'bound' || !this.sends || this.#waiting.length > 0) return 0;
    return Math.max(0, this.#places() - this.#window.size);
  }

  health(): LinkHealth {
    const pause = this.#throttle.remainingMs();
    const detail = this.#state === 'bound' && pause > 0 ? `throttled by the SMSC for ${Math.ceil(pause)} ms` : this.#detail;
    return { link: this.name, state: this.#state, ...(detail === '' ? {} : { detail }) };
  }

  start(): void {
    this.#wanted = true;
    this.#on('start');
  }

  /** Unbinds and closes; resolves when the connection is closed. Outstanding submits settle. */
  stop(): Promise<void> {
    this.#wanted = false;
    this.#redial.cancel();
    this.#on('stop');
    if (this.#state === 'closed') return Promise.resolve();
    return new Promise((resolve) => {
      this.#closedWaiters.push(resolve);
    });
  }

  /** Takes one part of a message. To be called with `free()` of at least 1 for the first part; further ones of it may wait here. */
  submit(ticket: SubmitTicket): void {
    if (this.#state !== 'bound') ticket.settle({ kind: 'unsent', reason: `link ${this.name} is ${this.#state}` });
    else if (this.#waiting.length === 0 && this.#window.size < this.#places()) this.#write(ticket);
    else this.#waiting.push(ticket);
  }

  #places(): number {
    if (!this.#throttle.probing) return this.#options.window;
    return this.#throttle.remainingMs() > 0 ? 0 : 1;
  }

  #write(ticket: SubmitTicket): void {
    const connection = this.#connection;
    if (connection === undefined) {
      ticket.settle({ kind: 'unsent', reason: `link ${this.name} is ${this.#state}` });
      return;
    }
    ticket.sequence = connection.nextSequence();
    ticket.writtenAt = this.#clock.monotonic();
    try {
      ticket.ordinal = connection.send({
        command: 'submit_sm',
        status: Status.ok,
        sequence: ticket.sequence,
        body: ticket.body(),
      });
    } catch (error) {
      ticket.settle({ kind: 'unencodable', reason: error instanceof Error ? error.message : 'cannot be encoded' });
      return;
    }
    this.#window.add(ticket);
  }

  #on(event: SessionEvent, detail = ''): void {
    const before = this.#state;
    const { next, actions } = advanceSession(before, event);
    if (next === before && actions.length === 0) return;
    this.#state = next;
    this.#detail = detail;
    this.#cancelState?.();
    this.#cancelState = undefined;
    this.#log.debug({ link: this.name, event, from: before, to: next, detail }, 'smpp session');
    for (const action of actions) this.#perform(action, detail === '' ? event : detail);
    this.#owner.linkChanged(this);
    if (next === 'closed') for (const resolve of this.#closedWaiters.splice(0)) resolve();
  }

  #perform(action: SessionAction, detail: string): void {
    switch (action) {
      case 'dial':
        this.#open();
        return;
      case 'sendBind':
        this.#sendBind();
        return;
      case 'announceUp':
        this.#hopeless = false;
        this.#boundAt = this.#clock.monotonic();
        this.#watchLine();
        this.#log.info({ link: this.name }, 'smpp bound');
        return;
      case 'sendUnbind':
        this.#armState(UNBIND_TIMEOUT_MS, 'no answer to the unbind');
        this.#request('unbind');
        return;
      case 'hangUp':
        this.#connection?.end();
        return;
      case 'drop':
        this.#connection?.drop();
        return;
      case 'settle':
        this.#leave(detail);
        return;
      case 'redial':
        this.#planRedial(detail);
        return;
    }
  }

  #sendBind(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#armState(BIND_TIMEOUT_MS, 'no answer to the bind');
    this.#bindSequence = connection.nextSequence();
    connection.send(bindRequest(this.#options, this.#bindSequence));
  }

  #request(command: 'unbind' | 'enquire_link'): void {
    const connection = this.#connection;
    connection?.send({ command, status: Status.ok, sequence: connection.nextSequence() });
  }

  #armState(ms: number, detail: string): void {
    this.#cancelState = this.#clock.after(ms, () => this.#on('timedOut', detail));
  }

  #open(): void {
    this.#unansweredInARow = 0;
    this.#complaints.forget();
    this.#armState(CONNECT_TIMEOUT_MS, 'the connection did not come about in time');
    this.#connection = new Connection(this.#clock, this.#surroundings.dial, this.#options.target, {
      connected: () => this.#on('connected'),
      pdu: (pdu) => this.#receive(pdu),
      unframeable: (commandLength) => {
        this.#log.warn({ link: this.name, commandLength }, 'smpp framing lost, link is made anew');
        this.#on('reset', `impossible command_length ${commandLength}`);
      },
      closed: (reason, permanent) => {
        this.#hopeless = permanent;
        this.#on('lost', reason);
      },
    });
    this.#connection.holdUp(this.#gate.full);
  }

  /** The connection is over: nothing of it may remain. */
  #leave(reason: string): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#watch.stop();
    this.#throttle.reset();
    if (this.#boundAt > 0 && this.#clock.monotonic() - this.#boundAt >= STABLE_MS) this.#redial.reset();
    this.#boundAt = 0;
    const words = `link ${this.name}: ${reason}`;
    for (const ticket of this.#window.takeAll()) {
      ticket.settle({ kind: connection?.left(ticket.ordinal) === false ? 'unsent' : 'unanswered', reason: words });
    }
    this.#settleWaiting({ kind: 'unsent', reason: words });
  }

  #settleWaiting(result: SubmitResult): void {
    for (const ticket of this.#waiting.splice(0)) ticket.settle(result);
  }

  #planRedial(detail: string): void {
    if (!this.#wanted) return;
    const waitMs = this.#redial.plan(this.#hopeless, () => this.#on('start'));
    this.#log.warn({ link: this.name, reason: detail, retryInMs: waitMs }, 'smpp link down');
    this.#detail = `${detail}; next attempt in ${waitMs} ms`;
  }

  #watchLine(): void {
    if (this.#connection === undefined) return;
    this.#watch.start(
      this.#connection,
      () => this.#request('enquire_link'),
      () => this.#on('reset', 'no answer to enquire_link'),
    );
  }

  #unanswered(tickets: readonly SubmitTicket[]): void {
    const reason = `no answer from the SMSC within ${this.#options.responseTimeoutMs} ms`;
    for (const ticket of tickets) ticket.settle({ kind: 'unanswered', reason });
    this.#unansweredInARow += tickets.length;
    if (this.#unansweredInARow >= Math.min(STALL_AFTER, this.#options.window)) this.#on('reset', 'the SMSC answers no submit');
    else this.#roomAppeared();
  }

  #roomAppeared(): void {
    while (this.#waiting.length > 0 && this.#window.size < this.#places()) {
      const ticket = this.#waiting.shift();
      if (ticket !== undefined) this.#write(ticket);
    }
    this.#owner.roomAppeared(this);
  }

  #receive(pdu: Pdu | MalformedPdu): void {
    switch (pdu.command) {
      case 'submit_sm_resp':
        this.#answered(pdu.sequence, pdu.status, pdu.body.messageId);
        return;
      case 'deliver_sm':
      case 'data_sm':
        this.#deliver(pdu);
        return;
      case 'enquire_link':
        this.#connection?.send({ command: 'enquire_link_resp', status: Status.ok, sequence: pdu.sequence });
        return;
      case 'generic_nack':
        this.#nacked(pdu.sequence, pdu.status);
        return;
      case 'unbind':
        this.#connection?.send({ command: 'unbind_resp', status: Status.ok, sequence: pdu.sequence });
        this.#on('peerUnbind', 'unbound by the SMSC');
        return;
      case 'unbind_resp':
        this.#on('unbindAnswered');
        return;
      case 'bind_receiver_resp':
      case 'bind_transmitter_resp':
      case 'bind_transceiver_resp':
        this.#bindAnswered(pdu);
        return;
      case 'enquire_link_resp':
      case 'outbind':
      case 'alert_notification':
        return; // nothing is to be done about them
      case 'malformed':
        this.#malformed(pdu);
        return;
      default:
        this.#unexpected(pdu);
    }
  }

  #bindAnswered(pdu: BindRespPdu): void {
    if (pdu.sequence !== this.#bindSequence) return;
    if (pdu.status === Status.ok) this.#on('bindAccepted');
    else this.#refused(pdu.status);
  }

  #refused(status: number): void {
    if (this.#state !== 'binding') return;
    this.#hopeless = isHopeless(status);
    this.#on('bindRefused', `bind refused: ${statusName(status)}`);
  }

  #nacked(sequence: number, status: number): void {
    if (this.#state === 'binding' && sequence === this.#bindSequence) {
      this.#refused(status);
      return;
    }
    this.#answered(sequence, status === Status.ok ? Status.systemError : status, '');
  }

  #answered(sequence: number, status: number, messageId: string): void {
    const ticket = this.#window.take(sequence);
    if (ticket === undefined) {
      this.#complaints.note({ sequence, status: statusName(status), messageId }, 'smpp answer to no submit, or too late');
      return;
    }
    this.#unansweredInARow = 0;
    if (this.#options.isThrottle(status)) {
      const throttled = { kind: 'throttled', status, retryAfterMs: this.#throttle.throttled(ticket.writtenAt) } as const;
      ticket.settle(throttled);
      this.#settleWaiting(throttled);
    } else {
      this.#throttle.succeeded(ticket.writtenAt);
      ticket.settle({ kind: 'answered', status, messageId });
      if (statusRow(status).treatment === 'unbound') {
        this.#on('reset', `the SMSC answers ${statusName(status)}`);
        return;
      }
    }
    this.#roomAppeared();
  }

  #deliver(pdu: ShortMessagePdu | DataSmPdu): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    // Over a connection that is gone by then no answer can go: the SMSC delivers it again.
    const answer = (status: number) => answerDelivery(connection, pdu, status);
    if (this.#state === 'bound') this.#gate.enter(this.#owner.deliver(this, pdu), answer);
    else answer(this.#state === 'unbinding' ? Status.temporaryAppError : Status.invalidBindStatus);
  }

  #malformed(pdu: MalformedPdu): void {
    const { commandId, of, fault } = pdu;
    this.#complaints.note({ command: describeCommand(commandId), fault: statusName(fault) }, 'smpp malformed pdu');
    if (of !== 'submit_sm_resp') {
      if (this.#connection !== undefined) answerMalformed(this.#connection, pdu);
      return;
    }
    const ticket = this.#window.take(pdu.sequence);
    if (ticket === undefined) return;
    if (pdu.status === Status.ok) ticket.settle({ kind: 'unanswered', reason: 'the answer of the SMSC is unreadable' });
    else ticket.settle({ kind: 'answered', status: pdu.status, messageId: '' });
    this.#roomAppeared();
  }

  #unexpected(pdu: Pdu): void {
    this.#complaints.note({ command: pdu.command }, 'smpp pdu that an SMSC does not send');
    if (this.#connection !== undefined) answerUnexpected(this.#connection, pdu);
  }
}
