/** The hosted service's domain: none of its names may be reached from within `ringdown run`. */
export const PLIVO_DOMAIN = 'plivo.com';

/** Host names that the SDKs, old releases among them, send requests to (sdks.md §2). This server answers for them. */
export const SERVED_HOSTS: readonly string[] = [
  'api.plivo.com',
  'lookup.plivo.com',
  'stats.plivo.com',
  'phlorunner.plivo.com',
  'zt.plivo.com',
  'voice.plivo.com',
  'voice-usw1.plivo.com',
  'voice-use1.plivo.com',
];

/** Lower case, without the dot that ends a complete name, without brackets of an IPv6 address. */
export const normalHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');

/** The hosted service's name or one below it. */
export function isPlivoHost(host: string): boolean {
  const name = normalHost(host);
  return name === PLIVO_DOMAIN || name.endsWith(`.${PLIVO_DOMAIN}`);
}

export const isServedHost = (host: string): boolean => SERVED_HOSTS.includes(normalHost(host));

/** A host and a port in one text, as in CONNECT and in Host; undefined when it is neither. */
export function parseAuthority(
  authority: string,
  defaultPort: number,
): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port < 1 || port > HIGHEST_PORT) return undefined;
  return { host: normalHost(host), port };
}

const HIGHEST_PORT = 65_535;
