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

/** Hosts that mean this installation: the phone domain, and how it is reached. Lower case, without port. */
export function homeDomains(publicUrl: string, publicIp?: string): ReadonlySet<string> {
  return new Set([PHONE_DOMAIN, new URL(publicUrl).hostname.toLowerCase(), ...(publicIp === undefined ? [] : [publicIp])]);
}
