import { ownerOf, type Scope } from '../accounts/account.ts';
import { reachOf } from '../accounts/reach.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import type { MessageVerification } from '../messaging/outbound.ts';
import type { PhoneNumber } from '../messaging/phone-number.ts';
import type { SendService } from '../messaging/send.ts';
import type { NumberStore } from '../numbers/number-store.ts';

/** A code that is to be read. */
export interface WrittenCode {
  readonly to: PhoneNumber;
  /** Undefined = a number of the caller that can send; where none is needed, a name. */
  readonly src: string | undefined;
  readonly text: string;
  readonly requesterIp: string;
  /** The same key is sent once. */
  readonly idempotencyKey: string | undefined;
  readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
  readonly verification: MessageVerification | undefined;
  /** What to use where no number can send, for the sentence that says so. */
  readonly otherChannel: string;
}

/** Where senders may be names: what the message comes from when the account has no number that can send. */
const SENDER_NAME = 'VERIFY';
const NUMBERS_ONLY: ReadonlySet<string> = new Set(['US', 'CA']);
/** A code that comes later is of no use. */
const EXPIRY_S = 900;

/** Sends codes by SMS, as messages of the account like any other, whose text is not kept. */
export class CodeMessages {
  readonly #sending: Pick<SendService, 'send'>;
  readonly #numbers: Pick<NumberStore, 'list'>;

  constructor(sending: Pick<SendService, 'send'>, numbers: Pick<NumberStore, 'list'>) {
    this.#sending = sending;
    this.#numbers = numbers;
  }

  /** Resolves when the message is accepted. @throws Problem */
  async send(scope: Scope, written: WrittenCode): Promise<void> {
    const { to, text, callback, requesterIp, idempotencyKey, verification } = written;
    await this.#sending.send(scope, {
      src: written.src ?? (await this.#sender(scope, to, written.otherChannel)),
      dst: to.digits,
      text,
      service: 'sms',
      mediaUrls: [],
      mediaIds: [],
      structured: undefined,
      callbackUrl: callback?.url,
      callbackMethod: callback?.method ?? 'POST',
      expirySeconds: EXPIRY_S,
      log: 'number_only',
      trackable: false,
      details: undefined,
      verification,
      requesterIp,
      idempotencyKey,
    });
  }

  async #sender(scope: Scope, to: PhoneNumber, otherChannel: string): Promise<string> {
    const { items } = await this.#numbers.list(reachOf(scope), { services: ['sms'], isUsable: true }, { limit: 2, offset: 0 });
    const own = items.find((item) => item.number !== to.digits);
    if (own) return own.number;
    if (to.countryIso2 !== undefined && !NUMBERS_ONLY.has(to.countryIso2)) return SENDER_NAME;
    throw invalidParameter(
      'channel',
      `channel parameter is invalid: ${ownerOf(scope)} has no number that can send an SMS to this country, use ${otherChannel}`,
    );
  }
}
