import type { Ids } from '../../runtime/ids.ts';
import type { Call } from '../call.ts';
import { CallFlow } from '../call-flow.ts';
import type { FlowServices } from '../flow-services.ts';
import { hangupCause } from '../hangup-cause.ts';
import type { LiveCalls } from '../live-calls.ts';
import { endpointAddress } from '../phone-domain.ts';
import { joinPartners } from './attended-transfer.ts';
import { BlindTransfer } from './blind-transfer.ts';
import { leave, type Partner, partnerOf } from './partner.ts';
import type { FarEnd, TransferPolicy } from './transfer-policy.ts';
import type { TransferRequest } from './transfer-request.ts';
import { readTransferTarget, type TransferTarget } from './transfer-target.ts';

export interface TransfersOptions {
  readonly live: LiveCalls;
  readonly services: FlowServices;
  readonly ids: Ids;
  readonly policy: TransferPolicy;
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
}

/** Transfers of one call by far ends; one more looks like two phones passing it to and fro (as voice-api.md §2 has it for the API). */
const MAX_TRANSFERS = 70;
/** As the Dial of a document without one has it. */
const TIME_LIMIT_MS = 14_400_000;

/** 603: not by this far end, or not this call. 403: not to this target. 491: one transfer after the other. 482: too many. */
type Refusal = 603 | 403 | 491 | 482;

/** Calls that their far ends pass on by REFER. */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #counts = new WeakMap<Call, number>();

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** Takes what the far end of a call asks for; never throws. */
  take(call: Call, request: TransferRequest): void {
    call.note('refer', { refer_to: request.target, attended: request.attended !== undefined });
    this.#take(call, request).catch((error: unknown) => {
      call.note('refer_refused', { reason: String(error) });
      request.refuse(500);
    });
  }

  async #take(call: Call, request: TransferRequest): Promise<void> {
    const farEnd = await this.#options.policy.ofCall(call);
    if (!farEnd || farEnd.policy === 'decline')
      return this.#refuse(call, request, 603, 'calls of this far end are not passed on by it');
    if (request.attended) return this.#join(call, request, farEnd, request.attended);
    const target = readTransferTarget(request.target, this.#options.home, request.peerHost);
    const objection = await this.#objectionTo(target, call, farEnd);
    if (objection !== undefined || target.kind === 'foreign') {
      return this.#refuse(call, request, 403, objection ?? FOREIGN);
    }
    const partner = this.#partnerOf(call, request);
    if (!partner) return;
    const { services } = this.#options;
    const transfer = new BlindTransfer({
      request,
      transferor: call,
      partner,
      services,
      flowOf: (other) => this.#flowOf(other),
      dial: {
        kind: target.kind === 'number' ? 'number' : 'user',
        to: target.kind === 'number' ? target.digits : endpointAddress(target.username),
        callerId: shownBy(call, partner),
        callerName: undefined,
        headers: {},
        credentials: undefined,
        timeLimitMs: TIME_LIMIT_MS,
        referredBy: call,
      },
    });
    if (!transfer.begin()) this.#refuse(call, request, 491, 'a transfer is under way');
  }

  /** Why the far end may not pass calls on to this target; undefined = it may. */
  async #objectionTo(target: TransferTarget, call: Call, { policy }: FarEnd): Promise<string | undefined> {
    switch (target.kind) {
      case 'foreign':
        return FOREIGN;
      case 'number':
        return policy === 'allow' ? undefined : 'calls of this far end are passed on to endpoints only';
      case 'endpoint':
        return (await this.#options.policy.isTheirs(target.username, call.facts))
          ? undefined
          : 'the target is no endpoint of this account';
    }
  }

  async #join(
    call: Call,
    request: TransferRequest,
    farEnd: FarEnd,
    { callId, earlyOnly }: NonNullable<TransferRequest['attended']>,
  ): Promise<void> {
    const other = callId === undefined ? undefined : this.#options.live.find(callId)?.call;
    const isSame = other !== undefined && (await this.#isSameFarEnd(call, other, farEnd));
    const theirs = isSame ? partnerOf(other, this.#options.live) : undefined;
    const ours = this.#partnerOf(call, request);
    if (!ours) return;
    if (!other || !theirs || earlyOnly || theirs.call === call) {
      // The INVITE that the far end wants sent would have had this answer (RFC 3891 §3); a 481 to the REFER would end the call.
      request.accept();
      call.note('transfer_failed', { reason: 'there is no such call to be joined' });
      await request.report(earlyOnly && theirs ? 486 : 481);
      return;
    }
    if (!joinPartners({ call, partner: ours }, { call: other, partner: theirs }, (each) => this.#flowOf(each))) {
      return this.#refuse(call, request, 491, 'a transfer is under way');
    }
    request.accept();
    const detail = { transferor: call.id, consulted: other.id };
    for (const each of [call, other]) each.note('transferred', detail);
    ours.call.note('transferred', { ...detail, with: theirs.call.id });
    theirs.call.note('transferred', { ...detail, with: ours.call.id });
    leave(call, request, this.#options.services.clock);
    other.hangUp(hangupCause(4000, other.facts.direction === 'inbound' ? 'Caller' : 'Callee'));
  }

  /** Who passes a call on to one it has talked to is in both calls, and both are of one owner. */
  async #isSameFarEnd(call: Call, other: Call, farEnd: FarEnd): Promise<boolean> {
    if (other === call || other.accountId !== call.accountId || other.facts.ownerId !== call.facts.ownerId) return false;
    return (await this.#options.policy.ofCall(other))?.name === farEnd.name;
  }

  /** Whom the call talks to; undefined, and the request refused, when that is nobody or it was passed on too often. */
  #partnerOf(call: Call, request: TransferRequest): Partner | undefined {
    const partner = partnerOf(call, this.#options.live);
    if (!partner) {
      this.#refuse(call, request, 603, 'the call is connected with nobody');
      return undefined;
    }
    const count = (this.#counts.get(partner.call) ?? 0) + 1;
    this.#counts.set(partner.call, count);
    if (count <= MAX_TRANSFERS) return partner;
    this.#refuse(call, request, 482, 'the call was passed on too often');
    return undefined;
  }

  #flowOf(call: Call): CallFlow {
    return new CallFlow(call, this.#options.services, () => this.#options.ids.uuid());
  }

  #refuse(call: Call, request: TransferRequest, status: Refusal, reason: string): void {
    call.note('refer_refused', { reason, status });
    request.refuse(status);
  }
}

const FOREIGN = 'the target is neither a number nor an address here';

/**
 * The caller ID that the transferor's leg was shown, where the Dial has chosen one: the number of somebody who calls behind it (masking)
 * is not shown to a third either. Else that of the transferee's call.
 */
function shownBy(transferor: Call, { call, holds }: Partner): string | undefined {
  const { direction, from } = transferor.facts;
  return holds && direction === 'outbound' && from !== call.facts.from ? from : undefined;
}
