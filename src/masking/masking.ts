import type { Account } from '../accounts/account.ts';
import type { MessageRelay } from '../messaging/inbound.ts';
import type { SendService } from '../messaging/send.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { ProgramCalls } from '../voice/program-calls.ts';
import { MaskedMessages } from './masked-messages.ts';
import { MaskedNumbers } from './masked-numbers.ts';
import { MaskingSessions } from './masking-sessions.ts';
import type { MaskingStore } from './masking-store.ts';

export interface MaskingDependencies {
  readonly store: MaskingStore;
  /** Messages and calls are made of what masking is a part of: they are asked for when they are needed. */
  readonly sending: () => Pick<SendService, 'send'>;
  readonly calls: () => ProgramCalls;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Number masking, put together: sessions for requests, what calls and messages to a number ask about them. */
export class Masking {
  readonly sessions: MaskingSessions;
  readonly numbers: MaskedNumbers;
  readonly relay: MessageRelay;

  constructor({ store, sending, calls, account, clock, ids, log }: MaskingDependencies) {
    this.numbers = new MaskedNumbers({ store, clock, log });
    this.relay = new MaskedMessages({ numbers: this.numbers, sending, account, log });
    this.sessions = new MaskingSessions({
      store,
      numbers: this.numbers,
      calls: { start: (...given) => calls().start(...given) },
      clock,
      ids,
      log,
    });
  }
}
