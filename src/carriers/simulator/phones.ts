/**
 * Virtual phones: every number that is not of this instance is one, without being set up. They text numbers of this instance, and what
 * was sent to them can be read. For developers, tests and demonstrations; what they received is theirs, so it is whole even when the
 * sender's own record is redacted.
 */
import { invalidParameter, missingParameter, notFound, Problem } from '../../errors/catalogue.ts';
import { segmentText, textLimitExceeded } from '../../messaging/encoding/segments.ts';
import { parseDestination } from '../../messaging/phone-number.ts';
import type { CarrierInbound, InboundMedia } from '../carrier.ts';
import type { PhoneMessage, SimulatorStore } from './simulator-store.ts';

/** Inbound MMS carries at most ten attachments (messaging.md §6). */
const MAX_MEDIA = 10;
/** Messages of an inbox in one answer. */
export const MAX_INBOX = 1000;

export interface PhonesOptions {
  readonly store: SimulatorStore;
  readonly isOwnNumber: (digits: string) => boolean | Promise<boolean>;
  /** Fetches one attachment; bounds size and time itself, rejects when it cannot. */
  readonly fetchMedia: (url: string) => Promise<InboundMedia>;
  /** `SimulatorCarrier.bringIn`: resolves when the message is stored. */
  readonly bringIn: (message: Omit<CarrierInbound, 'carrier' | 'link' | 'receivedAt'>) => Promise<void>;
}

export class VirtualPhones {
  readonly #options: PhonesOptions;

  constructor(options: PhonesOptions) {
    this.#options = options;
  }

  /** What the phone received, newest last; the newest `limit` of it. */
  async receive(number: string, limit = MAX_INBOX): Promise<readonly PhoneMessage[]> {
    return this.#options.store.inbox(phoneOf(number), Math.max(1, Math.min(limit, MAX_INBOX)));
  }

  /**
   * The phone texts a number of this instance: SMS, or MMS when there is media. Resolves when it is stored. Problems: `number`, `to`,
   * `text` or `media_urls` invalid (400), `to` not a number of this instance (404).
   */
  async text(number: string, to: string, text: string, mediaUrls: readonly string[] = []): Promise<void> {
    const from = phoneOf(number);
    if (to === '') throw missingParameter('to');
    const target = /^[0-9]{3,6}$/.test(to) ? to : digitsOf('to', to);
    if (from === target) throw invalidParameter('to', 'a phone does not text itself');
    if (text === '' && mediaUrls.length === 0) throw missingParameter('text');
    const exceeded = textLimitExceeded(text);
    if (exceeded) {
      throw invalidParameter('text', `text has ${exceeded.length} characters, ${exceeded.limit} fit in ${exceeded.encoding}`);
    }
    if (mediaUrls.length > MAX_MEDIA) throw invalidParameter('media_urls', `media_urls has more than ${MAX_MEDIA} entries`);
    if (!(await this.#options.isOwnNumber(target))) throw notFound();
    const media = await Promise.all(mediaUrls.map((url) => this.#fetch(url)));
    const isMms = media.length > 0;
    await this.#options.bringIn({
      from,
      to: target,
      service: isMms ? 'mms' : 'sms',
      text,
      parts: isMms ? 1 : segmentText(text).parts.length,
      media,
    });
  }

  async #fetch(url: string): Promise<InboundMedia> {
    try {
      return await this.#options.fetchMedia(url);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Problem('invalid_parameter', `media_urls: ${url} could not be fetched: ${reason}`, {
        parameter: 'media_urls',
        cause: error,
      });
    }
  }
}

const phoneOf = (number: string): string => digitsOf('number', number);

function digitsOf(parameter: string, input: string): string {
  const result = parseDestination(input);
  if (!result.ok) throw invalidParameter(parameter, `'${result.sanitised}' is not a valid phone number.`);
  return result.number.digits;
}
