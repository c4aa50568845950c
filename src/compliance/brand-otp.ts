import type { Scope } from '../accounts/account.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import { parseDestinations } from '../messaging/phone-number.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { CodeMessages } from '../verification/code-messages.ts';
import type { VerificationCodes } from '../verification/codes.ts';
import type { Brands } from './brands.ts';

export interface BrandOtpDependencies {
  readonly brands: Brands;
  readonly codes: Pick<VerificationCodes, 'codeOf'>;
  readonly messages: Pick<CodeMessages, 'send'>;
  readonly clock: Clock;
  readonly log: Log;
}

const CODE_LENGTH = 6;
const VALID_MINUTES = 15;
const MINUTE_MS = 60_000;

/**
 * The one-time password by which the contact of a sole proprietor's brand confirms it (compliance.md §3.2): sent by SMS to the mobile of
 * the profile's contact. No code is stored: it comes of the instance key, the brand and the time of the request.
 */
export class BrandOtp {
  readonly #needs: BrandOtpDependencies;

  constructor(needs: BrandOtpDependencies) {
    this.#needs = needs;
  }

  /** Asks the registry, and sends the code. @throws Problem when the brand is not confirmed by a password, or not being processed */
  async request(scope: Scope, id: string, requesterIp: string): Promise<void> {
    const { brands, messages, clock, log } = this.#needs;
    const requestedAt = clock.now();
    const brand = await brands.requestOtp(scope, id, requestedAt);
    const contact = brand.facts.business.authorizedContact?.phone ?? '';
    const [mobile] = parseDestinations(contact).numbers;
    try {
      if (!mobile) throw new Error('the profile has no phone number of its contact');
      const code = this.#codeOf(id, requestedAt);
      await messages.send(scope, {
        to: mobile,
        src: undefined,
        text: `${code} confirms the brand ${brand.facts.alias}. It is valid for ${VALID_MINUTES} minutes.`,
        requesterIp,
        idempotencyKey: undefined,
        callback: undefined,
        verification: undefined,
        otherChannel: 'a number that can',
      });
    } catch (error) {
      // The registry has been asked all the same, and may send its own.
      log.warn({ err: error, brand_id: id }, 'the one-time password of a brand could not be sent by SMS');
    }
  }

  /** Takes the code back; the registry sees that the contact has confirmed. @throws Problem */
  async verify(scope: Scope, id: string, code: string): Promise<void> {
    const { brands, clock } = this.#needs;
    const now = clock.now();
    const result = await brands.confirm(scope, id, now, (requestedAt) =>
      now - requestedAt > VALID_MINUTES * MINUTE_MS ? 'lapsed' : this.#codeOf(id, requestedAt) === code ? 'right' : 'wrong',
    );
    if (result === 'right') return;
    if (result === 'none') throw new Problem('conflict', 'No one-time password was sent for the brand.');
    throw invalidParameter(
      'otp',
      result === 'wrong'
        ? 'otp parameter is invalid: it is not the code that was sent'
        : 'otp parameter is invalid: the code is not valid any more, request another one',
    );
  }

  #codeOf(id: string, requestedAt: number): string {
    return this.#needs.codes.codeOf(`brand ${id} ${requestedAt}`, CODE_LENGTH);
  }
}
