import { failureClass, type HttpResult, type HttpSender } from '../../delivery/http-client.ts';
import { type DeliveryPolicy, nextDelayMs, voicePolicy } from '../../delivery/retry-schedule.ts';
import type { Signer, WebhookJob } from '../../delivery/webhook.ts';
import { buildRequest } from '../../delivery/webhook-request.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import type { DocumentAnswer, DocumentPurpose, DocumentRequest } from '../../voice/call-application.ts';
import type { VoiceDocument } from '../../voice/document.ts';
import { XmlError } from '../xml/document.ts';
import { parseSoundDocument, parseVoiceDocument } from '../xml/voice-document.ts';
import { type CallEvent, callParams } from './call-params.ts';
import {
  type CallRequestObservation,
  type ObserveCallRequest,
  type UsableTarget,
  usableTarget,
  withoutCredentials,
} from './call-request.ts';
import { conferenceSoundParams } from './conference-callback.ts';
import { elementResultParams } from './element-result.ts';

export interface DocumentFetchNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly http: HttpSender;
  readonly signer: Signer;
  readonly observe: ObserveCallRequest;
  /** Cap over all tries of one document in milliseconds, under what the URL itself allows (voice-xml.md §2.3: 55 s). */
  readonly documentDeadlineMs?: number | undefined;
}

const purposes: Readonly<
  Record<DocumentPurpose, { readonly event: CallEvent; readonly parse: (body: Uint8Array) => VoiceDocument }>
> = {
  answer: { event: 'StartApp', parse: parseVoiceDocument },
  fallback: { event: 'StartApp', parse: parseVoiceDocument },
  action: { event: 'Redirect', parse: parseVoiceDocument },
  redirect: { event: 'Redirect', parse: parseVoiceDocument },
  transfer: { event: 'Redirect', parse: parseVoiceDocument },
  'dial-music': { event: 'DialRemoteSounds', parse: parseSoundDocument },
  'confirm-sound': { event: 'DialRemoteSounds', parse: parseSoundDocument },
  'conference-sound': { event: 'ConferenceRemoteSounds', parse: parseSoundDocument },
  'multiparty-sound': { event: 'MPCRemoteSounds', parse: parseSoundDocument },
};

const NOT_SHOWN = 'no usable document; why is not told, because it may repeat input that is not to be logged';

/** Requests documents at once, with the timeouts and retries that their URLs ask for (voice-xml.md §2). */
export class DocumentFetch {
  readonly #needs: DocumentFetchNeeds;

  constructor(needs: DocumentFetchNeeds) {
    this.#needs = needs;
  }

  /** Never rejects; `cancelled` as soon as the signal aborts. */
  async fetch(request: DocumentRequest, signal: AbortSignal): Promise<DocumentAnswer> {
    const { promise: cancelled, resolve } = Promise.withResolvers<DocumentAnswer>();
    const cancel = () => resolve({ kind: 'cancelled' });
    signal.addEventListener('abort', cancel);
    try {
      return await Promise.race([cancelled, this.#run(request, signal)]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #run(request: DocumentRequest, signal: AbortSignal): Promise<DocumentAnswer> {
    const target = usableTarget(request.target);
    if (target.kind !== 'usable') {
      this.#observe(request, { attempt: 0, latencyMs: 0, status: undefined, failure: target.reason, notes: [] });
      return target;
    }
    const job = this.#job(request, target);
    const policy = this.#policy(target.url);
    const started = this.#needs.clock.monotonic();
    for (let attempt = 1; ; attempt++) {
      if (signal.aborted) return { kind: 'cancelled' };
      const result = await this.#try(job, policy, started, signal);
      if (signal.aborted) {
        this.#observe(request, { attempt, ...measured(result), failure: 'cancelled', notes: [] });
        return { kind: 'cancelled' };
      }
      if (result.kind === 'answer' && result.status >= 200 && result.status < 300) return this.#answer(request, attempt, result);
      const failure = result.kind === 'failure' ? result.reason : `answered with status ${result.status}`;
      this.#observe(request, { attempt, ...measured(result), failure, notes: [] });
      const kind = failureClass(result);
      // What failed on this side is not worth the wait of somebody on the phone.
      const delayMs = kind === 'local' ? null : nextDelayMs(policy, attempt, kind, this.#needs.clock.monotonic() - started);
      if (delayMs === null) return { kind: 'unreachable', reason: failure };
    }
  }

  #answer(request: DocumentRequest, attempt: number, result: HttpResult & { kind: 'answer' }): DocumentAnswer {
    const seen = { attempt, ...measured(result) };
    if (!request.wantsDocument) {
      this.#observe(request, { ...seen, failure: undefined, notes: [] });
      return { kind: 'acknowledged' };
    }
    try {
      const read = purposes[request.purpose].parse(result.body);
      const document = request.confidential ? { ...read, notes: [] } : read;
      this.#observe(request, { ...seen, failure: undefined, notes: document.notes });
      return { kind: 'document', document };
    } catch (error) {
      if (!(error instanceof XmlError)) this.#needs.log.error({ err: error, call: request.call.callId }, 'document not read');
      const why = error instanceof XmlError ? error.message : 'the document could not be read';
      const reason = request.confidential ? NOT_SHOWN : why;
      this.#observe(request, { ...seen, failure: reason, notes: [] });
      return { kind: 'invalid-document', reason };
    }
  }

  async #try(job: WebhookJob, policy: DeliveryPolicy, started: number, signal: AbortSignal): Promise<HttpResult> {
    const startedAt = this.#needs.clock.now();
    try {
      const request = await buildRequest(job, policy, this.#needs.signer);
      const elapsed = this.#needs.clock.monotonic() - started;
      const leftMs = (policy.totalTimeoutMs ?? policy.attemptTimeoutMs) - elapsed;
      return await this.#needs.http.request({ ...request, totalTimeoutMs: Math.max(1, leftMs), signal });
    } catch (error) {
      this.#needs.log.warn({ err: error, call: job.subjectId }, 'a request for a document could not be made');
      const times = { startedAt, connectedMs: null, firstByteMs: null, totalMs: 0 };
      return { kind: 'failure', failure: 'local', reason: 'the request could not be made', status: null, times };
    }
  }

  #job({ purpose, call, result, conference }: DocumentRequest, { url, method }: UsableTarget): WebhookJob {
    const form = {
      ...callParams(call, purposes[purpose].event),
      ...(result && elementResultParams(result)),
      ...(conference && conferenceSoundParams(conference)),
    };
    return {
      id: this.#needs.ids.uuid(),
      accountId: call.ownerId,
      subjectId: call.callId,
      kind: purpose,
      url,
      method,
      payload: { form },
      sensitive: [],
      createdAt: this.#needs.clock.now(),
    };
  }

  #policy(url: string): DeliveryPolicy {
    const policy = voicePolicy(url);
    const limit = this.#needs.documentDeadlineMs;
    return limit === undefined ? policy : { ...policy, totalTimeoutMs: Math.min(limit, policy.totalTimeoutMs ?? limit) };
  }

  #observe(request: DocumentRequest, seen: Omit<CallRequestObservation, 'purpose' | 'url' | 'method'>): void {
    const { url, method } = request.target;
    this.#needs.observe(request.call.callId, { purpose: request.purpose, url: withoutCredentials(url), method, ...seen });
  }
}

function measured(result: HttpResult): { readonly latencyMs: number; readonly status: number | undefined } {
  return { latencyMs: result.times.totalMs, status: result.status ?? undefined };
}
