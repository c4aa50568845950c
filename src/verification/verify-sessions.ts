import { ownerOf, type Scope } from '../accounts/account.ts';
import type { Found, PageRequest, Reach } from '../accounts/reach.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import type { PhoneNumber } from '../messaging/phone-number.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { applicationDefaults } from './application-limits.ts';
import type { VerifyApplicationStore } from './application-store.ts';
import type { CodeCaller, CodeCallProgress } from './code-caller.ts';
import type { CodeMessages } from './code-messages.ts';
import { messageText, spokenText } from './code-texts.ts';
import { sameDigest, type VerificationCodes } from './codes.ts';
import type { VerifyNotice } from './notices.ts';
import type { AttemptDetails, ShownSession, VerifyApplication, VerifyChannel, VerifySession } from './session.ts';
import type { SessionFilter, SessionStore, ValidationResult } from './session-store.ts';

export interface VerifySessionsDependencies {
  readonly store: SessionStore;
  readonly applications: VerifyApplicationStore;
  readonly codes: VerificationCodes;
  readonly messages: CodeMessages;
  readonly caller: CodeCaller;
  /** Tells at once, outside of any transaction. */
  readonly tell: (notice: VerifyNotice) => Promise<void>;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** A request for a code. Absent values are the application's. */
export interface CodeRequest {
  readonly recipient: PhoneNumber;
  readonly appId: string | undefined;
  readonly channel: VerifyChannel | undefined;
  readonly locale: string | undefined;
  readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
  readonly brandName: string | undefined;
  readonly appHash: string | undefined;
  readonly codeLength: number | undefined;
  /** Key that whoever answers has to press before the code is spoken. */
  readonly dtmf: number | undefined;
  readonly fraudCheck: 'enabled' | 'disabled' | undefined;
  /** Code of the request's own. */
  readonly otp: string | undefined;
  readonly src: string | undefined;
  readonly requesterIp: string;
  readonly idempotencyKey: string | undefined;
}

/** account-numbers.md §12: codes handed in for one session. */
const MAX_VALIDATIONS = 10;
/** Fraud shield: codes to numbers of one range, which somebody who is paid for messages to it would ask for. */
const RANGE_CODES_PER_HOUR = 30;
/** A range is what differs in the last digits only: a hundred numbers. */
const RANGE_TAIL = 2;
/** Codes to one number, over all sessions: whoever has it is not to be bothered by a loop. */
const CODES_PER_HOUR = 20;
const HOUR_MS = 3_600_000;
/** Nodes that make an account's default application at once make the same. */
const UUID_OF_DEFAULTS = '00000000-0000-7000-8000-000000000000';

/** Shows by a code that somebody has a number: sends it, takes it back, and keeps what became of it (account-numbers.md §12). */
export class VerifySessions {
  readonly #needs: VerifySessionsDependencies;

  constructor(needs: VerifySessionsDependencies) {
    this.#needs = needs;
  }

  /** Sends a code; resolves with the session's id when it is on its way. @throws Problem */
  async begin(scope: Scope, asked: CodeRequest): Promise<string> {
    const { store, ids, clock, codes } = this.#needs;
    const application = await this.#application(scope, asked.appId);
    const request = { ...asked, channel: channelOf(application, asked.channel) };
    await this.#limit(scope, request);
    const key = request.idempotencyKey ?? ids.uuid();
    const attemptId = derivedUuid(key, 0);
    const sessionId = derivedUuid(key, 1);
    const codeLength = request.codeLength ?? request.otp?.length ?? application.codeLength;
    const now = clock.now();
    const begun = await store.begin(
      {
        sessionId,
        accountId: scope.account.authId,
        ownerId: ownerOf(scope),
        appId: application.appId,
        alias: application.alias,
        recipient: request.recipient.digits,
        country: request.recipient.countryIso2 ?? '',
        channel: request.channel,
        locale: request.locale ?? application.locale,
        brandName: request.brandName ?? application.brandName,
        appHash: request.appHash ?? application.appHash,
        callback: request.callback,
        requesterIp: request.requesterIp,
        expiresAt: new Date(now + application.expiryS * 1000),
        createdAt: new Date(now),
        codeLength,
        codeDigest: codes.digest(sessionId, request.otp ?? codes.codeOf(sessionId, codeLength)),
      },
      { attemptId, details: detailsOf(request) },
      application.maxAttempts,
    );
    if (begun.kind === 'spent') {
      throw new Problem('rate_limit_exceeded', `only ${application.maxAttempts} codes are sent in one session`, {
        retryAfterSeconds: Math.max(1, Math.ceil((begun.expiresAt.getTime() - now) / 1000)),
      });
    }
    const { session, sequence } = begun;
    const code = request.otp ?? codes.codeOf(session.sessionId, begun.codeLength);
    const digest = codes.digest(session.sessionId, code);
    // The code that is sent last is the one that counts, whoever has made it: one of a request's own cannot be sent again.
    const isNew = !sameDigest(begun.codeDigest, digest);
    try {
      if (isNew) await store.setCode(session.sessionId, digest);
      await this.#send(scope, request, { application, session, sequence, attemptId, code, key });
    } catch (error) {
      if (isNew) await store.setCode(session.sessionId, begun.codeDigest);
      await store.abandon(session.sessionId, attemptId);
      throw error;
    }
    return session.sessionId;
  }

  validate(reach: Reach, sessionId: string, code: string): Promise<ValidationResult> {
    const { store, codes, clock } = this.#needs;
    return store.validate(reach, sessionId, codes.digest(sessionId, code), MAX_VALIDATIONS, new Date(clock.now()));
  }

  find(reach: Reach, sessionId: string): Promise<ShownSession | undefined> {
    return this.#needs.store.find(reach, sessionId, new Date(this.#needs.clock.now()));
  }

  list(reach: Reach, filter: SessionFilter, page: PageRequest): Promise<Found<ShownSession>> {
    return this.#needs.store.list(reach, filter, page, new Date(this.#needs.clock.now()));
  }

  /** Ends sessions whose time is over. */
  lapse(): Promise<number> {
    return this.#needs.store.lapseDue(new Date(this.#needs.clock.now()));
  }

  forgetBefore(ms: number): Promise<void> {
    return this.#needs.store.forgetBefore(ms);
  }

  /** The named one; the account's default one, made when it is first asked for. */
  async #application(scope: Scope, appId: string | undefined): Promise<VerifyApplication> {
    const { applications, clock } = this.#needs;
    const accountId = scope.account.authId;
    if (appId !== undefined) {
      const named = await applications.find(accountId, appId);
      if (named) return named;
      throw invalidParameter('app_uuid', 'app_uuid parameter is invalid: the account has no such Verify application');
    }
    const found = await applications.findDefault(accountId);
    if (found) return found;
    const made = {
      ...applicationDefaults,
      appId: derivedUuid(`${UUID_OF_DEFAULTS} ${accountId}`, 0),
      accountId,
      brandName: scope.account.name,
    };
    await applications.insertDefault(made, new Date(clock.now()));
    return (await applications.findDefault(accountId)) ?? made;
  }

  async #limit(scope: Scope, { recipient, channel, fraudCheck }: ChosenRequest): Promise<void> {
    const { limiter } = this.#needs;
    const take = async (key: string, limit: number, message: string) => {
      const decision = await limiter.take(`verify:${scope.account.authId}:${key}`, limit, HOUR_MS);
      if (decision.allowed) return;
      const retryAfterSeconds = Math.ceil(decision.retryAfterMs / 1000);
      throw new Problem('rate_limit_exceeded', message, { retryAfterSeconds });
    };
    await take(recipient.digits, CODES_PER_HOUR, `only ${CODES_PER_HOUR} codes an hour are sent to one number`);
    if (channel !== 'sms' || fraudCheck === 'disabled') return;
    const range = `range:${recipient.digits.slice(0, -RANGE_TAIL)}`;
    await take(range, RANGE_CODES_PER_HOUR, 'too many codes an hour are asked for numbers of this range');
  }

  async #send(scope: Scope, request: ChosenRequest, made: MadeAttempt): Promise<void> {
    const { application, session, sequence, attemptId, code, key } = made;
    const text = { locale: session.locale, code, brandName: session.brandName, expiryS: application.expiryS };
    const requestedAt = this.#needs.clock.now();
    if (request.channel === 'sms') {
      return this.#needs.messages.send(scope, {
        to: request.recipient,
        src: request.src,
        text: messageText({ ...text, template: application.template, appHash: session.appHash }),
        requesterIp: request.requesterIp,
        idempotencyKey: key,
        callback: session.callback,
        verification: { sessionId: session.sessionId, sequence, requestedAt },
        otherChannel: 'voice',
      });
    }
    const digit = String(request.dtmf ?? '');
    const spoken = spokenText(text, digit);
    await this.#needs.caller.speakCode(scope, {
      to: request.recipient.digits,
      callId: attemptId,
      code,
      text: spoken.text,
      language: spoken.language,
      challenge: request.dtmf === undefined ? undefined : { key: digit, text: spoken.press },
      progress: (progress) => this.#progressed(session, { attemptId, sequence, requestedAt }, progress),
    });
  }

  #progressed(
    session: VerifySession,
    attempt: { readonly attemptId: string; readonly sequence: number; readonly requestedAt: number },
    status: CodeCallProgress,
  ): void {
    const { sessionId, ownerId, recipient, callback, state } = session;
    if (!callback) return;
    const { tell, clock, log } = this.#needs;
    const notice = { sessionId, ownerId, recipient, callback, state, channel: 'voice', at: clock.now() } as const;
    tell({ ...notice, attempt: { ...attempt, status, errorCode: undefined } }).catch((error: unknown) =>
      log.warn({ err: error, session_uuid: sessionId }, 'a status callback of a verification was not stored'),
    );
  }
}

type ChosenRequest = CodeRequest & { readonly channel: VerifyChannel };

/** @throws Problem for one that the application does not use */
function channelOf({ channels }: VerifyApplication, asked: VerifyChannel | undefined): VerifyChannel {
  const channel = channels.find((each) => asked === undefined || each === asked);
  if (channel) return channel;
  throw invalidParameter('channel', `channel parameter is invalid: the Verify application uses ${channels.join(', ')}`);
}

interface MadeAttempt {
  readonly application: VerifyApplication;
  readonly session: VerifySession;
  readonly sequence: number;
  readonly attemptId: string;
  readonly code: string;
  readonly key: string;
}

const detailsOf = ({ dtmf, fraudCheck, brandName, appHash, codeLength }: CodeRequest): AttemptDetails => ({
  ...(dtmf !== undefined && { dtmf }),
  ...(fraudCheck !== undefined && { fraudCheck }),
  ...(brandName !== undefined && { brandName }),
  ...(appHash !== undefined && { appHash }),
  ...(codeLength !== undefined && { codeLength }),
});
