/**
 * Who a message may be from (messaging.md §2, §15). `parseSender` reads the `src` of a request, `checkSender` applies the rules to it.
 *
 * What no retry could repair without changing the request is a Problem (400, the request is refused); what depends on the destination
 * or on the account's numbers is a message error code: in a bulk request it concerns one message, which fails while the others go.
 */
import type { MessageService } from '../carriers/carrier.ts';
import { invalidParameter, missingParameter, type Problem } from '../errors/catalogue.ts';
import type { MessageErrorCode } from '../errors/message-codes.ts';
import { MAX_DIGITS, type PhoneNumber, parseDigits } from './phone-number.ts';

export type SenderKind = 'long_code' | 'toll_free' | 'short_code' | 'alphanumeric';

export interface Sender {
  /** Digits without `+`, or the alphanumeric sender as written. */
  readonly address: string;
  readonly kind: SenderKind;
  /** Undefined for short codes, alphanumeric senders and numbers of no country. */
  readonly countryIso2: string | undefined;
}

/** Short codes: six digits in the documentation, five also in the US, three and four in other countries. */
const SHORT_CODE = /^[0-9]{3,6}$/;
/** 3GPP TS 23.040 §9.1.2.5: an alphanumeric address carries 11 septet characters. */
const MAX_ALPHANUMERIC = 11;
/** Far above any sender with its punctuation. */
const MAX_INPUT_LENGTH = 64;

const NORTH_AMERICA: ReadonlySet<string> = new Set(['US', 'CA']);

/** Reads `src`: a scheme `whatsapp:` and everything outside `A-Z a-z 0-9` are dropped. Answers the Problem that names `src` when it is no sender. */
export function parseSender(input: string): Sender | Problem {
  if (input.length > MAX_INPUT_LENGTH) return invalidParameter('src', 'src parameter is longer than any sender');
  const scheme = input.startsWith('whatsapp:') ? 'whatsapp:'.length : 0;
  const address = input.slice(scheme).replace(/[^A-Za-z0-9]/g, '');
  if (address === '')
    return input.trim() === '' ? missingParameter('src') : invalidParameter('src', 'src parameter has no letter or digit');
  if (/[A-Za-z]/.test(address)) {
    if (address.length > MAX_ALPHANUMERIC) {
      return invalidParameter('src', `src parameter is an alphanumeric sender of more than ${MAX_ALPHANUMERIC} characters`);
    }
    return { address, kind: 'alphanumeric', countryIso2: undefined };
  }
  if (SHORT_CODE.test(address)) return { address, kind: 'short_code', countryIso2: undefined };
  const number = parseDigits(address);
  if (number === undefined) {
    const reason =
      address.length > MAX_DIGITS ? `has more than ${MAX_DIGITS} digits` : 'is not a valid phone number, short code or name';
    return invalidParameter('src', `src parameter ${reason}`);
  }
  return { address, kind: number.kind === 'toll_free' ? 'toll_free' : 'long_code', countryIso2: number.countryIso2 };
}

/** What the account's inventory says about the sender; undefined in its place when the number is not on the account. */
export interface OwnedNumber {
  readonly smsEnabled: boolean;
  readonly mmsEnabled: boolean;
  /** Country the number was rented in; tells a Canadian toll-free number from one of the US, which the digits cannot. */
  readonly countryIso2: string | undefined;
}

export interface SenderFacts {
  readonly sender: Sender;
  readonly destination: Pick<PhoneNumber, 'digits' | 'countryIso2'>;
  readonly service: MessageService;
  readonly owned: OwnedNumber | undefined;
  /** Registration is enforced, and the number lacks what the destination asks for. */
  readonly isUnregistered?: boolean;
}

export type SenderVerdict =
  | { readonly kind: 'allowed' }
  /** This message fails with the code before any carrier sees it; not charged. */
  | { readonly kind: 'fails'; readonly errorCode: MessageErrorCode }
  /** The request is refused. */
  | { readonly kind: 'refused'; readonly problem: Problem };

const allowed: SenderVerdict = { kind: 'allowed' };
const fails = (errorCode: MessageErrorCode): SenderVerdict => ({ kind: 'fails', errorCode });
const refuse = (parameter: string, message: string): SenderVerdict => ({
  kind: 'refused',
  problem: invalidParameter(parameter, message),
});

/**
 * The rules in the order they are applied:
 * 1. sender and destination differ (400);
 * 2. MMS goes to the US and Canada only (400 `dst`), from an MMS-enabled number (400 `src`);
 * 3. WhatsApp comes from a number of the account (40);
 * 4. to the US and Canada: no alphanumeric sender (40), only numbers of the account (40), no US toll-free number to Canada (201);
 * 5. a number of the account is SMS-enabled (40). A number that is not on the account may be used elsewhere, without promise;
 * 6. where registration is enforced, SMS and MMS come from a registered number (100): carriers would block the others.
 */
export function checkSender({ sender, destination, service, owned, isUnregistered }: SenderFacts): SenderVerdict {
  if (sender.address === destination.digits) return refuse('dst', 'src and dst must not be the same number');
  const country = destination.countryIso2;
  const toNorthAmerica = country !== undefined && NORTH_AMERICA.has(country);
  if (service === 'mms') {
    if (!toNorthAmerica) return refuse('dst', `${destination.digits} is outside the US and Canada, where MMS is supported`);
    if (owned && !owned.mmsEnabled) return refuse('src', `${sender.address} is not MMS-enabled`);
  }
  if (service === 'whatsapp') return owned ? allowed : fails('40');
  if (toNorthAmerica) {
    if (sender.kind === 'alphanumeric' || !owned) return fails('40');
    if (sender.kind === 'toll_free' && country === 'CA' && (owned.countryIso2 ?? sender.countryIso2) === 'US')
      return fails('201');
  }
  if (service === 'sms' && owned && !owned.smsEnabled) return fails('40');
  return isUnregistered ? fails('100') : allowed;
}
