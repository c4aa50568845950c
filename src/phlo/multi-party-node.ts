import type { Scope } from '../accounts/account.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { CallControl } from '../voice/call-control.ts';
import type { MultiPartyControl, Seat } from '../voice/multiparty/multiparty-control.ts';
import {
  defaultEventGroups,
  type MultiPartySettings,
  multiPartyLimits,
  type ParticipantRole,
  type ParticipantSettings,
} from '../voice/multiparty/multiparty-plan.ts';
import type { MemberAction, NodeAction } from './node-actions.ts';
import type { Phlo, PhloNode } from './phlo.ts';
import { voicemailUrl } from './phlo-documents.ts';
import { hasPlaceholders } from './placeholders.ts';
import type { RunStore } from './run-store.ts';
import type { TransferStore } from './transfer-store.ts';

export interface MultiPartyNodesDependencies {
  readonly rooms: () => MultiPartyControl;
  readonly calls: () => Pick<CallControl, 'hangUp' | 'transfer'>;
  readonly runs: Pick<RunStore, 'lastWithRoom'>;
  readonly transfers: Pick<TransferStore, 'put' | 'of' | 'with' | 'remove'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NodeRequest {
  readonly action: NodeAction;
  /** Number or SIP URI of who is called. */
  readonly to: string;
  readonly role: ParticipantRole;
  /** Address of the member who asks for it. */
  readonly triggerSource: string;
  readonly requesterIp: string;
}

/** How often it is looked whether somebody who was called is in. */
const LOOK_EVERY_MS = 250;
/** Somebody who is called has so long to ring, and some seconds for the way. */
const ARRIVAL_MS = (multiPartyLimits.ringTimeoutS + 15) * 1_000;

/** Multiparty calls of a PHLO's runs: requests name a member of one, and with it which one is meant (account-numbers.md §15). */
export class MultiPartyNodes {
  readonly #needs: MultiPartyNodesDependencies;

  constructor(needs: MultiPartyNodesDependencies) {
    this.#needs = needs;
  }

  /**
   * `call`: somebody else comes in. `warm_transfer`: all but the two are on hold until it is over. `cold_transfer`: who asks for it leaves
   * when the other is in. Resolves when the call is on its way. @throws Problem
   */
  async act(scope: Scope, phlo: Phlo, node: PhloNode, request: NodeRequest): Promise<void> {
    const { transfers, clock } = this.#needs;
    const { seat, from } = await this.#seat(scope, phlo, node, request.triggerSource, 'trigger_source');
    if (from === null) throw invalidParameter('from', 'the PHLO has no number that calls can come from, and its run named none');
    const callId = await this.#call(scope, seat, from, request);
    if (request.action === 'call') return;
    const isWarm = request.action === 'warm_transfer';
    const held = isWarm ? seat.others.filter(({ hold }) => hold === false).map(({ memberId }) => memberId) : [];
    const transfer = { multiPartyId: seat.multiPartyId, initiator: seat.member.address, callId, held };
    await transfers.put(transfer, new Date(clock.now()));
    await this.#setHold(scope, seat.multiPartyId, held, true);
    this.#follow(scope, seat, callId, isWarm).catch((error: unknown) =>
      this.#needs.log.warn({ err: error, mpc_uuid: seat.multiPartyId, call_uuid: callId }, 'a transfer did not come to its end'),
    );
  }

  /** @throws Problem */
  async actOnMember(scope: Scope, phlo: Phlo, node: PhloNode, address: string, action: MemberAction): Promise<void> {
    const { calls } = this.#needs;
    const { seat } = await this.#seat(scope, phlo, node, address, undefined);
    const { memberId, callId } = seat.member;
    switch (action) {
      case 'hold':
      case 'unhold':
        return this.#setHold(scope, seat.multiPartyId, [memberId], action === 'hold');
      case 'mute':
      case 'unmute':
        await this.#change(scope, seat.multiPartyId, [memberId], { mute: action === 'mute' });
        return;
      case 'resume_call':
        await this.#endTransfers(scope, seat);
        return this.#setHold(scope, seat.multiPartyId, [memberId], false);
      case 'abort_transfer':
        return this.#abort(scope, seat);
      case 'hangup':
        await this.#endTransfers(scope, seat);
        return calls().hangUp(scope, callId);
      case 'voicemail_drop':
        if (node.voicemailUrl === null) throw new Problem('conflict', 'the node has no voicemail_url to play');
        return calls().transfer(scope, callId, {
          legs: 'aleg',
          aLeg: { url: voicemailUrl(node.voicemailUrl), method: 'POST' },
          bLeg: undefined,
        });
    }
  }

  async #call(scope: Scope, seat: Seat, from: string, { to, role, requesterIp }: NodeRequest): Promise<string> {
    const added = await this.#needs.rooms().add(
      scope,
      { by: 'id', id: seat.multiPartyId },
      {
        invite: {
          kind: 'dial',
          from,
          callerName: undefined,
          destinations: [{ to, ringTimeoutS: multiPartyLimits.ringTimeoutS, delayS: 0 }],
          headers: {},
          callStatusCallback: undefined,
          confirmKey: undefined,
          confirmSound: undefined,
          dialMusic: { kind: 'real' },
          sendDigits: undefined,
          sendOnPreanswer: false,
        },
        settings,
        participant: { ...participant, role },
        mayBeFirst: false,
        requesterIp,
      },
    );
    const [called] = added.calls;
    if (!called) throw new Error('nobody was called');
    return called.callId;
  }

  /** To the end of a transfer: one that nobody answers is undone, one whose initiator leaves is done. */
  async #follow(scope: Scope, seat: Seat, callId: string, isWarm: boolean): Promise<void> {
    const { rooms, calls, transfers, clock } = this.#needs;
    const { multiPartyId, member } = seat;
    const deadline = clock.monotonic() + ARRIVAL_MS;
    let place = await rooms().whereabouts(multiPartyId, callId);
    while (place === 'coming' && clock.monotonic() < deadline) {
      await clock.sleep(LOOK_EVERY_MS);
      place = await rooms().whereabouts(multiPartyId, callId);
    }
    const mine = await transfers.of(multiPartyId, member.address);
    // It was aborted, or another one was begun in its place.
    if (mine?.callId !== callId) return;
    // The account makes so many calls that its turn has not come: nobody waits for it any longer.
    if (place === 'coming') await rooms().giveUp(scope, multiPartyId, callId);
    if (place === 'in' && isWarm) await seat.departed;
    if (place === 'in' && !isWarm) await calls().hangUp(scope, member.callId);
    await this.#endTransfers(scope, seat);
  }

  async #abort(scope: Scope, seat: Seat): Promise<void> {
    const { transfers, calls, rooms } = this.#needs;
    const transfer = await transfers.of(seat.multiPartyId, seat.member.address);
    if (!transfer) throw new Problem('conflict', 'this member has begun no transfer, or it is over');
    await transfers.remove(transfer);
    const isGivenUp = await rooms().giveUp(scope, seat.multiPartyId, transfer.callId);
    if (!isGivenUp) await calls().hangUp(scope, transfer.callId).catch(unlessGone);
    await this.#setHold(scope, seat.multiPartyId, transfer.held, false);
  }

  /** Whoever was on hold for a transfer of this member, or with it, is back in. */
  async #endTransfers(scope: Scope, { multiPartyId, member }: Seat): Promise<void> {
    const { transfers } = this.#needs;
    for (const transfer of await transfers.with(multiPartyId, member.address, member.memberId)) {
      await transfers.remove(transfer);
      await this.#setHold(scope, multiPartyId, transfer.held, false);
    }
  }

  /** Of those who are still in. */
  async #setHold(scope: Scope, multiPartyId: string, members: readonly string[], hold: boolean): Promise<void> {
    for (const memberId of members) await this.#change(scope, multiPartyId, [memberId], { hold }).catch(unlessGone);
  }

  async #change(
    scope: Scope,
    multiPartyId: string,
    members: readonly string[],
    change: { readonly mute?: boolean; readonly hold?: boolean },
  ): Promise<void> {
    const wanted = { mute: change.mute, hold: change.hold, coach: undefined, silently: true };
    await this.#needs.rooms().update(scope, { by: 'id', id: multiPartyId }, members, wanted);
  }

  /** The live multiparty call of the node where this address is in, and whom its calls come from. */
  async #seat(
    scope: Scope,
    phlo: Phlo,
    node: PhloNode,
    address: string,
    parameter: string | undefined,
  ): Promise<{ readonly seat: Seat; readonly from: string | null }> {
    for (const seat of await this.#needs.rooms().seatsOf(scope, address)) {
      const run = await this.#needs.runs.lastWithRoom(phlo.phloId, node, seat.name);
      const isItself = seat.name === node.name && !hasPlaceholders(node.name);
      if (run || isItself) return { seat, from: run?.from ?? phlo.from };
    }
    const text = `nobody with the address ${address} is in a multiparty call of this node`;
    throw new Problem('not_found', text, parameter === undefined ? {} : { parameter });
  }
}

/** A member or call that has gone meanwhile needs nothing any more. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Problem) || error.code !== 'not_found') throw error;
}

/** As the API has them where a request says nothing; whoever made the multiparty call has set its own. */
const settings: MultiPartySettings = {
  maxDurationMs: multiPartyLimits.maxDurationS.default * 1_000,
  maxParticipants: multiPartyLimits.maxParticipants.default,
  waitMusic: undefined,
  agentHoldMusic: undefined,
  customerHoldMusic: undefined,
  record: false,
  recordMinMembers: multiPartyLimits.recordMinMembers.default,
  recordFormat: 'mp3',
  recordCoachVoice: true,
  recordingCallback: undefined,
  startRecordingAudio: undefined,
  stopRecordingAudio: undefined,
  transcription: undefined,
  statusCallback: undefined,
  statusEvents: defaultEventGroups,
  waitForAgent: false,
};

const participant: Omit<ParticipantSettings, 'role'> = {
  stayAlone: false,
  coach: false,
  mute: false,
  hold: false,
  startOnEnter: true,
  endOnExit: false,
  enterSound: { kind: 'beeps', count: 1 },
  exitSound: { kind: 'beeps', count: 2 },
  onExit: undefined,
  relayDigits: false,
  recordTrack: false,
  agentStream: undefined,
  waitTimeMs: undefined,
};
