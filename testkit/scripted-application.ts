import type { CallApplication, CallNotification, DocumentAnswer, DocumentRequest } from '../src/voice/call-application.ts';
import type { VoiceElement } from '../src/voice/document.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface ScriptedRequest {
  readonly request: DocumentRequest;
  readonly at: number;
}

/** Answers documents by URL, keeps requests and notifications. */
export class ScriptedApplication implements CallApplication {
  readonly requests: ScriptedRequest[] = [];
  readonly notifications: CallNotification[] = [];
  readonly #answers = new Map<string, DocumentAnswer>();
  readonly #delays = new Map<string, number>();
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** What a URL answers from now on. */
  answers(url: string, elements: readonly VoiceElement[] | Exclude<DocumentAnswer, { kind: 'document' }>): void {
    this.#answers.set(url, 'kind' in elements ? elements : { kind: 'document', document: { elements, notes: [] } });
  }

  /** A URL takes its time from now on. */
  delays(url: string, ms: number): void {
    this.#delays.set(url, ms);
  }

  async fetch(request: DocumentRequest, signal: AbortSignal): Promise<DocumentAnswer> {
    this.requests.push({ request, at: this.#clock.now() });
    try {
      const delay = this.#delays.get(request.target.url);
      if (delay !== undefined) await this.#clock.sleep(delay, signal);
    } catch {
      return { kind: 'cancelled' };
    }
    if (signal.aborted) return { kind: 'cancelled' };
    if (!request.wantsDocument) return { kind: 'acknowledged' };
    return this.#answers.get(request.target.url) ?? { kind: 'unreachable', reason: 'nobody answers here' };
  }

  async notify(notification: CallNotification): Promise<void> {
    this.notifications.push(notification);
  }

  /** What the callback of a Dial was told, such as `answer 1`. */
  get dialActions(): readonly string[] {
    return this.notifications.flatMap((told) => (told.kind === 'dial' ? [`${told.action} ${told.position}`] : []));
  }

  requestsTo(url: string): readonly DocumentRequest[] {
    return this.requests.filter(({ request }) => request.target.url === url).map(({ request }) => request);
  }
}
