import type { MediaMember } from '../../media/media-engine.ts';
import { MachineRun } from '../../sip/machine.ts';
import type { Call } from '../call.ts';
import { confirm } from '../dial-confirm.ts';
import type { FlowServices } from '../flow-services.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';
import type { PlacedLeg } from '../placed-legs.ts';
import { describedSounds } from '../room-sounds.ts';
import { readSentDigits } from '../sent-digits.ts';
import type { MultiPartyCall } from './multiparty-call.ts';
import type { InviteByDialling, InvitedDestination } from './multiparty-control.ts';
import type { InviteOutcome, ParticipantFacts } from './multiparty-notification.ts';
import type { ParticipantRole } from './multiparty-plan.ts';
import { departures } from './participant.ts';
import { participantMachine } from './participant-machine.ts';
import type { PendingInvitation } from './pending-invitation.ts';

export interface InvitationOptions {
  readonly multiParty: MultiPartyCall;
  readonly invite: InviteByDialling;
  /** In the order of the destinations. */
  readonly legs: readonly PlacedLeg[];
  readonly role: ParticipantRole;
  /** False: who would be alone in the call is not let in. */
  readonly mayBeFirst: boolean;
  readonly services: FlowServices;
  /** The call comes in: it runs the document of its participant. */
  admit(call: Call): void;
}

/** As long as a Dial gives for its key (voice-xml.md §6.9). */
const CONFIRM_TIMEOUT_MS = 120_000;

/**
 * Dials the destinations of one API request at once, each after its delay. The first that answers, and presses the key where one is
 * asked for, comes in; the others end with 9000 (multiparty-calls.md §4.5).
 */
export class Invitation implements PendingInvitation {
  readonly #options: InvitationOptions;
  readonly #over = new AbortController();
  #overCause: HangupCause | undefined;
  #coming: Call | undefined;
  #pending: number;
  #lastCause: HangupCause = hangupCause(3000, 'Carrier');
  #early: MediaMember | undefined;

  constructor(options: InvitationOptions) {
    this.#options = options;
    this.#pending = options.legs.length;
  }

  get comingCallId(): string | undefined {
    return this.#coming?.id;
  }

  concerns(callId: string): boolean {
    return this.#options.legs.some((leg) => leg.callId === callId);
  }

  /** Begins to dial; what becomes of it is told to the multiparty call. */
  begin(): void {
    const { multiParty, legs, invite } = this.#options;
    multiParty.teller.tell('invite-begun', { participant: this.#facts(legs[0]) });
    legs.forEach((leg, index) => {
      const destination = invite.destinations[index];
      if (!destination) return;
      this.#ring(leg, destination).catch((error: unknown) => {
        leg.giveUp(hangupCause(5010, 'Error'));
        this.#lost(leg, hangupCause(5010, 'Error'), String(error));
      });
    });
  }

  cancel(cause: HangupCause): void {
    this.#stop(cause);
    if (this.#coming) this.#coming.hangUp(cause);
  }

  async #ring(leg: PlacedLeg, { delayS, ringTimeoutS }: InvitedDestination): Promise<void> {
    const { clock } = this.#options.services;
    if (delayS > 0) await clock.sleep(delayS * 1_000, this.#over.signal).catch(() => undefined);
    if (this.#overCause) {
      leg.giveUp(this.#overCause);
      return this.#lost(leg, this.#overCause);
    }
    const giveUp = () => this.#overCause && leg.giveUp(this.#overCause);
    this.#over.signal.addEventListener('abort', giveUp, { once: true });
    const call = await leg.dial();
    const machine = new MachineRun(participantMachine, 'dialing');
    const timeout = clock.after(ringTimeoutS * 1_000, () => {
      if (!call.answered) call.hangUp(hangupCause(6010, 'Plivo'));
    });
    const answered = await this.#answer(call);
    timeout();
    const { confirmKey, confirmSound } = this.#options.invite;
    const isAsked = confirmKey !== undefined || confirmSound !== undefined;
    if (answered && isAsked) machine.fire('challenge');
    const admitted = answered && (!isAsked || (await this.#confirm(call)));
    this.#over.signal.removeEventListener('abort', giveUp);
    const mayEnter = admitted && !this.#overCause && !call.gone.aborted;
    for (const action of machine.fire(mayEnter ? 'admit' : 'fail')) {
      if (action === 'enter') this.#win(leg, call);
      if (action === 'report') await this.#fail(leg, call);
    }
  }

  async #fail(leg: PlacedLeg, call: Call): Promise<void> {
    // A leg that has hung up by itself keeps its own cause.
    call.hangUp(this.#overCause ?? hangupCause(9110, 'Plivo'));
    const { cause } = await call.ended;
    this.#lost(leg, cause);
  }

  /** True when it is answered, false when it ends before. */
  #answer(call: Call): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { invite, services } = this.#options;
    let digits = invite.sendDigits;
    const sendDigits = () => {
      if (digits === undefined) return;
      const sent = readSentDigits(digits);
      digits = undefined;
      call.media?.sendDigits(sent.digits, { method: 'rfc4733', ...sent }, call.gone);
    };
    let rang = false;
    const tell = (kind: 'ring' | 'answered') => {
      const target = invite.callStatusCallback;
      if (!target) return;
      services.application
        .notify({ kind, call: call.facts, target })
        .catch((error: unknown) => call.note('callback_lost', { reason: String(error) }));
    };
    const ended = () => {
      this.#unseat(call);
      resolve(false);
    };
    const answered = () => {
      release();
      this.#unseat(call);
      tell('answered');
      sendDigits();
      resolve(true);
    };
    const release = call.watch({
      progressed: (state) => {
        if (state === 'answered') return answered();
        if (!rang) tell('ring');
        rang = true;
        if (state === 'early' && invite.sendOnPreanswer) sendDigits();
        this.#sound(call);
      },
      ended,
    });
    if (call.gone.aborted) ended();
    else if (call.answered) answered();
    return promise;
  }

  #confirm(call: Call): Promise<boolean> {
    const { invite, services } = this.#options;
    const { confirmKey: key, confirmSound } = invite;
    const sound = confirmSound && { target: confirmSound, askedBy: call };
    return confirm({ sound, key, timeoutMs: CONFIRM_TIMEOUT_MS }, call, services, this.#over.signal);
  }

  #win(leg: PlacedLeg, call: Call): void {
    const { multiParty, mayBeFirst, admit } = this.#options;
    if (!mayBeFirst && multiParty.participants.length === 0) {
      call.hangUp(departures.ended.cause);
      this.#lost(leg, departures.ended.cause);
      return;
    }
    this.#coming = call;
    this.#stop(hangupCause(9000, 'Plivo'));
    multiParty.teller.tell('invite-resolved', { participant: this.#facts(leg), outcome: 'success' });
    void call.ended.then(() => multiParty.settle(this));
    admit(call);
  }

  #lost(leg: PlacedLeg, cause: HangupCause, reason?: string): void {
    const { multiParty } = this.#options;
    if (cause.code !== 9000) this.#lastCause = cause;
    this.#pending--;
    if (this.#pending > 0 || this.#coming) return;
    this.#stop(cause);
    if (multiParty.state !== 'ended') {
      multiParty.teller.tell('invite-resolved', { participant: this.#facts(leg), outcome: outcomeOf(this.#lastCause, reason) });
    }
    multiParty.settle(this);
  }

  #stop(cause: HangupCause): void {
    this.#overCause ??= cause;
    this.#options.multiParty.audio.setDialling(this, []);
    this.#early?.leave();
    this.#early = undefined;
    this.#over.abort();
  }

  /** What the others hear meanwhile: the ring tone or early audio of the leg, a music, or nothing. */
  #sound(call: Call): void {
    const { multiParty, invite, services } = this.#options;
    const { dialMusic } = invite;
    if (dialMusic.kind === 'none' || multiParty.state !== 'active' || this.#overCause) return;
    if (dialMusic.kind !== 'url') {
      if (call.progress === 'early' && call.media) {
        multiParty.audio.setDialling(this, []);
        this.#early ??= multiParty.room.join(call.media, { muted: false, deaf: true, gain: 1, relayDigits: false });
      } else multiParty.audio.setDialling(this, [{ kind: 'tone', tone: 'ringback' }]);
      return;
    }
    describedSounds(call, services, 'dial-music', { url: dialMusic.url, method: 'POST' }, this.#over.signal).then(
      (sources) => {
        if (!this.#overCause) multiParty.audio.setDialling(this, sources);
      },
      (error: unknown) => call.note('dial_music_failed', { reason: String(error) }),
    );
  }

  /** Its early audio is over. */
  #unseat(call: Call): void {
    if (!this.#early || call.progress === 'early') return;
    this.#early.leave();
    this.#early = undefined;
  }

  #facts(leg: PlacedLeg | undefined): ParticipantFacts | undefined {
    if (!leg) return undefined;
    const { callId, from, to } = leg;
    const { role } = this.#options;
    return { memberId: undefined, callId, role, coach: false, address: to, from, to, direction: 'outbound' };
  }
}

function outcomeOf({ code }: HangupCause, reason: string | undefined): InviteOutcome {
  if (reason !== undefined) return 'failed';
  switch (code) {
    case 3000:
    case 3070:
      return 'no-answer';
    case 3010:
    case 3100:
      return 'busy';
    case 3020:
    case 3110:
      return 'rejected';
    case 6010:
      return 'timeout';
    case 9110:
      return 'confirm-key-failed';
    case 1000:
    case 4000:
    case 4020:
      return 'cancelled';
    default:
      return 'failed';
  }
}
