import { ownerOf, type Scope } from '../../accounts/account.ts';
import { invalidParameter, notFound, Problem } from '../../errors/catalogue.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Call } from '../call.ts';
import { CallFlow, type FlowStart } from '../call-flow.ts';
import type { MultiPartyCallElement } from '../document.ts';
import type { FlowServices } from '../flow-services.ts';
import type { HangupCause } from '../hangup-cause.ts';
import type { LiveCall, LiveCalls } from '../live-calls.ts';
import { moveCall } from '../moved-call.ts';
import type { PlacedLegs } from '../placed-legs.ts';
import { Invitation } from './invitation.ts';
import type { MultiPartyCall } from './multiparty-call.ts';
import type {
  AddedParticipant,
  AddParticipant,
  InviteByDialling,
  InviteByTransfer,
  MultiPartySelector,
} from './multiparty-control.ts';
import { departures } from './participant.ts';
import type { PendingInvitation } from './pending-invitation.ts';

export interface MultiPartyInvitationsOptions {
  readonly ids: Ids;
  readonly live: LiveCalls;
  readonly legs: Pick<PlacedLegs, 'place'>;
  readonly services: FlowServices;
}

/** A leg may go on after the multiparty call; so long it lasts at most from its answer. */
const LEG_TIME_LIMIT_MS = 86_400_000;

/** Participants that API requests add: dialled, or taken out of what their call does (multiparty-calls.md §4.5). */
export class MultiPartyInvitations {
  readonly #options: MultiPartyInvitationsOptions;

  constructor(options: MultiPartyInvitationsOptions) {
    this.#options = options;
  }

  /** `find`: the live one that is meant, looked for again after every wait. @throws Problem */
  async add(
    scope: Scope,
    find: () => MultiPartyCall | undefined,
    which: MultiPartySelector,
    request: AddParticipant,
  ): Promise<AddedParticipant> {
    const present = find();
    if (!present && which.by === 'id') throw notFound();
    if (!request.mayBeFirst && (present?.expected ?? 0) === 0) throw notFound();
    checkRoom(present);
    const open = () => {
      const found = find();
      if (found || which.by === 'id') return found;
      return this.#create(scope, which.name, request);
    };
    const { invite } = request;
    return invite.kind === 'dial' ? this.#dial(scope, open, invite, request) : this.#transfer(scope, open, invite, request);
  }

  async #dial(
    scope: Scope,
    open: () => MultiPartyCall | undefined,
    invite: InviteByDialling,
    request: AddParticipant,
  ): Promise<AddedParticipant> {
    const { ids, live, services } = this.#options;
    const { participant, settings, mayBeFirst, requesterIp } = request;
    if (invite.destinations.length > 1 && participant.role !== 'agent') {
      throw invalidParameter('to', 'to parameter is invalid: several destinations can be dialled for agents only');
    }
    const legs = await this.#options.legs.place(scope, {
      from: invite.from,
      to: invite.destinations.map(({ to }) => to),
      callerName: invite.callerName ?? invite.from,
      headers: invite.headers,
      hangup: invite.callStatusCallback,
      requesterIp,
      timeLimitMs: LEG_TIME_LIMIT_MS,
    });
    const multiParty = open();
    if (!multiParty || isFull(multiParty)) {
      for (const leg of legs) leg.giveUp(departures.ended.cause);
      throw multiParty ? full() : notFound();
    }
    const document = { elements: [this.#element(multiParty, request)], notes: [] };
    const invitation = new Invitation({
      multiParty,
      invite,
      legs,
      role: participant.role,
      mayBeFirst,
      services,
      admit: (call) => {
        const admitted = live.find(call.id);
        if (!admitted) return;
        admitted.flow = this.#newFlow(call);
        void admitted.flow.run({ kind: 'document', document });
      },
    });
    multiParty.invite(invitation, settings);
    invitation.begin();
    await multiParty.settled();
    const calls = legs.map(({ callId, from, to }) => ({ callId, from, to }));
    const [only, other] = calls;
    return { requestId: only && !other ? only.callId : ids.uuid(), calls };
  }

  async #transfer(
    scope: Scope,
    open: () => MultiPartyCall | undefined,
    { callId }: InviteByTransfer,
    request: AddParticipant,
  ): Promise<AddedParticipant> {
    const moved = this.#live(scope, callId);
    const { call } = moved;
    if (!call.answered) throw invalidParameter('call_uuid', 'call_uuid parameter is invalid: the call is not answered yet');
    const multiParty = open();
    if (!multiParty) throw notFound();
    const invitation = new Transfer(call);
    multiParty.invite(invitation, request.settings);
    const { from, to } = call.facts;
    const { role } = request.participant;
    const facts = { memberId: undefined, callId, role, coach: false, address: from, from, to, direction: call.facts.direction };
    multiParty.teller.tell('invite-begun', { participant: facts });
    const start: FlowStart = {
      kind: 'document',
      document: { elements: [this.#element(multiParty, request)], notes: [] },
    };
    if (!moveCall(moved, this.#options.live, start, (each) => this.#newFlow(each))) {
      multiParty.settle(invitation);
      throw invalidParameter('call_uuid', 'call_uuid parameter is invalid: the call is not connected yet');
    }
    multiParty.teller.tell('invite-resolved', { participant: facts, outcome: 'success' });
    void call.ended.then(() => multiParty.settle(invitation));
    await multiParty.settled();
    return { requestId: callId, calls: [{ callId, from, to }] };
  }

  #create(scope: Scope, name: string, { settings, participant }: AddParticipant): MultiPartyCall {
    const owner = { accountId: scope.account.authId, ownerId: ownerOf(scope) };
    return this.#options.services.multiParty.create(owner, name, settings, participant.stayAlone);
  }

  #element({ id, name }: MultiPartyCall, { participant, settings }: AddParticipant): MultiPartyCallElement {
    return { element: 'MultiPartyCall', name, participant, settings, invitedTo: id };
  }

  #newFlow(call: Call): CallFlow {
    return new CallFlow(call, this.#options.services, () => this.#options.ids.uuid());
  }

  #live(scope: Scope, callId: string): LiveCall {
    const live = this.#options.live.find(callId);
    const facts = live?.call.facts;
    const isTheirs = facts?.accountId === scope.account.authId && (!scope.subaccount || facts.ownerId === ownerOf(scope));
    if (!live || !isTheirs) throw notFound();
    return live;
  }
}

/** A call that leaves what it does to come in. */
class Transfer implements PendingInvitation {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  get comingCallId(): string {
    return this.#call.id;
  }

  concerns(callId: string): boolean {
    return callId === this.#call.id;
  }

  cancel(cause: HangupCause): void {
    this.#call.hangUp(cause);
  }
}

const isFull = (multiParty: MultiPartyCall): boolean => multiParty.expected >= multiParty.maxParticipants;

function checkRoom(multiParty: MultiPartyCall | undefined): void {
  if (multiParty && isFull(multiParty)) throw full();
}

const full = () => new Problem('conflict', 'the multiparty call has as many participants as it may');
