import type { Micros } from '../billing/money.ts';
import type { ElementUrl } from '../voice/document.ts';
import type { MaskingState } from './session-machine.ts';

/** What of a session decides how its calls go and no query asks for. Kept as JSON. */
export interface MaskingPlan {
  readonly sessionExpiryS: number;
  readonly callTimeLimitS: number;
  readonly ringTimeoutS: number;
  readonly callsFirstParty: boolean;
  /** URLs of audio; undefined = nothing is played. */
  readonly firstPartyPlay?: string | undefined;
  readonly secondPartyPlay?: string | undefined;
  readonly record: boolean;
  readonly recordFormat: 'mp3' | 'wav';
  readonly recordingCallback?: ElementUrl | undefined;
  readonly generatesPin: boolean;
  readonly pinLength: number;
  readonly pinPrompt?: string | undefined;
  /** Tries after the first. */
  readonly pinRetries: number;
  /** Time for each try. */
  readonly pinWaitS: number;
  readonly incorrectPinPlay?: string | undefined;
  readonly unknownCallerPlay?: string | undefined;
  /** Also the parties' own numbers need their PIN. */
  readonly forcesPin: boolean;
  readonly isSingleParty: boolean;
  readonly cooloffS: number;
}

/** Two parties that reach each other by a number of the account. Numbers are digits without `+`. */
export interface MaskingSession {
  readonly sessionId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly virtualNumber: string;
  /** One of them is null in a session with a single party. */
  readonly firstParty: string | null;
  readonly secondParty: string | null;
  /** Who called last in such a session. */
  readonly lastCaller: string | null;
  readonly state: MaskingState;
  readonly pinRequired: boolean;
  readonly firstPin: string | null;
  readonly secondPin: string | null;
  readonly plan: MaskingPlan;
  readonly callback: ElementUrl | undefined;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly expiresAt: Date;
}

/** One call between the parties. */
export interface Interaction {
  readonly firstCallId: string;
  readonly secondCallId: string | null;
  readonly recordingId: string | null;
  readonly firstStatus: string;
  readonly secondStatus: string;
  readonly durationS: number;
  readonly billedS: number;
  readonly amountMicros: Micros;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface ShownMasking extends MaskingSession {
  readonly interactions: readonly Interaction[];
  /** A call between the parties is up. */
  readonly isTalking: boolean;
}

/** Who is at the other end of the session for a number: whom it reaches, or `stranger` to it. */
export type Partner =
  | { readonly kind: 'number'; readonly number: string; readonly side: 'first' | 'second' }
  | { readonly kind: 'stranger' };

/**
 * Whom `caller` reaches. In a session with a single party anybody reaches that party, and the party reaches whoever called last
 * (account-numbers.md §13).
 */
export function partnerOf(session: MaskingSession, caller: string): Partner {
  const { firstParty, secondParty, lastCaller, plan, pinRequired } = session;
  const stranger = { kind: 'stranger' } as const;
  const reach = (number: string | null, side: 'first' | 'second'): Partner =>
    number === null ? stranger : { kind: 'number', number, side };
  if (caller === firstParty) return reach(secondParty ?? lastCaller, 'first');
  if (caller === secondParty) return reach(firstParty ?? lastCaller, 'second');
  if (!plan.isSingleParty || pinRequired) return stranger;
  return firstParty === null ? reach(secondParty, 'first') : reach(firstParty, 'second');
}
