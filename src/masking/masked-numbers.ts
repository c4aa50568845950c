import type { Clock } from '../runtime/clock.ts';
import { FreshCache } from '../runtime/fresh-cache.ts';
import type { CallProgram } from '../voice/call-program.ts';
import { MaskedCall, type MaskedCallNeeds, type MaskedRoute } from './masked-call.ts';
import type { MaskingStore } from './masking-store.ts';
import { type MaskingSession, partnerOf } from './session.ts';

export interface MaskedNumbersNeeds extends Omit<MaskedCallNeeds, 'store'> {
  readonly store: MaskedCallNeeds['store'] & Pick<MaskingStore, 'has' | 'forCaller'>;
}

/** How long the first session of a number may go unseen that another node has made. */
const FRESH_MS = 1_000;
/** A hundred bytes each. */
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
  readonly #masked: FreshCache<boolean>;

  constructor(needs: MaskedNumbersNeeds) {
    this.#needs = needs;
    this.#clock = needs.clock;
    const load = (number: string) => needs.store.has(number, new Date(needs.clock.now()));
    this.#masked = new FreshCache(needs.clock, { freshMs: FRESH_MS, capacity: MAX_ENTRIES }, load);
  }

  /** A session of the number has been made or ended here. */
  invalidate(number: string): void {
    this.#masked.invalidate(number);
  }

  /** What a call to the number runs, and whose it is; undefined = no session has the number. */
  async programFor(
    number: string,
    caller: string,
  ): Promise<{ readonly ownerId: string; readonly program: CallProgram } | undefined> {
    const sessions = await this.#active(number, caller);
    const [newest] = sessions;
    if (!newest) return undefined;
    const route = routeOf(sessions, newest, caller);
    const { ownerId } = route.kind === 'connect' ? route.session : newest;
    return { ownerId, program: new MaskedCall(route, this.#needs) };
  }

  /** Undefined = no session has the number, or none that the sender is a party of. */
  async messageFor(number: string, sender: string): Promise<MaskedMessage | undefined> {
    for (const session of await this.#active(number, sender)) {
      const partner = partnerOf(session, sender);
      if (partner.kind === 'stranger') continue;
      if (session.plan.isSingleParty && sender !== session.firstParty && sender !== session.secondParty) {
        await this.#needs.store.called(session.sessionId, sender);
      }
      return { ownerId: session.ownerId, sessionId: session.sessionId, to: partner.number };
    }
    return undefined;
  }

  /** Nearly all numbers have no session: they are asked about from memory. */
  async #active(number: string, caller: string): Promise<readonly MaskingSession[]> {
    if (!(await this.#masked.get(number))) return [];
    return this.#needs.store.forCaller(number, caller, new Date(this.#clock.now()));
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
