import { ownerOf, type Scope } from '../accounts/account.ts';
import type { Ids } from '../runtime/ids.ts';
import { Call, type CallEnvironment } from './call.ts';
import type { CallPermissions } from './call-permissions.ts';
import type { PlaceOrRefusal } from './call-places.ts';
import type { CallRates } from './call-rates.ts';
import type { NewCall } from './call-record.ts';
import type { CallStore } from './call-store.ts';
import { parseDestination } from './destination.ts';
import type { ElementUrl } from './document.ts';
import type { HangupCause } from './hangup-cause.ts';
import type { LegMaker } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';
import { admitOutbound, requirePlace } from './outbound-admission.ts';
import type { OutboundCalls } from './outbound-calls.ts';
import { customHeaders, legRequest, outgoingCall } from './outgoing-call.ts';
import { refusedLeg } from './refused-leg.ts';

export interface PlacedLegsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly node: string;
  readonly store: Pick<CallStore, 'insertQueued'>;
  readonly legs: LegMaker;
  readonly live: LiveCalls;
  readonly permissions: CallPermissions;
  readonly rates: CallRates;
  readonly outbound: Pick<OutboundCalls, 'check' | 'whenTurn' | 'forget'>;
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
}

export interface LegsToPlace {
  readonly from: string;
  /** Numbers as given, or SIP URIs. */
  readonly to: readonly string[];
  readonly callerName: string | undefined;
  /** Header names without `X-PH-`, already filtered (voice-xml.md §9). */
  readonly headers: Readonly<Record<string, string>>;
  /** Is told of the end of each. */
  readonly hangup: ElementUrl | undefined;
  readonly requesterIp: string;
  readonly timeLimitMs: number;
}

/** A leg that is stored and not dialled yet. One of the two below must be called, or it stays open until the next start. */
export interface PlacedLeg {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  /** Dials it when the account may make another call; resolves then, or when it is given up. */
  dial(): Promise<Call>;
  /** It is no longer wanted: it ends with this cause, dialled or not. */
  giveUp(cause: HangupCause): void;
}

/** Legs of API requests that run no document of their own when they are answered: what does asks for each in its time. */
export class PlacedLegs {
  readonly #options: PlacedLegsOptions;

  constructor(options: PlacedLegsOptions) {
    this.#options = options;
  }

  /** Committed when it resolves. @throws Problem: caller not allowed, all destinations barred, credit used up, not an address, too many calls at once */
  async place(scope: Scope, request: LegsToPlace): Promise<readonly PlacedLeg[]> {
    const { store, node, ids, clock, outbound, home } = this.#options;
    const from = request.from.replace(/^\+/, '');
    const destinations = request.to.map((to) => parseDestination(to, home));
    await outbound.check(scope, from, destinations);
    requirePlace(this.#options, scope);
    const calls = destinations.map(({ address: to }): NewCall => {
      const callId = ids.uuid();
      return {
        callId,
        accountId: scope.account.authId,
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
        initiatedAt: clock.now(),
        options: { hangup: request.hangup, customHeaders: customHeaders(request.headers) },
      };
    });
    // Not `queued`: no other node could take them over, because what waits for their answer is here.
    await store.insertQueued(calls.map((call) => ({ call, state: 'dialing', node, mayRepeat: false })));
    return calls.map((call) => this.#placed(scope, call, request.timeLimitMs));
  }

  #placed(scope: Scope, planned: NewCall, timeLimitMs: number): PlacedLeg {
    const { outbound, home } = this.#options;
    const { callId, from, to } = planned;
    const made = Promise.withResolvers<Call>();
    let call: Call | undefined;
    const make = (admission: PlaceOrRefusal) => {
      call = this.#make(planned, admission, timeLimitMs);
      made.resolve(call);
    };
    return {
      callId,
      from,
      to,
      dial: () => {
        outbound.whenTurn(scope.account, callId, () => {
          if (!call) make(admitOutbound(this.#options, scope, from, parseDestination(to, home)));
        });
        return made.promise;
      },
      giveUp: (cause) => {
        outbound.forget(callId);
        if (call) call.hangUp(cause);
        else make({ refusal: cause });
      },
    };
  }

  #make(planned: NewCall, { place, refusal }: PlaceOrRefusal, timeLimitMs: number): Call {
    const { callId, accountId, ownerId, from, to, callerName, requestId } = planned;
    const start = outgoingCall(
      {
        callId,
        ownerId,
        accountId,
        from,
        to,
        callerName,
        requestId,
        aLegId: callId,
        aLegRequestId: requestId,
        parentCallId: undefined,
        customHeaders: planned.options.customHeaders ?? {},
      },
      { rate: planned.rate, hangup: planned.options.hangup, requesterIp: planned.sourceIp },
    );
    const leg = refusal ? refusedLeg(refusal) : this.#options.legs.make(legRequest(start.identity));
    const call = new Call({ ...start, isNew: false, timeLimitMs, leg }, this.#options);
    this.#options.live.add(call, place);
    return call;
  }
}
