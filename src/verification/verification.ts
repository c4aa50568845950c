import type pg from 'pg';
import type { Account } from '../accounts/account.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import type { SendService } from '../messaging/send.ts';
import type { NumberStore } from '../numbers/number-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Sealing } from '../storage/sealing.ts';
import { VerifyApplicationDesk } from './application-desk.ts';
import { VerifyApplicationStore } from './application-store.ts';
import type { CodeCaller } from './code-caller.ts';
import { CodeMessages } from './code-messages.ts';
import { VerificationCodes } from './codes.ts';
import type { VerifyNotifier } from './notices.ts';
import { SessionStore } from './session-store.ts';
import { VerifySessions } from './verify-sessions.ts';

export interface VerificationDependencies {
  readonly pool: pg.Pool;
  readonly sealing: Pick<Sealing, 'keyFor'>;
  readonly sending: Pick<SendService, 'send'>;
  readonly numbers: Pick<NumberStore, 'list'>;
  readonly caller: CodeCaller;
  readonly notifier: VerifyNotifier;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Verification by codes, put together: what sends codes, for whoever needs one, and the sessions of the API. */
export class Verification {
  readonly codes: VerificationCodes;
  readonly messages: CodeMessages;
  readonly sessions: VerifySessions;
  readonly applications: VerifyApplicationDesk;

  constructor(needs: VerificationDependencies) {
    const { pool, sealing, sending, numbers, caller, notifier, account, limiter, clock, ids, log } = needs;
    this.codes = new VerificationCodes(sealing.keyFor('verification codes'));
    this.messages = new CodeMessages(sending, numbers);
    const applications = new VerifyApplicationStore(pool);
    this.applications = new VerifyApplicationDesk({ store: applications, account, clock, ids });
    this.sessions = new VerifySessions({
      store: new SessionStore(pool, notifier),
      applications,
      codes: this.codes,
      messages: this.messages,
      caller,
      tell: async (notice) => (await notifier.write(pool, [notice]))(),
      limiter,
      clock,
      ids,
      log,
    });
  }
}
