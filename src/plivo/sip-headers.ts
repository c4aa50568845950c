/**
 * Custom SIP headers as XML (`sipHeaders`) and API (`sip_headers`) write them: `Key=Value,Key2=Value2` (voice-xml.md §9). On the
 * wire of SIP and in webhooks each is called `X-PH-<Key>`.
 */

const NAME = /^[A-Za-z0-9-]{1,24}$/;
const VALUE = /^[A-Za-z0-9_\-+()%.]{1,120}$/;
/** Names that steer the platform or belong to others. */
const RESERVED = /^(?:PH-|Plivo|FS-|SipAuth|ZT-|Twilio|ClientRegion$)/i;
/** More would not fit beside the other headers into one datagram. */
const MAX_HEADERS = 20;

export interface SipHeaders {
  /** Names without `X-PH-`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why pairs were left out, for the timeline. They are no reason to fail a call. */
  readonly dropped: readonly string[];
}

export function parseSipHeaders(text: string | undefined): SipHeaders {
  const headers = new Map<string, string>();
  const dropped = new Set<string>();
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const mark = pair.indexOf('=');
    const name = (mark === -1 ? pair : pair.slice(0, mark)).trim().replace(/^X-PH-/i, '');
    const value = mark === -1 ? '' : pair.slice(mark + 1).trim();
    if (!NAME.test(name)) dropped.add('a name is not of 1 to 24 letters, digits and hyphens');
    else if (RESERVED.test(name)) dropped.add(`the name ${name} is reserved`);
    else if (!VALUE.test(value)) dropped.add(`the value of ${name} is not of 1 to 120 letters, digits and _ - + ( ) % .`);
    else if (headers.size >= MAX_HEADERS) dropped.add(`there are more than ${MAX_HEADERS}`);
    else headers.set(name, value);
  }
  return { headers: Object.fromEntries(headers), dropped: [...dropped] };
}
