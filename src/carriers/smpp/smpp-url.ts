/** Where and as whom to bind. */
export interface SmppAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly systemId: string;
  readonly password: string;
}

/** Registered for SMPP; over TLS the custom is 3550. */
const PLAIN_PORT = 2775;
const TLS_PORT = 3550;

/**
 * Reads `smpp://system_id:password@host:port` and `ssmpp://` (TLS); user and password are percent-encoded. Throws TypeError with a
 * sentence that names the fault and never the password.
 */
export function parseSmppUrl(text: string): SmppAddress {
  const match = /^(s?smpp):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\[[0-9a-fA-F:.]+\]|[^:@/?#[\]]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (match === null) throw new TypeError('an SMPP URL reads smpp://system_id:password@host:port, or ssmpp:// for TLS');
  const [, scheme, user = '', secret = '', host = '', portText] = match;
  const secure = scheme === 'ssmpp';
  const port = portText === undefined ? (secure ? TLS_PORT : PLAIN_PORT) : Number(portText);
  if (port < 1 || port > 65_535) throw new TypeError(`port ${port} of the SMPP URL is not between 1 and 65535`);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port,
    secure,
    systemId: decode(user, 'system_id', 15),
    password: decode(secret, 'password', 64),
  };
}

function decode(text: string, field: string, most: number): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    throw new TypeError(`the ${field} of the SMPP URL has a broken percent escape`);
  }
  for (const char of value) {
    const unit = char.codePointAt(0) ?? 0;
    if (unit === 0 || unit > 0xff) throw new TypeError(`the ${field} of the SMPP URL has a character that SMPP cannot carry`);
  }
  if (value.length > most) throw new TypeError(`the ${field} of the SMPP URL is longer than ${most} characters`);
  return value;
}
