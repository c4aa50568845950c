import type { Scope } from '../accounts/account.ts';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import { Problem } from '../errors/catalogue.ts';
import type { PhoneNumber } from '../messaging/phone-number.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type { CodeCaller } from '../verification/code-caller.ts';
import type { CodeMessages } from '../verification/code-messages.ts';
import type { VerificationCodes } from '../verification/codes.ts';
import type {
  CodeResult,
  VerificationChannel,
  VerifiedCaller,
  VerifiedCallerFilter,
  VerifiedCallerStore,
} from './verified-caller-store.ts';

export interface VerifiedCallersDependencies {
  readonly store: VerifiedCallerStore;
  readonly codes: VerificationCodes;
  readonly messages: CodeMessages;
  readonly caller: CodeCaller;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface BeginVerification {
  readonly number: PhoneNumber;
  readonly alias: string;
  readonly channel: VerificationChannel;
  readonly country: string;
  /** Whose it will be; null = the main account's. */
  readonly subaccountId: string | null;
  readonly requesterIp: string;
  /** Of the request, so that a repeated asynchronous one begins the same verification again. */
  readonly idempotencyKey: string | undefined;
}

/** voice-api.md §11. */
export const CODE_VALID_MS = 15 * 60_000;
const CODE_DIGITS = 6;
/** Guessing one of 900,000 codes in five attempts succeeds once in 180,000. */
const MAX_ATTEMPTS = 5;
/** Codes to one number: whoever has it is not to be bothered, nor the account to be charged, by a loop. */
const CODES_PER_HOUR = 5;
const HOUR_MS = 3_600_000;
/** Numbers that an account may show as caller though it has not rented them: shown to be its own by a code. */
export class VerifiedCallers {
  readonly #needs: VerifiedCallersDependencies;

  constructor(needs: VerifiedCallersDependencies) {
    this.#needs = needs;
  }

  /** Sends a code. Resolves with the id of the verification when the code is on its way. */
  async begin(scope: Scope, given: BeginVerification): Promise<string> {
    const { store, codes, ids, clock, limiter } = this.#needs;
    const { digits } = given.number;
    const key = `verify-caller:${scope.account.authId}:${digits}`;
    const decision = await limiter.take(key, CODES_PER_HOUR, HOUR_MS);
    if (!decision.allowed) {
      throw new Problem('rate_limit_exceeded', `only ${CODES_PER_HOUR} codes an hour are sent to one number`, {
        retryAfterSeconds: Math.ceil(decision.retryAfterMs / 1000),
      });
    }
    const verificationId = given.idempotencyKey === undefined ? ids.uuid() : derivedUuid(given.idempotencyKey, 0);
    const code = codes.codeOf(verificationId, CODE_DIGITS);
    const now = clock.now();
    await store.begin({
      accountId: scope.account.authId,
      subaccountId: given.subaccountId,
      phoneNumber: digits,
      verificationId,
      alias: given.alias,
      country: given.country,
      channel: given.channel,
      createdAt: new Date(now),
      codeHash: codes.digest(verificationId, code),
      expiresAt: new Date(now + CODE_VALID_MS),
    });
    try {
      if (given.channel === 'sms') await this.#text(scope, given, code);
      else await this.#call(scope, digits, code);
    } catch (error) {
      await store.abandon(verificationId);
      throw error;
    }
    return verificationId;
  }

  verify(reach: Reach, verificationId: string, code: string): Promise<CodeResult> {
    const { store, codes, clock } = this.#needs;
    return store.verify(reach, verificationId, codes.digest(verificationId, code), MAX_ATTEMPTS, new Date(clock.now()));
  }

  find(reach: Reach, digits: string): Promise<VerifiedCaller | undefined> {
    return this.#needs.store.find(reach, digits);
  }

  list(reach: Reach, filter: VerifiedCallerFilter, page: PageRequest): Promise<Found<VerifiedCaller>> {
    return this.#needs.store.list(reach, filter, page);
  }

  update(
    reach: Reach,
    digits: string,
    change: { readonly alias?: string; readonly subaccountId?: string | null },
  ): Promise<VerifiedCaller | undefined> {
    return this.#needs.store.update(reach.accountId, digits, change, new Date(this.#needs.clock.now()));
  }

  delete(reach: Reach, digits: string): Promise<boolean> {
    return this.#needs.store.delete(reach, digits);
  }

  #text(scope: Scope, { number, requesterIp }: BeginVerification, code: string): Promise<void> {
    return this.#needs.messages.send(scope, {
      to: number,
      src: undefined,
      text: `Your verification code is ${code}. It is valid for 15 minutes.`,
      requesterIp,
      idempotencyKey: undefined,
      callback: undefined,
      verification: undefined,
      otherChannel: 'call',
    });
  }

  #call(scope: Scope, digits: string, code: string): Promise<void> {
    return this.#needs.caller.speakCode(scope, {
      to: digits,
      callId: undefined,
      code,
      text: `Your verification code is: ${[...code].join(', ')}.`,
      language: 'en-US',
      challenge: undefined,
    });
  }
}
