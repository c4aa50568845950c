/** Header field names of SIP: their canonical spelling, compact forms, and which of them are lists (RFC 3261 §7.3, §20). */

/** Compact forms (RFC 3261 §7.3.3 and the registry of SIP header fields). */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** Headers whose value is a comma-separated list that means the same as several fields (RFC 3261 §7.3.1). */
const LISTS = [
  'Accept',
  'Accept-Contact',
  'Accept-Encoding',
  'Accept-Language',
  'Alert-Info',
  'Allow',
  'Allow-Events',
  'Call-Info',
  'Contact',
  'Content-Encoding',
  'Content-Language',
  'Diversion',
  'Error-Info',
  'Geolocation',
  'History-Info',
  'In-Reply-To',
  'P-Asserted-Identity',
  'P-Associated-URI',
  'P-Preferred-Identity',
  'Path',
  'Proxy-Require',
  'Reason',
  'Record-Route',
  'Recv-Info',
  'Reject-Contact',
  'Require',
  'Route',
  'Security-Client',
  'Security-Server',
  'Security-Verify',
  'Service-Route',
  'Supported',
  'Unsupported',
  'Via',
  'Warning',
] as const;

/** Headers of one value. Credentials, challenges and dates have commas of their own: never split (RFC 3261 §7.3.1). */
const SINGLES = [
  'Authentication-Info',
  'Authorization',
  'CSeq',
  'Call-ID',
  'Content-Disposition',
  'Content-Length',
  'Content-Type',
  'Date',
  'Event',
  'Expires',
  'From',
  'Identity',
  'Identity-Info',
  'Info-Package',
  'Join',
  'MIME-Version',
  'Max-Forwards',
  'Min-Expires',
  'Min-SE',
  'Organization',
  'P-Access-Network-Info',
  'P-Called-Party-ID',
  'P-Charging-Vector',
  'Priority',
  'Privacy',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'RAck',
  'RSeq',
  'Refer-Sub',
  'Refer-To',
  'Referred-By',
  'Remote-Party-ID',
  'Replaces',
  'Reply-To',
  'Request-Disposition',
  'Retry-After',
  'SIP-ETag',
  'SIP-If-Match',
  'Server',
  'Session-Expires',
  'Subject',
  'Subscription-State',
  'Timestamp',
  'To',
  'User-Agent',
  'User-to-User',
  'WWW-Authenticate',
] as const;

const listNames: ReadonlySet<string> = new Set(LISTS);
const byLowerCase: ReadonlyMap<string, string> = new Map([
  ...[...LISTS, ...SINGLES].map((name) => [name.toLowerCase(), name] as const),
  ...Object.entries(COMPACT),
]);
/** Spellings as nearly every peer sends them, found without changing case. */
const byUsualSpelling: ReadonlyMap<string, string> = new Map([
  ...[...LISTS, ...SINGLES].map((name) => [name, name] as const),
  ...Object.entries(COMPACT),
]);

/**
 * The canonical name: compact forms expanded, letter case of known names corrected. Names that are not known keep the spelling they
 * came with (an application may care how its own `X-` header is written): compare those with `sameHeaderName`.
 */
export function canonicalHeaderName(name: string): string {
  return byUsualSpelling.get(name) ?? byLowerCase.get(name.toLowerCase()) ?? name;
}

/** The canonical name if this is its usual spelling or compact form; undefined asks for the slower look. */
export const usualHeaderName = (name: string): string | undefined => byUsualSpelling.get(name);

/** Whether a comma in the value separates values. `name` is canonical. */
export const isListHeader = (name: string): boolean => listNames.has(name);

/** Header names are compared without regard to case (RFC 3261 §7.3.1). */
export const sameHeaderName = (one: string, other: string): boolean =>
  canonicalHeaderName(one).toLowerCase() === canonicalHeaderName(other).toLowerCase();
