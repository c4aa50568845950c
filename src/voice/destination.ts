import { type PhoneNumber, parseDestination as parseNumber } from '../messaging/phone-number.ts';

/** Where a leg goes: what the parameter `to`, a Number or a User of a Dial names. `address` is what records and webhooks show. */
export type Destination =
  | { readonly kind: 'number'; readonly address: string; readonly number: PhoneNumber }
  /** An endpoint, or an application by its id, of this installation. */
  | { readonly kind: 'endpoint'; readonly address: string; readonly username: string }
  /** Somebody else's SIP address. */
  | { readonly kind: 'sip'; readonly address: string; readonly host: string }
  /** Neither: its call ends with 2000. */
  | { readonly kind: 'invalid'; readonly address: string };

/** RFC 3261 §19.1.1 without password and headers, which no destination needs and which could carry what is not meant to be sent. */
const SIP_URI =
  /^(sips?):([A-Za-z0-9\-_.!~*'()&=+$/?%]{1,128})@([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?((?:;[A-Za-z0-9\-_.!~*'()%[\]/:&+$=]{1,128}){0,8})$/i;
const MAX_LENGTH = 512;

/** `home`: hosts that mean this installation (phone-domain.ts). Numbers may be written with punctuation and with or without `+`. */
export function parseDestination(input: string, home: ReadonlySet<string>): Destination {
  const text = input.trim();
  if (text.length > MAX_LENGTH) return { kind: 'invalid', address: text.slice(0, MAX_LENGTH) };
  if (/^sips?:/i.test(text)) return parseSipUri(text, home);
  const parsed = parseNumber(text);
  if (!parsed.ok) return { kind: 'invalid', address: text };
  return { kind: 'number', address: parsed.number.digits, number: parsed.number };
}

function parseSipUri(text: string, home: ReadonlySet<string>): Destination {
  const [, scheme = '', user = '', host = '', port = '', parameters = ''] = SIP_URI.exec(text) ?? [];
  if (host === '' || Number(port.slice(1)) > 65_535) return { kind: 'invalid', address: text };
  const lower = host.toLowerCase();
  if (home.has(`${lower}${port}`))
    return { kind: 'endpoint', address: `${scheme.toLowerCase()}:${user}@${lower}`, username: user };
  return { kind: 'sip', address: `${scheme.toLowerCase()}:${user}@${lower}${port}${parameters}`, host: lower };
}
