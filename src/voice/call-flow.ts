import type { Call } from './call.ts';
import type { DocumentPurpose } from './call-application.ts';
import type { ElementUrl, VoiceDocument } from './document.ts';
import {
  type DialAnswerWaiter,
  type ElementContext,
  type ElementOutcome,
  type FlowSession,
  NEXT,
  type RunningDial,
} from './element-context.ts';
import { runElement } from './elements/registry.ts';
import type { FlowServices } from './flow-services.ts';
import { outcomeOf } from './follow.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';

/** Transfers of one call; one more looks like two applications passing it to and fro (voice-api.md §2). */
const MAX_TRANSFERS = 70;
/** Documents of one call. A Redirect to itself must end some day (voice-xml.md §6.10). */
const MAX_DOCUMENTS = 9_999;

export type FlowStart =
  | {
      readonly kind: 'answer';
      readonly answer: ElementUrl;
      readonly fallback: ElementUrl | undefined;
      /** The first document is not asked for before this; a transfer does not wait for it. Never rejects. */
      readonly after?: Promise<void> | undefined;
    }
  | { readonly kind: 'transfer'; readonly target: ElementUrl }
  /** A document that this program has made. */
  | { readonly kind: 'document'; readonly document: VoiceDocument }
  /** What this program does with the call in the way of an element. */
  | { readonly kind: 'element'; readonly run: (context: ElementContext) => Promise<ElementOutcome> };

/**
 * Runs the documents of one call: one element after the other, one document after the other, until the call ends. Transfer, hangup
 * and the end of the program interrupt whatever runs.
 */
export class CallFlow {
  readonly call: Call;
  readonly #services: FlowServices;
  readonly #session: Session;
  #transferTo: FlowStart | undefined;
  #interrupt = new AbortController();
  #transfers = 0;

  constructor(call: Call, services: FlowServices, newId: () => string) {
    this.call = call;
    this.#services = services;
    this.#session = new Session(call, services, newId);
  }

  /** The Dial that runs now. */
  get dial(): RunningDial | undefined {
    return this.#session.dial;
  }

  /** Resolves when the call has ended. Never rejects: what goes wrong ends the call. */
  async run(start: FlowStart): Promise<void> {
    try {
      let next = await this.#begin(start);
      for (let documents = 0; documents < MAX_DOCUMENTS && !this.call.gone.aborted; documents++) {
        const transfer = this.#takeTransfer();
        if (transfer) next = await this.#begin(transfer);
        if (this.#interrupt.signal.aborted) continue;
        if (next.kind === 'end') return this.call.hangUp(next.cause);
        next = next.kind === 'document' ? await this.#runDocument(next.document) : this.#documentEnd();
      }
      this.call.hangUp(hangupCause(2060, 'Plivo'));
    } catch (error) {
      if (!(error instanceof LegGone)) this.call.note('flow_failed', { reason: String(error) });
      this.call.hangUp(hangupCause(5010, 'Error'));
    } finally {
      this.#session.close();
    }
  }

  /** Stops what runs and goes on with another document. */
  transfer(target: ElementUrl): void {
    this.goOnWith({ kind: 'transfer', target });
  }

  /** Stops what runs and begins anew. */
  goOnWith(start: FlowStart): void {
    if (++this.#transfers > MAX_TRANSFERS) {
      this.call.hangUp(hangupCause(2060, 'Plivo'));
      return;
    }
    this.#transferTo = start;
    this.#interrupt.abort();
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.call.gone, this.#interrupt.signal]);
  }

  #takeTransfer(): FlowStart | undefined {
    const start = this.#transferTo;
    this.#transferTo = undefined;
    if (start) this.#interrupt = new AbortController();
    return start;
  }

  async #begin(start: FlowStart): Promise<ElementOutcome> {
    if (start.kind === 'transfer') return this.#fetch('transfer', start.target);
    if (start.kind === 'element') return start.run(this.#context(this.#signal));
    if (start.kind === 'document') return { kind: 'document', document: start.document, purpose: 'transfer' };
    const signal = this.#signal;
    if (start.after) await Promise.race([start.after, aborted(signal)]);
    if (signal.aborted) return NEXT;
    const answer = await this.#fetch('answer', start.answer);
    if (answer.kind !== 'end' || !start.fallback || start.fallback.url === '') return answer;
    this.call.note('fallback', { code: answer.cause.code });
    return this.#fetch('fallback', start.fallback);
  }

  async #fetch(
    purpose: Extract<DocumentPurpose, 'answer' | 'fallback' | 'transfer'>,
    target: ElementUrl,
  ): Promise<ElementOutcome> {
    const request = { purpose, target, call: this.call.facts, wantsDocument: true };
    return outcomeOf(await this.#services.application.fetch(request, this.#signal), purpose);
  }

  #context(signal: AbortSignal): ElementContext {
    return {
      call: this.call,
      services: this.#services,
      signal,
      session: this.#session,
      media: () => this.call.answer(),
      run: runElement,
    };
  }

  async #runDocument(document: VoiceDocument): Promise<ElementOutcome> {
    const signal = this.#signal;
    const context = this.#context(signal);
    for (const element of document.elements) {
      if (signal.aborted) break;
      const outcome = await runElement(element, context);
      if (signal.aborted) break;
      if (outcome.kind !== 'next') return outcome;
    }
    // An empty document answers the call and ends it (voice-xml.md §5.1).
    if (!signal.aborted && document.elements.length === 0) await this.call.answer();
    return { kind: 'next' };
  }

  /** The document ran out. */
  #documentEnd(): ElementOutcome {
    return { kind: 'end', cause: END_OF_DOCUMENT };
  }
}

const END_OF_DOCUMENT: HangupCause = hangupCause(4010, 'Plivo');

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

class Session implements FlowSession {
  onDialAnswer: DialAnswerWaiter[] = [];
  dial: RunningDial | undefined;
  readonly #call: Call;
  readonly #services: FlowServices;
  readonly #newId: () => string;
  #cancelHangup: () => void = () => undefined;

  constructor(call: Call, services: FlowServices, newId: () => string) {
    this.#call = call;
    this.#services = services;
    this.#newId = newId;
  }

  scheduleHangup(ms: number): void {
    this.#cancelHangup();
    this.#call.schedule(this.#newId());
    this.#cancelHangup = this.#services.clock.after(ms, () => this.#call.hangUp(hangupCause(6000, 'Plivo')));
  }

  close(): void {
    this.#cancelHangup();
    for (const waiter of this.onDialAnswer.splice(0)) waiter.discard();
  }
}
