import { ownerOf, type Scope } from '../accounts/account.ts';
import { invalidParameter, missingParameter, Problem } from '../errors/catalogue.ts';
import type { SendService } from '../messaging/send.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid } from '../runtime/ids.ts';
import type { CallControl } from '../voice/call-control.ts';
import type { ElementUrl, MessageElement, VoiceDocument } from '../voice/document.ts';
import { type Phlo, phloLimits } from './phlo.ts';
import { documentUrl } from './phlo-documents.ts';
import type { PhloLanguage } from './phlo-language.ts';
import { fillText, fillUrl, fillXml, type Payload, textAt } from './placeholders.ts';
import type { PhloRun, RunRoom, RunStore } from './run-store.ts';

export interface PhloRunsDependencies {
  readonly store: RunStore;
  readonly language: PhloLanguage;
  readonly calls: () => Pick<CallControl, 'place'>;
  readonly sending: () => Pick<SendService, 'send'>;
  readonly clock: Clock;
}

export interface RunRequest {
  /** Of the run: the id of the request. */
  readonly runId: string;
  readonly payload: Payload;
  readonly requesterIp: string;
}

export interface StartedRun {
  readonly callIds: readonly string[];
  readonly messageIds: readonly string[];
  /** What was not done, and why. */
  readonly notes: readonly string[];
}

/** As many as a request that makes calls may name. */
const MAX_DESTINATIONS = 1_000;
/** messaging.md §13: as long as an API message may wait. */
const MESSAGE_EXPIRY_S = 10_800;

/** What a run does first. */
type Plan =
  | { readonly kind: 'call'; readonly document: string | undefined; readonly answer: ElementUrl }
  | { readonly kind: 'messages'; readonly messages: readonly MessageElement[] };

/** Runs PHLOs: makes a call that goes through the document, or sends the messages of one that is nothing else. */
export class PhloRuns {
  readonly #needs: PhloRunsDependencies;

  constructor(needs: PhloRunsDependencies) {
    this.#needs = needs;
  }

  /** Committed when it resolves. Again for the same run it does nothing twice, and leaves the run there. @throws Problem */
  async start(scope: Scope, phlo: Phlo, { runId, payload, requesterIp }: RunRequest): Promise<StartedRun> {
    const { store, clock } = this.#needs;
    const plan = this.#plan(phlo, runId, payload);
    const from = textAt(payload, 'from').replace(/^\+/, '') || phlo.from;
    const isNew = await store.insert({
      runId,
      phloId: phlo.phloId,
      accountId: scope.account.authId,
      ownerId: ownerOf(scope),
      from,
      document: plan.kind === 'call' ? (plan.document ?? null) : null,
      rooms: roomsOf(phlo, payload),
      createdAt: new Date(clock.now()),
    });
    try {
      const started =
        plan.kind === 'call'
          ? await this.#call(scope, { runId, payload, requesterIp }, from, plan.answer)
          : await this.#send(scope, { runId, payload, requesterIp }, plan.messages);
      await store.began(runId, started.callIds, started.messageIds);
      return started;
    } catch (error) {
      if (isNew) await store.abandon(runId);
      throw error;
    }
  }

  find(phlo: Phlo, runId: string): Promise<PhloRun | undefined> {
    return this.#needs.store.find(phlo.phloId, runId);
  }

  #plan({ source }: Phlo, runId: string, payload: Payload): Plan {
    if (source.kind === 'url') {
      const url = fillUrl(source.url, payload);
      if (!URL.canParse(url)) throw invalidParameter('url', `url of the PHLO is no URL with the values of this run: ${url}`);
      return { kind: 'call', document: undefined, answer: { url, method: 'POST' } };
    }
    const xml = fillXml(source.xml, payload);
    const read = this.#needs.language.read(xml);
    if ('reason' in read)
      throw invalidParameter('xml', `the XML of the PHLO cannot be run with the values of this run: ${read.reason}`);
    const messages = messagesOf(read);
    if (messages) return { kind: 'messages', messages };
    return { kind: 'call', document: xml, answer: { url: documentUrl(runId), method: 'POST' } };
  }

  async #call(scope: Scope, run: RunRequest, from: string | null, answer: ElementUrl): Promise<StartedRun> {
    if (from === null) throw missingParameter('from');
    const to = destinationsOf(run.payload);
    const { requestIds, invalid } = await this.#needs.calls().place(scope, {
      from,
      to,
      callerName: undefined,
      answer,
      ring: undefined,
      hangup: undefined,
      fallback: undefined,
      sendDigits: [undefined],
      sendOnPreanswer: [false],
      timeLimitS: [undefined],
      hangupOnRingS: [undefined],
      ringTimeoutS: undefined,
      machine: undefined,
      headers: {},
      parentCallId: undefined,
      errorIfParentNotFound: false,
      requesterIp: run.requesterIp,
      idempotencyKey: run.runId,
    });
    return { callIds: requestIds, messageIds: [], notes: invalid.map((address) => `${address} cannot be called`) };
  }

  /** The first message that is refused fails the run; a later one leaves those before it on their way. */
  async #send(scope: Scope, run: RunRequest, messages: readonly MessageElement[]): Promise<StartedRun> {
    const messageIds: string[] = [];
    const notes: string[] = [];
    for (const [index, message] of messages.entries()) {
      try {
        const sent = await this.#needs.sending().send(scope, {
          src: message.src,
          dst: message.dst.join('<'),
          text: message.text,
          service: 'sms',
          mediaUrls: [],
          mediaIds: [],
          structured: undefined,
          callbackUrl: message.callbackUrl,
          callbackMethod: message.callbackMethod,
          expirySeconds: MESSAGE_EXPIRY_S,
          log: 'true',
          trackable: false,
          details: { phlo_run_id: run.runId },
          requesterIp: run.requesterIp,
          idempotencyKey: derivedUuid(run.runId, index),
        });
        messageIds.push(...sent.messageIds);
        notes.push(...sent.invalid.map((address) => `${address} cannot be messaged`));
      } catch (error) {
        if (messageIds.length === 0 || !(error instanceof Problem)) throw error;
        notes.push(`message ${index + 1} was refused: ${error.message}`);
      }
    }
    return { callIds: [], messageIds, notes };
  }
}

/** What its rooms are called in this run; a name that is too long is none. */
const roomsOf = ({ nodes }: Phlo, payload: Payload): readonly RunRoom[] =>
  nodes
    .map(({ nodeId, name }) => ({ nodeId, name: fillText(name, payload).trim() }))
    .filter(({ name }) => name.length <= phloLimits.name);

/** The messages of a document that holds nothing else. */
function messagesOf({ elements }: VoiceDocument): readonly MessageElement[] | undefined {
  const messages = elements.filter((element) => element.element === 'Message');
  return messages.length > 0 && messages.length === elements.length ? messages : undefined;
}

function destinationsOf(payload: Payload): readonly string[] {
  const given = payload.to;
  const written = Array.isArray(given) ? given.map(String).join('<') : textAt(payload, 'to');
  const all = [...new Set(written.split('<').map((to) => to.trim()))].filter((to) => to !== '');
  if (all.length === 0) throw missingParameter('to');
  if (all.length > MAX_DESTINATIONS)
    throw invalidParameter('to', `to parameter is invalid: it has more than ${MAX_DESTINATIONS} destinations`);
  return all;
}
