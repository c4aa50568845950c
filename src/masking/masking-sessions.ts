import { ownerOf, type Scope } from '../accounts/account.ts';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import { countryOf } from '../messaging/phone-number.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { TellProgram } from '../voice/call-recordings.ts';
import type { ElementUrl } from '../voice/document.ts';
import type { ProgramCalls } from '../voice/program-calls.ts';
import { MaskedCall } from './masked-call.ts';
import type { MaskedNumbers } from './masked-numbers.ts';
import type { MaskingFilter, MaskingStore } from './masking-store.ts';
import type { MaskingPlan, MaskingSession, ShownMasking } from './session.ts';

export interface MaskingSessionsDependencies {
  readonly store: MaskingStore;
  /** Hears of what changes. */
  readonly numbers: Pick<MaskedNumbers, 'invalidate'>;
  readonly calls: ProgramCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface MaskingRequest {
  /** Digits; both, or one of a session with a single party. */
  readonly firstParty: string | undefined;
  readonly secondParty: string | undefined;
  /** The number is to be of the country of the first party. */
  readonly geomatch: boolean;
  /** Undefined = the caller's. */
  readonly ownerId: string | undefined;
  readonly pinRequired: boolean;
  readonly firstPin: string | undefined;
  readonly secondPin: string | undefined;
  readonly plan: MaskingPlan;
  readonly callback: ElementUrl | undefined;
  readonly requesterIp: string;
  readonly idempotencyKey: string | undefined;
}

/** What of a session can be changed. Absent = stays. */
export interface MaskingChange {
  readonly plan: Partial<MaskingPlan>;
  readonly callback?: ElementUrl | undefined;
  readonly firstParty?: string | undefined;
  readonly secondParty?: string | undefined;
}

/** Makes, changes and ends masking sessions (account-numbers.md §13). */
export class MaskingSessions {
  readonly #needs: MaskingSessionsDependencies;

  constructor(needs: MaskingSessionsDependencies) {
    this.#needs = needs;
  }

  /** @throws Problem */
  async create(scope: Scope, request: MaskingRequest): Promise<ShownMasking> {
    const { store, ids, clock } = this.#needs;
    const { firstParty, secondParty, plan, pinRequired } = request;
    checkParties(plan.isSingleParty, firstParty, secondParty);
    const firstPin = pinRequired ? (request.firstPin ?? this.#pin(plan, request.secondPin)) : undefined;
    const secondPin = pinRequired ? (request.secondPin ?? this.#pin(plan, firstPin)) : undefined;
    if (pinRequired) checkPins(plan, firstPin, secondPin);
    const now = clock.now();
    const country = request.geomatch ? countryOf(firstParty ?? secondParty ?? '') : undefined;
    const session = await store.insert({
      sessionId: request.idempotencyKey === undefined ? ids.uuid() : derivedUuid(request.idempotencyKey, 0),
      accountId: scope.account.authId,
      ownerId: request.ownerId ?? ownerOf(scope),
      firstParty: firstParty ?? null,
      secondParty: secondParty ?? null,
      pinRequired,
      firstPin: firstPin ?? null,
      secondPin: secondPin ?? null,
      plan,
      callback: request.callback,
      createdAt: new Date(now),
      expiresAt: new Date(now + plan.sessionExpiryS * 1000),
      country,
    });
    if (!session) {
      const where = country === undefined ? '' : ` of the country ${country}`;
      throw invalidParameter(
        'first_party',
        `first_party parameter is invalid: the account has no voice number${where} that is free for these parties`,
      );
    }
    this.#needs.numbers.invalidate(session.virtualNumber);
    if (plan.callsFirstParty) await this.#callFirstParty(scope, session, request.requesterIp);
    return { ...session, interactions: [], isTalking: false };
  }

  find(reach: Reach, sessionId: string): Promise<ShownMasking | undefined> {
    return this.#needs.store.find(reach, sessionId, new Date(this.#needs.clock.now()));
  }

  list(reach: Reach, filter: MaskingFilter, page: PageRequest): Promise<Found<ShownMasking>> {
    return this.#needs.store.list(reach, filter, page, new Date(this.#needs.clock.now()));
  }

  /** @throws Problem: unknown, expired, or parties that cannot be changed */
  async update(reach: Reach, sessionId: string, change: MaskingChange): Promise<ShownMasking> {
    const found = await this.#active(reach, sessionId);
    const now = this.#needs.clock.now();
    if (!found.plan.isSingleParty && (change.firstParty !== undefined || change.secondParty !== undefined)) {
      const name = change.firstParty === undefined ? 'second_party' : 'first_party';
      throw invalidParameter(name, `${name} parameter is invalid: the parties of a session cannot be changed`);
    }
    const plan = { ...found.plan, ...change.plan };
    const { sessionExpiryS } = change.plan;
    const updated = await this.#needs.store.update(
      {
        ...found,
        plan,
        firstParty: change.firstParty ?? found.firstParty,
        secondParty: change.secondParty ?? found.secondParty,
        callback: change.callback ?? found.callback,
        expiresAt: sessionExpiryS === undefined ? found.expiresAt : new Date(now + sessionExpiryS * 1000),
      },
      new Date(now),
    );
    if (!updated) throw expired();
    return { ...found, ...updated };
  }

  /** @throws Problem: unknown, or expired before */
  async end(reach: Reach, sessionId: string): Promise<void> {
    const { store, clock } = this.#needs;
    const { virtualNumber } = await this.#active(reach, sessionId);
    if (!(await store.end(sessionId, new Date(clock.now())))) throw expired();
    this.#needs.numbers.invalidate(virtualNumber);
  }

  /** Ends sessions whose time is over, and calls between parties that nobody lived to see the end of. */
  async lapse(): Promise<number> {
    const now = new Date(this.#needs.clock.now());
    await this.#needs.store.closeAbandoned(now);
    return this.#needs.store.lapseDue(now);
  }

  forgetBefore(ms: number): Promise<void> {
    return this.#needs.store.forgetBefore(ms);
  }

  /** Tells of a recording whose process did not live to its end. */
  readonly tellRecovered: TellProgram = (client, { subjectId, from, to }, recording) => {
    const told = { event: { kind: 'recording-completed', recording }, from, to, at: this.#needs.clock.now() } as const;
    return this.#needs.store.tellWithin(client, subjectId, told);
  };

  async #active(reach: Reach, sessionId: string): Promise<ShownMasking> {
    const found = await this.find(reach, sessionId);
    if (!found) throw notFound();
    if (found.state !== 'active') throw expired();
    return found;
  }

  /** Rings the first party; when it answers, the second. A call that cannot be made ends the session, so that its number is free. */
  async #callFirstParty(scope: Scope, session: MaskingSession, requesterIp: string): Promise<void> {
    const { store, calls, clock, log } = this.#needs;
    const { firstParty, secondParty, virtualNumber, plan } = session;
    if (firstParty === null || secondParty === null) return;
    const route = { kind: 'connect', session, to: secondParty, side: 'first' } as const;
    try {
      await calls.start(
        scope,
        {
          from: virtualNumber,
          to: firstParty,
          ringMs: plan.ringTimeoutS * 1000,
          timeLimitMs: plan.callTimeLimitS * 1000,
          requesterIp,
        },
        new MaskedCall(route, { store, clock, log }),
      );
    } catch (error) {
      await store.end(session.sessionId, new Date(clock.now()));
      throw error;
    }
  }

  #pin(plan: MaskingPlan, other: string | undefined): string | undefined {
    if (!plan.generatesPin) return undefined;
    for (;;) {
      const pin = this.#needs.ids.digits(plan.pinLength);
      if (pin !== other) return pin;
    }
  }
}

const expired = () => new Problem('invalid_parameter', 'Session already expired');

function checkParties(isSingle: boolean, first: string | undefined, second: string | undefined): void {
  if (first === undefined && (second === undefined || !isSingle))
    throw invalidParameter('first_party', 'first_party parameter is missing');
  if (second === undefined && !isSingle) throw invalidParameter('second_party', 'second_party parameter is missing');
  if (first === second) throw invalidParameter('second_party', 'second_party parameter is invalid: it is the first party');
}

function checkPins({ pinPrompt }: MaskingPlan, first: string | undefined, second: string | undefined): void {
  if (first === undefined) throw invalidParameter('first_party_pin', 'first_party_pin parameter is missing');
  if (second === undefined) throw invalidParameter('second_party_pin', 'second_party_pin parameter is missing');
  if (first === second)
    throw invalidParameter('second_party_pin', 'second_party_pin parameter is invalid: it is the PIN of the first party');
  if (pinPrompt === undefined) throw invalidParameter('pin_prompt_play', 'pin_prompt_play parameter is missing');
}
