/**
 * The SIP domain of endpoints as applications write it (voice-api.md §10). Whatever name or address this installation has, calls to it
 * are meant for endpoints here.
 */
export const PHONE_DOMAIN = 'phone.plivo.com';

/**
 * Realm of digest authentication (RFC 7616 §3.3). The hashes of passwords contain it, so it is the same for ever, whatever the name of
 * the installation.
 */
export const PHONE_REALM = PHONE_DOMAIN;

/** The address of an endpoint. */
export const endpointAddress = (username: string): string => `sip:${username}@${PHONE_DOMAIN}`;

/** Of SIP and of SIP over TLS (RFC 3261 §19.1.2): on an address of this installation they are its own, also behind a translated port. */
const DEFAULT_PORTS = [5060, 5061];

/**
 * Hosts that mean this installation: the phone domain, and how it is reached. Lower case, each alone and with every port that SIP has
 * here: on another port of the same machine a SIP address is somebody else's.
 */
export function homeDomains(publicUrl: string, publicIp?: string, sipPorts: readonly number[] = []): ReadonlySet<string> {
  const hosts = [PHONE_DOMAIN, new URL(publicUrl).hostname.toLowerCase(), ...(publicIp === undefined ? [] : [publicIp])];
  const ports = [...DEFAULT_PORTS, ...sipPorts];
  return new Set(hosts.flatMap((host) => [host, ...ports.map((port) => `${host}:${port}`)]));
}
