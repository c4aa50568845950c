import type { Clock } from '../runtime/clock.ts';
import { FreshCache } from '../runtime/fresh-cache.ts';
import type { CallProgram } from '../voice/call-program.ts';
import { MaskedCall, type MaskedCallNeeds, type MaskedRoute } from './masked-call.ts';
import type { MaskingStore } from './masking-store.ts';
import { type MaskingSession, partnerOf } from './session.ts';

export interface MaskedNumbersNeeds extends Omit<MaskedCallNeeds, 'store'> {
  readonly store: MaskedCallNeeds['store'] & Pick<MaskingStore, 'ofNumber'>;
}

/** How long a session that another node has made, or ended, may go unseen. */
const FRESH_MS = 1_000;
/** Most numbers have no session, which is a hundred bytes. */
const MAX_ENTRIES = 50_000;

/** A call or message of a virtual number whose session knows what to do with it. */
export interface MaskedMessage {
  readonly ownerId: string;
  readonly sessionId: string;
  /** Whom it goes to. */
  readonly to: string;
}

/** What calls and messages to a number ask: whether sessions have it, and where they lead. */
export class MaskedNumbers {
  readonly #needs: MaskedNumbersNeeds;
  readonly #clock: Clock;
  readonly #sessions: FreshCache<readonly MaskingSession[]>;

  constructor(needs: MaskedNumbersNeeds) {
    this.#needs = needs;
    this.#clock = needs.clock;
    const load = (number: string) => needs.store.ofNumber(number, new Date(needs.clock.now()));
    this.#sessions = new FreshCache(needs.clock, { freshMs: FRESH_MS, capacity: MAX_ENTRIES }, load);
  }

  /** A session of the number has been made, changed or ended here. */
  invalidate(number: string): void {
    this.#sessions.invalidate(number);
  }

  /** What a call to the number runs, and whose it is; undefined = no session has the number. */
  async programFor(
    number: string,
    caller: string,
  ): Promise<{ readonly ownerId: string; readonly program: CallProgram } | undefined> {
    const sessions = await this.#active(number);
    const [newest] = sessions;
    if (!newest) return undefined;
    const route = routeOf(sessions, newest, caller);
    const { ownerId } = route.kind === 'connect' ? route.session : newest;
    // Who called last is part of what is remembered.
    if (route.kind === 'connect' && route.session.plan.isSingleParty) this.invalidate(number);
    return { ownerId, program: new MaskedCall(route, this.#needs) };
  }

  /** Undefined = no session has the number, or none that the sender is a party of. */
  async messageFor(number: string, sender: string): Promise<MaskedMessage | undefined> {
    for (const session of await this.#active(number)) {
      const partner = partnerOf(session, sender);
      if (partner.kind === 'stranger') continue;
      if (session.plan.isSingleParty && sender !== session.firstParty && sender !== session.secondParty) {
        await this.#needs.store.called(session.sessionId, sender);
        this.invalidate(number);
      }
      return { ownerId: session.ownerId, sessionId: session.sessionId, to: partner.number };
    }
    return undefined;
  }

  async #active(number: string): Promise<readonly MaskingSession[]> {
    const now = this.#clock.now();
    return (await this.#sessions.get(number)).filter((session) => session.expiresAt.getTime() > now);
  }
}

/** A party goes to the other, unless its session wants a PIN of everybody; a stranger is asked for one, or gets in nowhere. */
function routeOf(sessions: readonly MaskingSession[], newest: MaskingSession, caller: string): MaskedRoute {
  for (const session of sessions) {
    const partner = partnerOf(session, caller);
    if (partner.kind === 'stranger') continue;
    if (session.pinRequired && session.plan.forcesPin) return { kind: 'pin', sessions: [session] };
    return { kind: 'connect', session, to: partner.number, side: partner.side };
  }
  const [first, ...others] = sessions.filter((session) => session.pinRequired);
  if (first) return { kind: 'pin', sessions: [first, ...others] };
  return { kind: 'reject', play: newest.plan.unknownCallerPlay };
}
