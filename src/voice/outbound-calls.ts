import type { Account, Scope } from '../accounts/account.ts';
import { ownerOf } from '../accounts/account.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import type { Ids } from '../runtime/ids.ts';
import { derivedUuid } from '../runtime/ids.ts';
import { Call, type CallEnvironment } from './call.ts';
import type { PlaceCalls, PlacedCalls } from './call-control.ts';
import { CallFlow } from './call-flow.ts';
import { type CallOwner, type CallPermissions, findCallOwner } from './call-permissions.ts';
import type { PlaceOrRefusal } from './call-places.ts';
import type { CallRates } from './call-rates.ts';
import type { NewCall, OpenCall } from './call-record.ts';
import type { CallStore, QueueEntry } from './call-store.ts';
import type { CanPay } from './credit.ts';
import { type Destination, parseDestination } from './destination.ts';
import type { FlowServices } from './flow-services.ts';
import { hangupCause } from './hangup-cause.ts';
import type { LegMaker } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';
import { detectMachine, type MachineDetection } from './machine-detection.ts';
import { admitOutbound, barredProblem, requirePlace } from './outbound-admission.ts';
import { OutboundQueue, type Waiting } from './outbound-queue.ts';
import { customHeaders, legRequest, outgoingCall } from './outgoing-call.ts';
import { chargeCall } from './pricing.ts';
import { refusedLeg } from './refused-leg.ts';
import { readSentDigits } from './sent-digits.ts';

export interface OutboundCallsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly node: string;
  readonly store: Pick<CallStore, 'insertQueued' | 'markDialing' | 'releaseQueued' | 'accountsWaiting' | 'claimQueued'>;
  readonly legs: LegMaker;
  readonly live: LiveCalls;
  readonly permissions: CallPermissions;
  readonly rates: CallRates;
  readonly canPay: CanPay;
  readonly services: FlowServices;
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
  account(authId: string): Promise<Account | undefined>;
}

/** What happens when the turn of a call has come. */
interface Turn extends Waiting {
  readonly take: () => void;
}

/** voice-api.md §2; an account's setting may say otherwise. */
const DEFAULT_CALLS_PER_SECOND = 2;
/** voice-api.md §4.2 */
const DEFAULT_RING_TIMEOUT_S = 120;
const DEFAULT_TIME_LIMIT_S = 14_400;
const MAX_TIME_LIMIT_S = 86_400;
/** Calls held here until their turn; more wait in storage, where they take no memory. */
const MAX_WAITING = 10_000;
/** Calls taken from storage at once for one account that has no limit. */
const MAX_CLAIMED = 500;

/** Calls that API requests ask for: stored before the request is answered, dialled in their turn, run when they are answered. */
export class OutboundCalls {
  readonly #options: OutboundCallsOptions;
  readonly #queue: OutboundQueue<Turn>;
  /** Calls per second by account, as seen when its last request came. */
  readonly #rates = new Map<string, number>();
  /** Calls whose turn has come and that are not live yet: no more than are taken at once, each for some queries. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: OutboundCallsOptions) {
    this.#options = options;
    this.#queue = new OutboundQueue({
      clock: options.clock,
      rateOf: (accountId) => this.#rates.get(accountId) ?? DEFAULT_CALLS_PER_SECOND,
      start: ({ take }) => take(),
    });
  }

  get waiting(): number {
    return this.#queue.size;
  }

  async place(scope: Scope, request: PlaceCalls): Promise<PlacedCalls> {
    const { node, ids } = this.#options;
    const now = this.#options.clock.now();
    const accountId = scope.account.authId;
    const from = request.from.replace(/^\+/, '');
    const all = request.to.map((to) => parseDestination(to, this.#options.home));
    await this.check(scope, from, all);
    requirePlace(this.#options, scope);
    /** With the place among all: options are given for each. */
    const destinations = [...all.entries()].filter(([, { kind }]) => kind !== 'invalid');
    this.#noteRate(scope.account);
    const calls = destinations.map(([index, { address: to }]): NewCall => {
      const callId = request.idempotencyKey === undefined ? ids.uuid() : derivedUuid(request.idempotencyKey, index);
      return {
        callId,
        accountId,
        ownerId: ownerOf(scope),
        direction: 'outbound',
        from,
        to,
        callerName: request.callerName ?? '',
        requestId: callId,
        parentCallId: undefined,
        applicationId: undefined,
        endpointId: undefined,
        trunk: undefined,
        rate: this.#options.rates('outbound', to),
        stirVerification: 'Not Applicable',
        stirAttestation: '',
        sourceIp: request.requesterIp,
        initiatedAt: now,
        options: {
          hangup: request.hangup,
          customHeaders: customHeaders(request.headers),
          dial: {
            answer: request.answer,
            ring: request.ring,
            fallback: request.fallback,
            sendDigits: at(request.sendDigits, index),
            sendOnPreanswer: at(request.sendOnPreanswer, index) ?? false,
            timeLimitS: at(request.timeLimitS, index),
            hangupOnRingS: at(request.hangupOnRingS, index),
            ringTimeoutS: request.ringTimeoutS,
            headers: request.headers,
            machine: request.machine,
          },
        },
      };
    });
    let room = MAX_WAITING - this.#queue.size;
    const entries = calls.map((call) => {
      const isNow = this.#queue.takePlace(accountId);
      return {
        call,
        state: isNow ? ('dialing' as const) : ('queued' as const),
        node: isNow || room-- > 0 ? node : undefined,
        mayRepeat: request.idempotencyKey !== undefined,
        // Taken before anything is waited for: of requests that come together no more are let in than there are places.
        admission: isNow ? this.#admit(scope, call) : undefined,
      };
    });
    const fresh = new Set(await this.#insert(entries));
    for (const { call, state, node, admission } of entries) {
      if (!fresh.has(call.callId) || node === undefined) {
        admission?.place?.giveBack();
        continue;
      }
      const open: OpenCall = { ...call, state, node, ringingAt: undefined, answeredAt: undefined };
      if (admission) this.#dial(open, admission);
      else this.#wait(open);
    }
    return {
      requestIds: calls.map(({ callId }) => callId),
      queued: entries.some(({ state }) => state === 'queued'),
      invalid: all.filter(({ kind }) => kind === 'invalid').map(({ address }) => address),
    };
  }

  /**
   * Dials calls that wait in storage, as many as their accounts have places for now: what an earlier run or a dead node has left, and
   * what is too much to be held here.
   */
  async claim(): Promise<void> {
    const { store, node } = this.#options;
    for (const accountId of await store.accountsWaiting()) {
      const account = await this.#options.account(accountId);
      this.#rates.set(accountId, account?.settings.callsPerSecond ?? DEFAULT_CALLS_PER_SECOND);
      const places = Math.min(this.#queue.placesOf(accountId), MAX_CLAIMED);
      if (places === 0) continue;
      let earlier = Promise.resolve();
      for (const call of await store.claimQueued(node, accountId, places)) {
        this.#queue.takePlace(accountId);
        earlier = this.#turnAfter(earlier, call);
      }
      await earlier;
    }
  }

  /** Takes a call's turn as soon as the account may make another; `forget` takes it out again. */
  whenTurn(account: Account, callId: string, take: () => void): void {
    this.#noteRate(account);
    this.#queue.add({ callId, accountId: account.authId, take });
  }

  /** Whether it was still waiting here. */
  forget(callId: string): boolean {
    return this.#queue.remove(callId);
  }

  /** Resolves when a call whose turn has come is live, or will not be; at once for every other. */
  async turnOf(callId: string): Promise<void> {
    await this.#turns.get(callId);
  }

  /** Dials no more; what waits goes back into storage. */
  async stop(): Promise<void> {
    await this.#options.store.releaseQueued(this.#queue.stop());
  }

  /** @throws Problem when the owner may not call any of the destinations as `from` */
  async check(owner: CallOwner, from: string, destinations: readonly Destination[]): Promise<void> {
    const { permissions } = this.#options;
    const [invalid] = destinations;
    if (invalid && destinations.every(({ kind }) => kind === 'invalid'))
      throw invalidParameter('to', `to parameter is invalid: "${invalid.address}" is neither a number nor a SIP address`);
    if (!(await this.#canPayAny(owner, destinations))) {
      throw new Problem('insufficient_credit', 'the balance or the spend limit is used up, no calls can be made');
    }
    if (!(await permissions.mayShow(owner, from))) {
      throw invalidParameter(
        'from',
        `from parameter is invalid. +${from} is not associated with your account. Use a phone number rented on your account.`,
      );
    }
    const callable = destinations.filter(({ kind }) => kind !== 'invalid');
    const barred = callable.map((destination) => permissions.barred(owner, destination));
    const [first] = barred;
    if (first && barred.every((cause) => cause !== undefined)) throw barredProblem(first);
  }

  /** Whether the cheapest is covered; each is looked at again when its turn comes. */
  async #canPayAny(owner: CallOwner, destinations: readonly Destination[]): Promise<boolean> {
    const [cheapest] = destinations
      .filter(({ kind }) => kind !== 'invalid')
      .map(({ address }) => this.#options.rates('outbound', address))
      .sort((one, other) => chargeCall(one, 0, 0).amountMicros - chargeCall(other, 0, 0).amountMicros);
    return cheapest === undefined || (await this.#options.canPay(owner, cheapest));
  }

  #turnAfter(earlier: Promise<void>, planned: OpenCall): Promise<void> {
    const turn = earlier.then(() => this.#takeTurn(planned)).finally(() => this.#turns.delete(planned.callId));
    this.#turns.set(planned.callId, turn);
    return turn;
  }

  /** Never rejects. */
  async #takeTurn(planned: OpenCall): Promise<void> {
    let admission: PlaceOrRefusal | undefined;
    try {
      admission = await this.#admitNow(planned);
      const ours = planned.state === 'dialing' || (await this.#options.store.markDialing(planned.callId));
      if (ours) this.#dial(planned, admission);
      else admission.place?.giveBack();
    } catch {
      admission?.place?.giveBack();
      // Storage does not answer: it is its turn again with the next place of its account.
      this.#wait(planned);
    }
  }

  #wait(planned: OpenCall): void {
    const { callId, accountId } = planned;
    this.#queue.add({ callId, accountId, take: () => void this.#turnAfter(Promise.resolve(), planned) });
  }

  #noteRate({ authId, settings }: Account): void {
    this.#rates.set(authId, settings.callsPerSecond ?? DEFAULT_CALLS_PER_SECOND);
  }

  /** What was allowed when it was asked for may have changed while it waited. */
  async #admitNow(planned: OpenCall): Promise<PlaceOrRefusal> {
    const owner = await findCallOwner((authId) => this.#options.account(authId), planned);
    if (!owner) return { refusal: hangupCause(5010, 'Plivo') };
    if (!(await this.#options.canPay(owner, planned.rate))) return { refusal: hangupCause(1010, 'Plivo') };
    return this.#admit(owner, planned);
  }

  /** One of the destinations of a request may be barred where others are not; that call ends when it would be dialled. */
  #admit(owner: CallOwner, { from, to }: NewCall): PlaceOrRefusal {
    return admitOutbound(this.#options, owner, from, parseDestination(to, this.#options.home));
  }

  /** Stores them; where that fails no call comes of any, and their places are given back. */
  async #insert(
    entries: readonly (QueueEntry & { readonly admission: PlaceOrRefusal | undefined })[],
  ): Promise<readonly string[]> {
    try {
      return await this.#options.store.insertQueued(entries);
    } catch (error) {
      for (const { admission } of entries) admission?.place?.giveBack();
      throw error;
    }
  }

  #dial(planned: OpenCall, { place, refusal }: PlaceOrRefusal): void {
    const { dial } = planned.options;
    if (!dial) {
      place?.giveBack();
      return;
    }
    const { callId, accountId, ownerId } = planned;
    const start = outgoingCall(
      {
        callId,
        ownerId,
        accountId,
        from: planned.from,
        to: planned.to,
        callerName: planned.callerName,
        requestId: planned.requestId,
        aLegId: callId,
        aLegRequestId: planned.requestId,
        parentCallId: undefined,
        customHeaders: planned.options.customHeaders ?? {},
      },
      { rate: planned.rate, hangup: planned.options.hangup, requesterIp: planned.sourceIp },
    );
    const leg = refusal ? refusedLeg(refusal) : this.#options.legs.make(legRequest(start.identity));
    const timeLimitMs = Math.min(dial.timeLimitS ?? DEFAULT_TIME_LIMIT_S, MAX_TIME_LIMIT_S) * 1000;
    const call = new Call({ ...start, isNew: false, timeLimitMs, leg }, this.#options);
    const live = this.#options.live.add(call, place);
    this.#watch(planned, call, () => {
      live.flow ??= new CallFlow(call, this.#options.services, () => this.#options.ids.uuid());
      const { answer, fallback } = dial;
      void live.flow.run({ kind: 'answer', answer, fallback, after: this.#detection(call, dial.machine) });
    });
  }

  /** What the first document waits for: who has answered, unless a callback is to be told of it later. */
  #detection(call: Call, machine: MachineDetection | undefined): Promise<void> | undefined {
    if (!machine) return undefined;
    const found = detectMachine(call, machine, this.#options.services);
    return machine.callback ? undefined : found;
  }

  /** Ring timers and notification, digits, and what happens with the answer. */
  #watch(planned: OpenCall, call: Call, answered: () => void): void {
    const { dial } = planned.options;
    if (!dial) return;
    const { clock, services } = this.#options;
    const ringTimeoutS = dial.ringTimeoutS ?? DEFAULT_RING_TIMEOUT_S;
    const timers = [clock.after(ringTimeoutS * 1000, () => call.hangUp(hangupCause(6010, 'Plivo')))];
    const stopTimers = () => {
      for (const cancel of timers) cancel();
    };
    let rang = false;
    let digitsSent = false;
    const sendDigits = () => {
      if (dial.sendDigits === undefined || digitsSent) return;
      digitsSent = true;
      const { digits, ...tones } = readSentDigits(dial.sendDigits);
      call.media?.sendDigits(digits, { method: 'rfc4733', ...tones }, call.gone);
    };
    const ring = () => {
      if (rang) return;
      rang = true;
      if (dial.hangupOnRingS !== undefined) {
        timers.push(clock.after(dial.hangupOnRingS * 1000, () => call.hangUp(hangupCause(6010, 'Plivo'))));
      }
      if (dial.ring) {
        services.application
          .notify({ kind: 'ring', call: call.facts, target: dial.ring })
          .catch((error: unknown) => call.note('callback_lost', { reason: String(error) }));
      }
    };
    const release = call.watch({
      progressed(progress) {
        if (progress === 'answered') {
          release();
          stopTimers();
          sendDigits();
          answered();
          return;
        }
        ring();
        if (progress === 'early' && dial.sendOnPreanswer) sendDigits();
      },
      ended: stopTimers,
    });
  }
}

/** The entry of a list that has one for all, or one for each. */
function at<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 1 ? list[0] : list[index];
}
