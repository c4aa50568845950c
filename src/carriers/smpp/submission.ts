import type { Clock } from '../../runtime/clock.ts';
import type { PartOutcome, PartReport } from '../carrier.ts';
import type { ErrorCodes } from './error-codes.ts';
import type { MessageIds } from './message-ids.ts';
import { messageOctets, type ShortMessage } from './message-pdu.ts';
import { Status, statusName, statusRow } from './statuses.ts';
import type { SubmitBodies, SubmitEnvelope } from './submit-body.ts';
import type { SubmitResult, SubmitTicket } from './window.ts';

/** What tickets need of their carrier. */
export interface SubmissionContext {
  readonly clock: Clock;
  readonly bodies: SubmitBodies;
  readonly codes: ErrorCodes;
  readonly ids: MessageIds;
}

/** One `submit` of the carrier: collects a report for every part and resolves when the last is in. */
export class Submission {
  readonly context: SubmissionContext;
  readonly envelope: SubmitEnvelope;
  readonly link: string;
  readonly #reports: PartReport[] = [];
  #open: number;
  readonly #done: (reports: readonly PartReport[]) => void;

  constructor(
    context: SubmissionContext,
    envelope: SubmitEnvelope,
    link: string,
    tickets: number,
    done: (reports: readonly PartReport[]) => void,
  ) {
    this.context = context;
    this.envelope = envelope;
    this.link = link;
    this.#open = tickets;
    this.#done = done;
  }

  report(report: PartReport): void {
    this.#reports.push(report);
  }

  /** One ticket has its outcome, and its reports are in. */
  ticketSettled(): void {
    this.#open--;
    if (this.#open > 0) return;
    if (this.#reports.length > 1) this.#reports.sort((a, b) => a.part - b.part);
    this.#done(this.#reports);
  }
}

/** One submit_sm of a submission: a single part, or the whole text. */
export class PartTicket implements SubmitTicket {
  sequence = 0;
  ordinal = 0;
  writtenAt = 0;
  readonly #submission: Submission;
  /** Undefined: the whole text, in the name of all pending parts. */
  readonly #part: number | undefined;
  #submittedAt: number;
  #esmClass = 0;
  #dataCoding = 0;
  #octets = 0;

  constructor(submission: Submission, part: number | undefined) {
    this.#submission = submission;
    this.#part = part;
    this.#submittedAt = submission.context.clock.now();
  }

  body(): ShortMessage {
    const { context, envelope } = this.#submission;
    const body = context.bodies.body(envelope, this.#part);
    this.#submittedAt = context.clock.now();
    this.#esmClass = body.esmClass;
    this.#dataCoding = body.dataCoding;
    this.#octets = body.shortMessage.length === 0 ? messageOctets(body).length : body.shortMessage.length;
    return body;
  }

  settle(result: SubmitResult): void {
    const submission = this.#submission;
    const answeredAt = submission.context.clock.now();
    const outcome = outcomeOf(result, submission.context);
    const summary = this.#summary(result);
    const report = (part: number) =>
      submission.report({ part, outcome, link: submission.link, submittedAt: this.#submittedAt, answeredAt, summary });
    if (this.#part === undefined) submission.envelope.message.pendingParts.forEach(report);
    else report(this.#part);
    submission.ticketSettled();
  }

  #summary(result: SubmitResult): string {
    const answer = result.kind === 'answered' || result.kind === 'throttled' ? statusName(result.status) : result.kind;
    if (this.sequence === 0) return `submit_sm -> ${answer}`;
    const esm = this.#esmClass.toString(16).padStart(2, '0');
    return `submit_sm seq=${this.sequence} dc=${this.#dataCoding} esm=0x${esm} ${this.#octets} octets -> ${answer}`;
  }
}

function outcomeOf(result: SubmitResult, { codes, ids }: SubmissionContext): PartOutcome {
  switch (result.kind) {
    case 'answered': {
      const { status } = result;
      if (status === Status.ok) return { kind: 'accepted', carrierMessageId: ids.submitted(result.messageId) };
      const name = statusName(status);
      // Not a fault of the message: the link is made anew, and the message may go again.
      if (statusRow(status).treatment === 'unbound') return { kind: 'unsent', reason: name };
      return { kind: 'rejected', errorCode: codes.ofStatus(status), reason: name };
    }
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: result.retryAfterMs, reason: statusName(result.status) };
    case 'unencodable':
      return { kind: 'rejected', errorCode: '10', reason: result.reason };
    default:
      return result;
  }
}
