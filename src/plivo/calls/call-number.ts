import { sanitiseNumber } from '../../messaging/phone-number.ts';

/** A number, or the beginning of one, as records hold it: digits without punctuation; SIP addresses as they are. */
export const searchedNumber = (given: string | undefined): string | undefined =>
  given === undefined || /^sips?:/i.test(given) ? given : sanitiseNumber(given);
