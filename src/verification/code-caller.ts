import type { Scope } from '../accounts/account.ts';

/** A code that is to be heard. */
export interface SpokenCode {
  /** Digits of who is called. */
  readonly to: string;
  /** The call's id; undefined = a new one. */
  readonly callId: string | undefined;
  readonly code: string;
  /** Said more than once. */
  readonly text: string;
  readonly language: string;
  /** The key that whoever answers must press first, and what asks for it: a mailbox does not. */
  readonly challenge: { readonly key: string; readonly text: string } | undefined;
  /** How the call goes; `failed`: nobody answered. */
  readonly progress?: ((progress: CodeCallProgress) => void) | undefined;
}

export type CodeCallProgress = 'ringing' | 'in-progress' | 'completed' | 'failed';

/** Calls a number and speaks a code, a digit at a time and more than once. */
export interface CodeCaller {
  /** Resolves when the call is on its way; whether anybody answers is for the holder of the number to say. @throws Problem */
  speakCode(scope: Scope, spoken: SpokenCode): Promise<void>;
}
