import type pg from 'pg';
import type { AccountDirectory } from '../../accounts/account-directory.ts';
import type { Dispatcher, WebhookKind } from '../../delivery/dispatcher.ts';
import { voicePolicy } from '../../delivery/retry-schedule.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { CallNotification } from '../../voice/call-application.ts';
import { apiRecordedParams } from './api-recorded.ts';
import { callHangupParams } from './call-hangup.ts';
import { callMachineParams } from './call-machine.ts';
import type { CallParams } from './call-params.ts';
import { type ObserveCallRequest, usableTarget, withoutCredentials } from './call-request.ts';
import { callRingParams } from './call-ring.ts';
import { conferenceCallbackParams, conferenceRecordedParams } from './conference-callback.ts';
import { dialCallbackParams } from './dial-callback.ts';
import { INTERIM_SPEECH_PARAMS, interimSpeechParams } from './interim-speech.ts';
import { recordedParams } from './recorded.ts';
import { streamStatusParams } from './stream-status.ts';

const kinds: Readonly<Record<CallNotification['kind'], string>> = {
  ring: 'call-ring',
  hangup: 'call-hangup',
  machine: 'call-machine',
  dial: 'call-dial',
  recorded: 'call-recorded',
  'api-recorded': 'call-api-recorded',
  stream: 'call-stream',
  'interim-speech': 'call-interim-speech',
  conference: 'call-conference',
  'conference-recorded': 'call-conference-recorded',
};

/** Kinds of webhook jobs of calls, for the dispatcher: they follow the settings of their URL (voice-xml.md §2.3). */
export const callWebhookKinds: ReadonlyMap<string, WebhookKind> = new Map(
  Object.values(kinds).map((kind) => [kind, { policy: voicePolicy }]),
);

export interface CallWebhooksNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly delivery: Pick<Dispatcher, 'admit' | 'handOver'>;
  readonly pool: pg.Pool;
  readonly accounts: Pick<AccountDirectory, 'find' | 'peek'>;
  readonly observe: ObserveCallRequest;
}

/** Notifications of calls: durable jobs, in order for each call, sent right after their commit. */
export class CallWebhooks {
  readonly #needs: CallWebhooksNeeds;

  constructor(needs: CallWebhooksNeeds) {
    this.#needs = needs;
  }

  async notify(notification: CallNotification): Promise<void> {
    const handOver = await this.write(this.#needs.pool, [notification]);
    handOver();
  }

  /**
   * Writes them with what else the client's transaction writes. Call the function that comes back once that is committed: then
   * they are sent; without the call they are found by the next poll. A URL or method that cannot be used is observed and left out.
   */
  async write(client: pg.ClientBase | pg.Pool, notifications: readonly CallNotification[]): Promise<() => void> {
    const jobs: WebhookJob[] = [];
    for (const notification of notifications) {
      const job = await this.#job(notification);
      if (job) jobs.push(job);
    }
    if (jobs.length === 0) return () => undefined;
    const admission = this.#needs.delivery.admit(jobs);
    await insertWebhooks(client, admission);
    return () => this.#needs.delivery.handOver(admission);
  }

  async #job(notification: CallNotification): Promise<WebhookJob | undefined> {
    const { call } = notification;
    const target = usableTarget(notification.target);
    if (target.kind !== 'usable') {
      this.#needs.observe(call.callId, {
        purpose: notification.kind,
        url: withoutCredentials(notification.target.url),
        method: notification.target.method,
        status: undefined,
        failure: target.reason,
        latencyMs: 0,
        attempt: 0,
        notes: [],
      });
      return undefined;
    }
    return {
      id: this.#needs.ids.uuid(),
      accountId: call.ownerId,
      subjectId: call.callId,
      kind: kinds[notification.kind],
      url: target.url,
      method: target.method,
      payload: { form: await this.#params(notification) },
      sensitive: notification.kind === 'interim-speech' && notification.confidential ? INTERIM_SPEECH_PARAMS : [],
      createdAt: this.#needs.clock.now(),
    };
  }

  async #params(notification: CallNotification): Promise<CallParams> {
    const { call } = notification;
    switch (notification.kind) {
      case 'ring':
        return callRingParams(call);
      case 'hangup':
        return callHangupParams(call, await this.#timeZone(call.accountId));
      case 'machine':
        return callMachineParams(call, notification.ifMachine);
      case 'dial':
        return dialCallbackParams(call, notification);
      case 'recorded':
        return recordedParams(call, notification.recording);
      case 'stream':
        return streamStatusParams(call, notification);
      case 'interim-speech':
        return interimSpeechParams(call, notification);
      case 'api-recorded':
        return apiRecordedParams(call, notification.recording, notification.apiId);
      case 'conference':
        return conferenceCallbackParams(call, notification);
      case 'conference-recorded':
        return conferenceRecordedParams(notification.recording, notification.apiId, notification.conferenceName);
    }
  }

  /** As it was read last: whoever waits for another connection while a transaction holds one may wait for himself. */
  async #timeZone(accountId: string): Promise<string> {
    const account = this.#needs.accounts.peek(accountId) ?? (await this.#needs.accounts.find(accountId));
    return account?.timezone ?? 'UTC';
  }
}
