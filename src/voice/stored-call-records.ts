import type pg from 'pg';
import { type Due, takeDue } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import type { CallNotification } from './call-application.ts';
import type { CallFacts } from './call-facts.ts';
import type { CallEnding, NewCall } from './call-record.ts';
import type { CallOrigin, CallRecords } from './call-records.ts';
import type { CallStore } from './call-store.ts';
import type { WriteNotifications } from './write-notifications.ts';

export interface StoredCallRecordsOptions {
  readonly store: CallStore;
  readonly node: string;
  readonly writeNotifications: WriteNotifications;
  /** Of finding out who has answered, in micro-units. */
  readonly detectionPrice: () => Micros;
}

/** Records of calls in storage. The end of a call, its charge and its hangup notification are one transaction. */
export class StoredCallRecords implements CallRecords {
  readonly #options: StoredCallRecordsOptions;

  constructor(options: StoredCallRecordsOptions) {
    this.#options = options;
  }

  started(facts: CallFacts, origin: CallOrigin): Promise<void> {
    const state = facts.direction === 'inbound' ? 'ringing' : 'dialing';
    return this.#options.store.insertStarted(newCallOf(facts, origin), state, this.#options.node);
  }

  async progressed({ callId, direction, ringingAt, answeredAt }: CallFacts): Promise<void> {
    if (answeredAt !== undefined) await this.#options.store.markAnswered(callId, answeredAt);
    // An inbound call is stored as ringing to begin with.
    else if (direction === 'outbound' && ringingAt !== undefined) await this.#options.store.markRinging(callId, ringingAt);
  }

  async ended(facts: CallFacts, origin: CallOrigin): Promise<void> {
    const ending = endingOf(facts, origin);
    if (!ending) return;
    const { hangup } = origin;
    const notifications: readonly CallNotification[] = hangup ? [{ kind: 'hangup', call: facts, target: hangup }] : [];
    const detection = origin.machineDetection ? this.#options.detectionPrice() : 0;
    const also = async (client: pg.ClientBase) => {
      await takeDue(client, [detectionDue(facts, detection, ending.ended.at)]);
      return notifications.length > 0 ? this.#options.writeNotifications(client, notifications) : () => undefined;
    };
    await this.#options.store.end(facts.callId, ending, notifications.length === 0 && detection === 0 ? undefined : also);
  }
}

/** What finding out who answered costs the account of a call. */
export const detectionDue = (
  { accountId, ownerId }: Pick<CallFacts, 'accountId' | 'ownerId'>,
  micros: Micros,
  at: number,
): Due => ({
  accountId,
  ownerId,
  kind: 'machine_detection',
  micros,
  at,
});

function newCallOf(facts: CallFacts, origin: CallOrigin): NewCall {
  return {
    callId: facts.callId,
    accountId: facts.accountId,
    ownerId: facts.ownerId,
    direction: facts.direction,
    from: facts.from,
    to: facts.to,
    callerName: facts.callerName,
    requestId: facts.requestId,
    parentCallId: facts.parentCallId,
    applicationId: origin.applicationId,
    endpointId: origin.endpointId,
    trunk: origin.carrier,
    rate: origin.rate,
    stirVerification: facts.stirVerification,
    stirAttestation: facts.stirAttestation,
    sourceIp: origin.requesterIp,
    options: {
      hangup: origin.hangup,
      customHeaders: facts.customHeaders,
      ...(origin.isSecure && { secure: true as const }),
      ...(origin.cnamLookup && { cnamLookup: origin.cnamLookup }),
    },
    initiatedAt: facts.startedAt,
  };
}

function endingOf(facts: CallFacts, origin: CallOrigin): CallEnding | undefined {
  if (!facts.ended) return undefined;
  return {
    ended: facts.ended,
    trunk: origin.carrier,
    ringingAt: facts.ringingAt,
    answeredAt: facts.answeredAt,
    carrierFailover: facts.carrierFailover,
    carrierCostMicros: origin.carrierCostMicros,
    conferenceId: origin.conferenceId,
  };
}
