import type { Account } from '../accounts/account.ts';
import type { Ids } from '../runtime/ids.ts';
import { Call, type CallEnvironment } from './call.ts';
import { type CallPermissions, findCallOwner } from './call-permissions.ts';
import type { CallRates } from './call-rates.ts';
import type { CanPay } from './credit.ts';
import { parseDestination } from './destination.ts';
import type { Dialled, Dialler, DialRequest } from './dialler.ts';
import { hangupCause } from './hangup-cause.ts';
import type { LegMaker } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';
import { admitOutbound } from './outbound-admission.ts';
import { customHeaders, legRequest, outgoingCall } from './outgoing-call.ts';
import { refusedLeg } from './refused-leg.ts';

export interface DialLegsOptions extends CallEnvironment {
  readonly ids: Ids;
  readonly legs: LegMaker;
  readonly live: LiveCalls;
  readonly permissions: CallPermissions;
  readonly rates: CallRates;
  readonly canPay: CanPay;
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
  account(authId: string): Promise<Account | undefined>;
}

/** Makes the legs of Dial elements (voice-xml.md §6.9). They have a record and no document of their own. */
export class DialLegs implements Dialler {
  readonly #options: DialLegsOptions;

  constructor(options: DialLegsOptions) {
    this.#options = options;
  }

  async dial(request: DialRequest): Promise<Dialled> {
    const { parent } = request;
    const { accountId, ownerId, ...facts } = parent.facts;
    const owner = await findCallOwner((authId) => this.#options.account(authId), parent.facts);
    if (!owner) return refused(5010);
    const destination = parseDestination(request.to, this.#options.home);
    if (destination.kind === 'invalid') return refused(2000);
    const to = destination.address;
    const rate = this.#options.rates('outbound', to);
    if (!(await this.#options.canPay(owner, rate))) return refused(1010);
    // Dialling who is on the line, or the number that led here, would go round in circles. What an endpoint has dialled did not lead
    // here, its own application did: that one dials it on as a rule.
    const ledHere = facts.sipAuth === undefined ? facts.to : undefined;
    if (destination.kind === 'number' && (to === facts.from || to === ledHere)) return refused(2060);
    const callerId = request.callerId?.replace(/^\+/, '');
    if (callerId !== undefined && !(await this.#options.permissions.mayShow(owner, callerId))) return refused(3030);
    if (parent.gone.aborted) return refused(1000);
    const from = callerId ?? facts.from;
    const { place, refusal } = admitOutbound(this.#options, owner, from, destination);
    const callId = this.#options.ids.uuid();
    const start = outgoingCall(
      {
        callId,
        ownerId,
        accountId,
        from,
        to,
        callerName: request.callerName ?? facts.callerName,
        requestId: undefined,
        aLegId: facts.aLegId ?? parent.id,
        aLegRequestId: facts.aLegRequestId,
        parentCallId: parent.id,
        customHeaders: customHeaders(request.headers),
      },
      { rate },
    );
    const leg = refusal
      ? refusedLeg(refusal)
      : this.#options.legs.make(
          legRequest(start.identity, {
            credentials: request.credentials,
            referredBy: farEndOf(request.referredBy),
            isSecure: request.isSecure,
            // Nobody has proved anything of a number that is shown in the caller's place.
            callerVerification: callerId === undefined ? facts.stirVerification : undefined,
          }),
        );
    const call = new Call({ ...start, isNew: true, timeLimitMs: request.timeLimitMs, leg }, this.#options);
    this.#options.live.add(call, place);
    parent.note('dialled', { call_uuid: callId, to });
    return { kind: 'call', call };
  }
}

/** Whom a call leads to; undefined where nobody knows. */
function farEndOf(call: Call | undefined): string | undefined {
  const party = call && (call.facts.direction === 'inbound' ? call.facts.from : call.facts.to);
  return party === '' || party === 'anonymous' ? undefined : party;
}

const refused = (code: 1000 | 1010 | 2000 | 2060 | 3030 | 5010): Dialled => ({
  kind: 'refused',
  cause: hangupCause(code, 'Plivo'),
});
