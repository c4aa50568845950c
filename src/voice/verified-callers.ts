import { createHash } from 'node:crypto';
import { ownerOf, type Scope } from '../accounts/account.ts';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import type { PhoneNumber } from '../messaging/phone-number.ts';
import type { SendService } from '../messaging/send.ts';
import type { NumberStore } from '../numbers/number-store.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type {
  CodeResult,
  VerificationChannel,
  VerifiedCaller,
  VerifiedCallerFilter,
  VerifiedCallerStore,
} from './verified-caller-store.ts';

/** Calls a number and speaks a code, a digit at a time and more than once. */
export interface VerificationCaller {
  /** Resolves when the call is on its way; whether anybody answers is for the holder of the number to say. @throws Problem */
  speakCode(scope: Scope, digits: string, code: string): Promise<void>;
}

export interface VerifiedCallersDependencies {
  readonly store: VerifiedCallerStore;
  readonly sending: Pick<SendService, 'send'>;
  readonly numbers: Pick<NumberStore, 'list'>;
  readonly caller: VerificationCaller;
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
/** Where senders may be names: what the message comes from when the account has no number that can send. */
const SENDER_NAME = 'VERIFY';
const NUMBERS_ONLY: ReadonlySet<string> = new Set(['US', 'CA']);
/** As any message. */
const EXPIRY_S = 900;

/** Numbers that an account may show as caller though it has not rented them: shown to be its own by a code. */
export class VerifiedCallers {
  readonly #needs: VerifiedCallersDependencies;

  constructor(needs: VerifiedCallersDependencies) {
    this.#needs = needs;
  }

  /** Sends a code. Resolves with the id of the verification when the code is on its way. */
  async begin(scope: Scope, given: BeginVerification): Promise<string> {
    const { store, ids, clock, limiter } = this.#needs;
    const { digits } = given.number;
    const key = `verify-caller:${scope.account.authId}:${digits}`;
    const decision = await limiter.take(key, CODES_PER_HOUR, HOUR_MS);
    if (!decision.allowed) {
      throw new Problem('rate_limit_exceeded', `only ${CODES_PER_HOUR} codes an hour are sent to one number`, {
        retryAfterSeconds: Math.ceil(decision.retryAfterMs / 1000),
      });
    }
    const verificationId = given.idempotencyKey === undefined ? ids.uuid() : derivedUuid(given.idempotencyKey, 0);
    const code = ids.digits(CODE_DIGITS);
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
      codeHash: hashOf(verificationId, code),
      expiresAt: new Date(now + CODE_VALID_MS),
    });
    try {
      if (given.channel === 'sms') await this.#text(scope, given, code);
      else await this.#needs.caller.speakCode(scope, digits, code);
    } catch (error) {
      await store.abandon(verificationId);
      throw error;
    }
    return verificationId;
  }

  verify(reach: Reach, verificationId: string, code: string): Promise<CodeResult> {
    const hash = hashOf(verificationId.toLowerCase(), code.trim());
    return this.#needs.store.verify(reach, verificationId, hash, MAX_ATTEMPTS, new Date(this.#needs.clock.now()));
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

  /** The text is not kept with the record of the message. */
  async #text(scope: Scope, { number, requesterIp }: BeginVerification, code: string): Promise<void> {
    await this.#needs.sending.send(scope, {
      src: await this.#sender(scope, number),
      dst: number.digits,
      text: `Your verification code is ${code}. It is valid for 15 minutes.`,
      service: 'sms',
      mediaUrls: [],
      mediaIds: [],
      structured: undefined,
      callbackUrl: undefined,
      callbackMethod: 'POST',
      expirySeconds: EXPIRY_S,
      log: 'number_only',
      trackable: false,
      details: undefined,
      requesterIp,
      idempotencyKey: undefined,
    });
  }

  /** A number of the caller that can send; where none is needed, a name. */
  async #sender(scope: Scope, to: PhoneNumber): Promise<string> {
    const reach = { accountId: scope.account.authId, subaccountId: scope.subaccount?.authId };
    const { items } = await this.#needs.numbers.list(reach, { services: ['sms'] }, { limit: 1, offset: 0 });
    const own = items.find((item) => item.number !== to.digits);
    if (own) return own.number;
    if (to.countryIso2 !== undefined && !NUMBERS_ONLY.has(to.countryIso2)) return SENDER_NAME;
    throw invalidParameter(
      'channel',
      `channel parameter is invalid: ${ownerOf(scope)} has no number that can send an SMS to this country, use call`,
    );
  }
}

/** Useless without the id, and guessed only by trying all codes of one verification. */
const hashOf = (verificationId: string, code: string): Buffer =>
  createHash('sha256').update(`${verificationId} ${code}`).digest();
