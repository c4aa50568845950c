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
import { type CallParams, callParams } from './call-params.ts';
import { type ObserveCallRequest, usableTarget, withoutCredentials } from './call-request.ts';
import { callRingParams } from './call-ring.ts';
import { conferenceCallbackParams, conferenceRecordedParams } from './conference-callback.ts';
import { dialCallbackParams } from './dial-callback.ts';
import { INTERIM_SPEECH_PARAMS, interimSpeechParams } from './interim-speech.ts';
import { multiPartyRecordingParams, multiPartyStatusParams } from './multiparty-callback.ts';
import { recordedParams } from './recorded.ts';
import { streamStatusParams } from './stream-status.ts';

const kinds: Readonly<Record<CallNotification['kind'], string>> = {
  ring: 'call-ring',
  answered: 'call-answered',
  hangup: 'call-hangup',
  machine: 'call-machine',
  dial: 'call-dial',
  recorded: 'call-recorded',
  'api-recorded': 'call-api-recorded',
  stream: 'call-stream',
  'interim-speech': 'call-interim-speech',
  conference: 'call-conference',
  'conference-recorded': 'call-conference-recorded',
  multiparty: 'call-multiparty',
  'multiparty-recording': 'call-multiparty-recording',
};

/** Settings of a URL that has none. */
const DEFAULT_POLICY = voicePolicy('');

/** Kinds of webhook jobs of calls, for the dispatcher: they follow the settings of their URL, those of streams do not (voice-xml.md §2.3). */
export const callWebhookKinds: ReadonlyMap<string, WebhookKind> = new Map(
  Object.values(kinds).map((kind) => [kind, { policy: kind === kinds.stream ? () => DEFAULT_POLICY : voicePolicy }]),
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
    const { ownerId, subjectId } = subjectOf(notification);
    const target = usableTarget(notification.target);
    if (target.kind !== 'usable') {
      this.#needs.observe(subjectId, {
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
      accountId: ownerId,
      subjectId,
      kind: kinds[notification.kind],
      url: target.url,
      method: target.method,
      payload: { form: await this.#params(notification) },
      sensitive: notification.kind === 'interim-speech' && notification.confidential ? INTERIM_SPEECH_PARAMS : [],
      createdAt: this.#needs.clock.now(),
    };
  }

  async #params(notification: CallNotification): Promise<CallParams> {
    switch (notification.kind) {
      case 'ring':
        return callRingParams(notification.call);
      case 'answered':
        return callParams(notification.call, 'Answer');
      case 'hangup':
        return callHangupParams(notification.call, await this.#timeZone(notification.call.accountId));
      case 'machine':
        return callMachineParams(notification.call, notification.ifMachine);
      case 'dial':
        return dialCallbackParams(notification.call, notification);
      case 'recorded':
        return recordedParams(notification.call, notification.recording);
      case 'stream':
        return streamStatusParams(notification.call, notification);
      case 'interim-speech':
        return interimSpeechParams(notification.call, notification);
      case 'api-recorded':
        return apiRecordedParams(notification.call, notification.recording, notification.apiId);
      case 'conference':
        return conferenceCallbackParams(notification.call, notification);
      case 'conference-recorded':
        return conferenceRecordedParams(notification.recording, notification.apiId, notification.conferenceName);
      case 'multiparty':
        return multiPartyStatusParams(notification);
      case 'multiparty-recording':
        return multiPartyRecordingParams(notification);
    }
  }

  /** As it was read last: whoever waits for another connection while a transaction holds one may wait for himself. */
  async #timeZone(accountId: string): Promise<string> {
    const account = this.#needs.accounts.peek(accountId) ?? (await this.#needs.accounts.find(accountId));
    return account?.timezone ?? 'UTC';
  }
}

/** Whose it is, and what it is about: what is told of one thing is delivered in its order. */
function subjectOf(notification: CallNotification): { readonly ownerId: string; readonly subjectId: string } {
  if (notification.kind === 'multiparty' || notification.kind === 'multiparty-recording') {
    return { ownerId: notification.multiParty.ownerId, subjectId: notification.multiParty.id };
  }
  return { ownerId: notification.call.ownerId, subjectId: notification.call.callId };
}
