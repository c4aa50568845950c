import type { Account } from '../../accounts/account.ts';
import type { Ids } from '../../runtime/ids.ts';
import { Call, type CallEnvironment } from '../call.ts';
import { CallFlow } from '../call-flow.ts';
import { CallPace } from '../call-pace.ts';
import type { CallRates } from '../call-rates.ts';
import type { FlowServices } from '../flow-services.ts';
import { hangupCause } from '../hangup-cause.ts';
import { inboundRateOf, MAX_DURATION_MS } from '../inbound-calls.ts';
import { incomingIdentity } from '../incoming-identity.ts';
import { LegGone } from '../leg.ts';
import type { IncomingCall } from '../leg-maker.ts';
import type { LiveCalls } from '../live-calls.ts';
import { takePlace } from './attended-transfer.ts';
import { partnerOf } from './partner.ts';
import type { TransferPolicy } from './transfer-policy.ts';

export interface ReplacingCallsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly live: LiveCalls;
  readonly rates: CallRates;
  readonly services: FlowServices;
  readonly policy: TransferPolicy;
  account(authId: string): Promise<Account | undefined>;
}

/** Calls that come in to take the place of one that stands (RFC 3891): from the same trunk, or from an endpoint of its account. */
export class ReplacingCalls {
  readonly #options: ReplacingCallsOptions;
  readonly #pace: CallPace;

  constructor(options: ReplacingCallsOptions) {
    this.#options = options;
    this.#pace = new CallPace(options.clock);
  }

  /** `callId`: the CallUUID of the one to be replaced; undefined = it is not here. */
  async arrive(incoming: IncomingCall, callId: string | undefined): Promise<void> {
    const { live, ids, rates, policy, services } = this.#options;
    const replaced = callId === undefined ? undefined : live.find(callId)?.call;
    if (!replaced?.answered) return incoming.refuse(481, 'Call/Transaction Does Not Exist');
    const [newcomer, present, main, owner] = await Promise.all([
      policy.ofOrigin(incoming.origin, replaced.accountId),
      policy.ofCall(replaced),
      this.#options.account(replaced.accountId),
      this.#options.account(replaced.facts.ownerId),
    ]);
    const isTrunks = incoming.origin.kind === 'carrier';
    const mayReplace = newcomer && newcomer.policy !== 'decline' && (!isTrunks || newcomer.name === present?.name);
    if (!mayReplace || !owner?.enabled || !main?.enabled) return incoming.refuse(403, 'Forbidden');
    // One that is heard by nobody, or by a whole room, has no place to be taken.
    if (!partnerOf(replaced, live)) return incoming.refuse(603, 'Decline');
    if (!this.#pace.take(replaced.accountId, inboundRateOf(main))) return incoming.refuse(486, 'Busy Here');
    const start = incomingIdentity(incoming, ids.uuid(), owner, {}, rates);
    const call = new Call({ ...start, isNew: true, timeLimitMs: MAX_DURATION_MS, leg: incoming.leg }, this.#options);
    const found = live.add(call, live.places.takeAnyway(main));
    call.note('replaces', { call_uuid: replaced.id });
    try {
      await call.answer();
    } catch (error) {
      if (!(error instanceof LegGone)) call.note('replace_failed', { reason: String(error) });
      return call.hangUp(hangupCause(5010, 'Error'));
    }
    // Meanwhile anything may have happened.
    const partner = partnerOf(replaced, live);
    const goOn: Parameters<typeof takePlace>[2] = (begin) => {
      found.flow = new CallFlow(call, services, () => ids.uuid());
      void found.flow.run(begin);
    };
    if (!partner || !takePlace(call, { call: replaced, partner }, goOn)) return call.hangUp(hangupCause(5010, 'Plivo'));
    for (const each of [replaced, partner.call]) each.note('transferred', { replaced: replaced.id, with: call.id });
    replaced.hangUp(hangupCause(4000, replaced.facts.direction === 'inbound' ? 'Caller' : 'Callee'));
  }
}
